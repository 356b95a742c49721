import { z } from 'zod';
import { addDays, type CivilDate } from '../../domain/civil-date.js';
import type { Settlement } from '../../domain/payment.js';
import { toSecond } from './instants.js';

/** Payments whose applications are remembered; beyond these the ones heard of longest ago are forgotten. */
const MOST_REMEMBERED = 5_000;

export const ENTITIES = ['Payment', 'Invoice', 'CreditMemo'] as const;
export type ChangedEntity = (typeof ENTITIES)[number];

/** Document, amount, currency, date and kind of money that stands, by its settlement id. */
const applied = z.record(z.string(), z.tuple([z.string(), z.string(), z.string(), z.string(), z.enum(['payment', 'credit'])]));
export type Applied = z.output<typeof applied>;

/** One list read by time of change, where the feed of changes does not reach. */
const catchUp = z.object({ entity: z.enum(ENTITIES), since: z.string(), start: z.number().int().min(1) });
export type CatchUp = z.output<typeof catchUp>;

const cursorSchema = z.object({
  v: z.literal(1),
  /** Changes since then (whole second, UTC) are still to be read. */
  since: z.string(),
  /** Lists still to be read in pages; the feed goes on behind them. */
  catchUp: z.array(catchUp),
  /** Where the feed goes on behind those lists: the vendor's time at which their reading began. Kept until the feed answers. */
  resume: z.string().optional(),
  /**
   * What each payment last put on which document. QuickBooks tells of a deleted payment its id alone, and of a changed one
   * only what is left, so only comparing tells; it is part of the cursor to be committed with what was told.
   */
  applied: z.record(z.string(), applied),
});
export type SettlementCursor = z.output<typeof cursorSchema>;

/** The company's day may begin up to 14 hours before UTC's. */
function firstCursor(from: CivilDate): SettlementCursor {
  return { v: 1, since: `${addDays(from, -1)}T00:00:00Z`, catchUp: [], applied: {} };
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

export function writeCursor(cursor: SettlementCursor): string {
  return JSON.stringify({ ...cursor, applied: Object.fromEntries(Object.entries(cursor.applied).slice(-MOST_REMEMBERED)) });
}

/** Everything that stands now, and as removed what stood before and does not any more; `applied` is brought up to date. */
export function compareApplied(cursor: SettlementCursor, paymentId: string, now: Applied): Settlement[] {
  const before = cursor.applied[paymentId] ?? {};
  const gone = Object.entries(before).filter(([id]) => now[id] === undefined);
  // Taken out and put in again: what was heard of last stands last, since the first ones are forgotten first.
  delete cursor.applied[paymentId];
  if (Object.keys(now).length > 0) cursor.applied[paymentId] = now;
  return [...Object.entries(now).map((entry) => settlementOf(entry, false)), ...gone.map((entry) => settlementOf(entry, true))];
}

function settlementOf(
  [externalId, [documentExternalId, amount, currency, date, kind]]: [string, Applied[string]],
  removed: boolean,
): Settlement {
  return { kind, externalId, documentExternalId, amount, currency, date, removed };
}

/**
 * Where to go on behind a full page: from the last row's second rather than by position, because a row that changes
 * meanwhile moves to the end and would push another one across the page's edge unseen.
 */
export function nextPage(at: CatchUp, newest: string): CatchUp {
  const second = toSecond(newest);
  return second > at.since ? { ...at, since: second, start: 1 } : { ...at, start: at.start + 1_000 };
}
