import { z } from 'zod';
import { Refusal } from '../../domain/refusal.js';

/** A page of a list. `next` continues behind it and is null on the last page. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface PageRequest {
  /** 1 to 200. */
  limit: number;
  cursor?: string;
}

/** Turns limit + 1 rows into a page; `key` is what the next page continues behind. */
export function pageOf<Row, T>(rows: readonly Row[], limit: number, key: (row: Row) => unknown, show: (row: Row) => T): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(show), next: rows.length > limit && last !== undefined ? encode(key(last)) : null };
}

/** @throws Refusal 'invalid' for a cursor that this list never gave out. */
export function readCursor<T>(cursor: string | undefined, shape: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  const read = shape.safeParse(decode(cursor));
  if (!read.success)
    throw new Refusal('invalid', 'This cursor is not one that this list gave out. Start again without it.', { field: 'cursor' });
  return read.data;
}

function encode(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
