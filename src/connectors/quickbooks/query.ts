import type { z } from 'zod';
import type { QuickbooksClient } from './client.js';
import type { SdkWork } from './sdk-transport.js';
import { rowsOf } from './types.js';

export const PAGE_SIZE = 1_000;

/** A value for the query language, in its quotes. */
export function quoted(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`;
}

export type QueriedEntity = 'Attachable' | 'CreditMemo' | 'Invoice' | 'Payment';

/**
 * A query of the SDK from the words behind the entity's name. As text, which it takes over as it is: from criteria of its own
 * kind it makes values without escaping a backslash.
 */
export function finding(entity: QueriedEntity, words: string): SdkWork {
  // The package's types leave out what its documentation and its code have.
  const criteria = ` ${words}` as unknown as [];
  switch (entity) {
    case 'Attachable':
      return (sdk, done) => sdk.findAttachables(criteria, done);
    case 'CreditMemo':
      return (sdk, done) => sdk.findCreditMemos(criteria, done);
    case 'Invoice':
      return (sdk, done) => sdk.findInvoices(criteria, done);
    case 'Payment':
      return (sdk, done) => sdk.findPayments(criteria, done);
  }
}

/** Every row that fits, in pages ordered by id. `where` as the query language has it, values through `quoted`. */
export async function queryAll<S extends z.ZodType>(
  client: QuickbooksClient,
  entity: QueriedEntity,
  where: string,
  row: S,
): Promise<z.output<S>[]> {
  const rows: z.output<S>[] = [];
  for (let start = 1; ; start += PAGE_SIZE) {
    const words = `where ${where} orderby Id startposition ${start} maxresults ${PAGE_SIZE}`;
    const page = await client.read(entity, rowsOf(entity, row), finding(entity, words));
    rows.push(...page);
    if (page.length < PAGE_SIZE) return rows;
  }
}
