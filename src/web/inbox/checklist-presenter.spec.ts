import { expect, it } from 'vitest';
import type { ConnectionItem } from '../../billing/queries/connection-query.js';
import { checklistView } from './checklist-presenter.js';

function connection(over: Partial<ConnectionItem>): ConnectionItem {
  return {
    id: 'c1',
    connector: 'psa',
    label: 'Harbor PSA',
    account: { externalId: 'x', label: 'Northwind' },
    state: 'connected',
    capabilities: { billingSource: true, accountingLedger: false, paymentSink: true },
    schedules: [],
    setAside: 0,
    locations: [],
    ...over,
  };
}

const nothing = { connections: [], invoices: 0, brandIsSet: false, approved: 0 };
const ledger = connection({ label: 'Books', capabilities: { billingSource: false, accountingLedger: true, paymentSink: false } });
const present = (view: ReturnType<typeof checklistView>) => view?.steps.find((step) => step.present)?.key;

it('begins with connecting the source', () => {
  const view = checklistView(nothing);
  expect(view?.doneCount).toBe(0);
  expect(present(view)).toBe('source');
});

it('moves on with what is really there', () => {
  expect(present(checklistView({ ...nothing, connections: [connection({})] }))).toBe('pull');
  const read = { ...nothing, connections: [connection({ setAside: 2 })], invoices: 420 };
  expect(present(checklistView(read))).toBe('brand');
  expect(checklistView(read)?.steps[1]?.text).toBe('420 read, 2 not readable.');
  expect(present(checklistView({ ...read, brandIsSet: true }))).toBe('ledger');
  expect(present(checklistView({ ...read, brandIsSet: true, connections: [connection({}), ledger] }))).toBe('approve');
});

it('does not count a connection that is no longer authorised', () => {
  expect(present(checklistView({ ...nothing, connections: [connection({ state: 'needs_reconnect' })] }))).toBe('source');
});

it('is gone after the first approval', () => {
  expect(checklistView({ ...nothing, approved: 1 })).toBeUndefined();
});
