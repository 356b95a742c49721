import { z } from 'zod';
import { addDays, type CivilDate } from '../../domain/civil-date.js';
import type { Settlement } from '../../domain/payment.js';
import { toSecond } from './dates.js';

export const STREAMS = ['payments', 'creditNotes', 'invoices'] as const;
export type Stream = (typeof STREAMS)[number];

/** How far one list has been read: rows changed since then (to the second, UTC), from this page on. */
const position = z.object({ since: z.string(), page: z.number().int().min(1) });
export type Position = z.output<typeof position>;

/** Document, amount, currency and date of credit that stands against an invoice, by its id. */
const applied = z.record(z.string(), z.tuple([z.string(), z.string(), z.string(), z.string()]));
export type Applied = z.output<typeof applied>;

const cursorSchema = z.object({
  v: z.literal(1),
  payments: position,
  creditNotes: position,
  invoices: position,
  /** Lists with more pages; the next call reads these only. Empty between runs. */
  open: z.array(z.enum(STREAMS)),
  /**
   * What each credit note, prepayment or overpayment holder last showed. Xero forgets an application that is taken back
   * (a payment stays, as DELETED), so only comparing tells; it is part of the cursor to be committed with what was told.
   */
  applied: z.record(z.string(), applied),
});
export type SettlementCursor = z.output<typeof cursorSchema>;

/** The organisation's day may begin up to 14 hours before UTC's. */
export function firstCursor(from: CivilDate): SettlementCursor {
  const start = { since: `${addDays(from, -1)}T00:00:00`, page: 1 };
  return { v: 1, payments: start, creditNotes: start, invoices: start, open: [], applied: {} };
}

/** A cursor that cannot be read starts over: telling everything again does no harm. */
export function readCursor(text: string | undefined, from: CivilDate): SettlementCursor {
  if (text === undefined) return firstCursor(from);
  try {
    return cursorSchema.parse(JSON.parse(text));
  } catch {
    return firstCursor(from);
  }
}

/** Rows may become visible a little after the time they carry. */
const OVERLAP_MS = 60_000;

/**
 * Where to go on. While pages are full we continue from the last row's second rather than by page number, because a row
 * that changes meanwhile moves to the end and would push another one across the page's edge unseen.
 */
export function nextPosition(at: Position, changes: readonly string[], pageSize: number): { position: Position; more: boolean } {
  const newest = changes.reduce((latest, change) => (change > latest ? change : latest), '');
  const more = changes.length >= pageSize;
  if (newest === '') return { position: { since: at.since, page: 1 }, more };
  const second = toSecond(newest);
  if (more) return { position: second > at.since ? { since: second, page: 1 } : { since: at.since, page: at.page + 1 }, more };
  const overlapped = toSecond(new Date(Date.parse(newest) - OVERLAP_MS).toISOString());
  return { position: { since: overlapped > at.since ? overlapped : at.since, page: 1 }, more };
}

/** Everything that stands now, and as removed what stood before and does not any more; `applied` is brought up to date. */
export function compareApplied(cursor: SettlementCursor, holder: string, now: Applied): Settlement[] {
  const before = cursor.applied[holder] ?? {};
  const gone = Object.entries(before).filter(([id]) => now[id] === undefined);
  if (Object.keys(now).length === 0) delete cursor.applied[holder];
  else cursor.applied[holder] = now;
  return [...Object.entries(now).map((entry) => creditOf(entry, false)), ...gone.map((entry) => creditOf(entry, true))];
}

function creditOf([externalId, [documentExternalId, amount, currency, date]]: [string, Applied[string]], removed: boolean): Settlement {
  return { kind: 'credit', externalId, documentExternalId, amount, currency, date, removed };
}
