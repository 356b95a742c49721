import { expect, it } from 'vitest';
import { type ListedPosting, postingItem } from './posting-query.js';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';

const AT = new Date('2026-11-05T10:00:00Z');
const ROW: ListedPosting = {
  id: 'p1',
  operation: 'contact',
  state: 'posted',
  connectionId: 'c1',
  connector: 'books',
  connectionLabel: 'Org',
  invoiceId: null,
  invoiceNumber: null,
  customerName: null,
  invoiceCurrency: null,
  sourceLink: null,
  sourceConnector: null,
  sentNumber: null,
  intent: {},
  externalId: null,
  link: null,
  cause: null,
  vendorWords: null,
  vendorCode: null,
  attempts: 1,
  assignedTo: null,
  createdBy: 'Countersign',
  notBefore: AT,
  sentAt: null,
  createdAt: AT,
  updatedAt: AT,
};

it.each([
  [{ operation: 'contact', intent: { name: 'Coral Sea Tours' } }, { name: 'Coral Sea Tours' }],
  [{ operation: 'item', intent: { name: 'Services' } }, { name: 'Services' }],
  [{ operation: 'attachment', intent: { documentExternalId: 'd1', number: 'INV-1042', kind: 'invoice' } }, { number: 'INV-1042' }],
  [{ operation: 'document', intent: { number: '1042' }, sentNumber: 'INV-1042' }, { number: 'INV-1042' }],
  [{ operation: 'item', intent: { name: 7, number: null } }, {}],
] as const)('says what is written by its name or number (%#)', (parts, expected) => {
  const { name, number } = postingItem({ ...ROW, ...parts }, new ConnectorCatalog([]));
  expect({ ...(name !== undefined && { name }), ...(number !== undefined && { number }) }).toEqual(expected);
});
