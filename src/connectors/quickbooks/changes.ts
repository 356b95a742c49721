import { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import type { QuickbooksClient } from './client.js';
import { LABEL } from './descriptor.js';
import { finding, PAGE_SIZE, quoted } from './query.js';
import { ENTITIES, type CatchUp, type ChangedEntity } from './settlement-cursor.js';
import { changedDocumentRow, paymentRow, tombstone, type ChangedDocumentRow, type PaymentRow } from './types.js';

/** What the feed gives at most, and without a second page. */
const MOST_OBJECTS = 1_000;

export interface Changes {
  payments: PaymentRow[];
  documents: ChangedDocumentRow[];
  deletedPayments: string[];
  deletedDocuments: string[];
  /** The vendor's own time of the answer; later changes are not in it. */
  time: string;
  /** There may be more that the feed kept back. */
  isFull: boolean;
}

const feedShape = z.object({
  CDCResponse: z.array(z.object({ QueryResponse: z.array(z.record(z.string(), z.unknown())) })),
  time: z.string(),
});

/** Payments and sales documents changed since that second, in one request. @throws ConnectorError('invalid') beyond 30 days. */
export async function readChanges(client: QuickbooksClient, since: string): Promise<Changes> {
  const feed = await client.read('changes', feedShape, (sdk, done) => sdk.changeDataCapture([...ENTITIES], since, done));
  const responses = feed.CDCResponse.flatMap(({ QueryResponse }) => QueryResponse);
  const rows = (entity: ChangedEntity): unknown[] =>
    responses.flatMap((response) => (Array.isArray(response[entity]) ? (response[entity] as unknown[]) : []));
  const payments = split(rows('Payment'), paymentRow);
  const documents = split([...rows('Invoice'), ...rows('CreditMemo')], changedDocumentRow);
  const count = rows('Payment').length + rows('Invoice').length + rows('CreditMemo').length;
  return {
    payments: payments.alive,
    documents: documents.alive,
    deletedPayments: payments.deleted,
    deletedDocuments: documents.deleted,
    time: feed.time,
    isFull: count >= MOST_OBJECTS,
  };
}

const listShape = z.object({ QueryResponse: z.record(z.string(), z.unknown()), time: z.string() });

/** One page of one list, oldest change first. What was deleted is in no list. */
export async function readListedChanges(client: QuickbooksClient, { entity, since, start }: CatchUp): Promise<Changes> {
  const where = `MetaData.LastUpdatedTime >= ${quoted(since)} orderby MetaData.LastUpdatedTime`;
  const words = `where ${where} startposition ${start} maxresults ${PAGE_SIZE}`;
  const { QueryResponse, time } = await client.read(entity, listShape, finding(entity, words));
  const rows = Array.isArray(QueryResponse[entity]) ? (QueryResponse[entity] as unknown[]) : [];
  return {
    payments: entity === 'Payment' ? split(rows, paymentRow).alive : [],
    documents: entity === 'Payment' ? [] : split(rows, changedDocumentRow).alive,
    deletedPayments: [],
    deletedDocuments: [],
    time,
    isFull: false,
  };
}

function split<S extends z.ZodType>(rows: readonly unknown[], shape: S): { alive: z.output<S>[]; deleted: string[] } {
  const alive: z.output<S>[] = [];
  const deleted: string[] = [];
  for (const row of rows) {
    const gone = tombstone.safeParse(row);
    if (gone.success) {
      deleted.push(gone.data.Id);
      continue;
    }
    const read = shape.safeParse(row);
    if (!read.success) {
      const where = read.error.issues[0]?.path.join('.') ?? '';
      throw new ConnectorError('unreadable', `${LABEL}'s list of changes is not what it promises (${where}).`, { status: 200 });
    }
    alive.push(read.data);
  }
  return { alive, deleted };
}
