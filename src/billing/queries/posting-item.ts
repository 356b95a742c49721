import { z } from 'zod';
import { postingCanBecome, type PostingOperation, type PostingState } from '../../domain/posting-state.js';
import type { ListedPosting } from './posting-rows.js';
import { moneyText, type MoneyText } from './money-text.js';
import type { ConnectorCatalog } from './connector-catalog.js';

/** One intent to write something at a vendor, and how it went. Instants are ISO. */
export interface PostingItem {
  id: string;
  operation: PostingOperation;
  state: PostingState;
  connection: { id: string; connector: string; label: string; account: string };
  invoice?: { id: string; number: string; customer: string };
  /** As sent, or as it will be. */
  number?: string;
  /** What a customer or an item is called at the vendor. */
  name?: string;
  amount?: MoneyText;
  /** What happened, what it means, what to do. */
  cause?: string;
  vendorWords?: string;
  vendorCode?: string;
  attempts: number;
  notBefore: string;
  sentAt?: string;
  createdAt: string;
  updatedAt: string;
  createdBy: string;
  assignedTo?: string;
  /** The vendor's id of what was written. */
  externalId?: string;
  /** Deep links: what was written at the vendor, and the invoice in the PSA. */
  links: { label: string; href: string }[];
  /** What its state allows; whether a person may is their role's business. */
  can: { retry: boolean; skip: boolean; postNow: boolean };
}

/** The parts of an intent that people see; intents of other operations have none of them. */
const shownIntent = z.object({
  number: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  total: z.string().optional().catch(undefined),
  amount: z.string().optional().catch(undefined),
  currency: z.string().optional().catch(undefined),
});

export function postingItem(row: ListedPosting, systems: ConnectorCatalog): PostingItem {
  const intent = shownIntent.parse(row.intent);
  const amount = row.operation === 'document' ? intent.total : intent.amount;
  const currency = intent.currency ?? row.invoiceCurrency;
  const number = row.sentNumber ?? intent.number;
  const label = systems.label(row.connector);
  return {
    id: row.id,
    operation: row.operation,
    state: row.state,
    connection: { id: row.connectionId, connector: row.connector, label, account: row.connectionLabel },
    ...(row.invoiceId && { invoice: { id: row.invoiceId, number: row.invoiceNumber ?? '', customer: row.customerName ?? '' } }),
    ...(number && { number }),
    ...(intent.name && { name: intent.name }),
    ...(amount && currency && { amount: moneyText(amount, currency) }),
    ...(row.cause && { cause: row.cause }),
    ...(row.vendorWords && { vendorWords: row.vendorWords }),
    ...(row.vendorCode && { vendorCode: row.vendorCode }),
    attempts: row.attempts,
    notBefore: row.notBefore.toISOString(),
    ...(row.sentAt && { sentAt: row.sentAt.toISOString() }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    createdBy: row.createdBy,
    ...(row.assignedTo && { assignedTo: row.assignedTo }),
    ...(row.externalId && { externalId: row.externalId }),
    links: [
      ...(row.link ? [{ label, href: row.link }] : []),
      ...(row.sourceLink && row.sourceConnector ? [{ label: systems.label(row.sourceConnector), href: row.sourceLink }] : []),
    ],
    can: { retry: row.state === 'refused', skip: postingCanBecome(row.state, 'skipped'), postNow: row.state === 'planned' },
  };
}
