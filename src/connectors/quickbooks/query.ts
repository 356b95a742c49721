import type { z } from 'zod';
import type { QuickbooksClient } from './client.js';
import { rowsOf } from './types.js';

export const PAGE_SIZE = 1_000;

/** A value for the query language, in its quotes. */
export function quoted(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`;
}

/** Every row that fits, in pages ordered by id. `where` as the query language has it, values through `quoted`. */
export async function queryAll<S extends z.ZodType>(
  client: QuickbooksClient,
  entity: string,
  where: string,
  row: S,
): Promise<z.output<S>[]> {
  const rows: z.output<S>[] = [];
  for (let start = 1; ; start += PAGE_SIZE) {
    const sentence = `select * from ${entity} where ${where} orderby Id startposition ${start} maxresults ${PAGE_SIZE}`;
    const page = await client.query(sentence, rowsOf(entity, row));
    rows.push(...page);
    if (page.length < PAGE_SIZE) return rows;
  }
}
