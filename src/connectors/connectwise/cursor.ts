import { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import { LABEL } from './descriptor.js';

/** The lists whose rows belong to invoices and may change without them. */
export const CHILD_LISTS = ['/time/entries', '/expense/entries', '/procurement/products'] as const;

/** A run that is under way, so that a crash goes on where it was. */
const running = z.object({
  /** When the run began, ISO instant by our clock. */
  began: z.string(),
  /** The latest change that was seen so far, ISO instant by the vendor's clock. */
  high: z.string().nullable(),
  /** 0 reads invoices, 1 to 3 the child lists. */
  step: z.number().int().min(0).max(CHILD_LISTS.length),
  /** The last id that was read in this step. */
  pageId: z.number().int().nullable(),
});
export type Running = z.output<typeof running>;

const cursor = z.object({
  version: z.literal(1),
  /** Everything changed up to this instant is known; null before the first run has ended. */
  since: z.string().nullable(),
  /** The window before `since` was read again after it had passed, and need not be read any more. */
  settled: z.boolean(),
  run: running.nullable(),
});
export type Cursor = z.output<typeof cursor>;

/** Late commits and clocks that disagree: changes this much older than the last one known are read once more. */
const OVERLAP_MS = 10 * 60_000;

export function readCursor(text: string | undefined): Cursor {
  if (text === undefined) return { version: 1, since: null, settled: false, run: null };
  const read = cursor.safeParse(parsed(text));
  if (read.success) return read.data;
  throw new ConnectorError(
    'invalid',
    `The place where reading ${LABEL} stopped cannot be read back. Ask for a full read of this connection.`,
  );
}

export const writeCursor = (value: Cursor): string => JSON.stringify(value);

/** The oldest change of interest as the vendor's query wants it; nothing for a first, full read. */
export function changedAfter({ since, settled }: Cursor): string | undefined {
  if (since === null) return undefined;
  const instant = new Date(Date.parse(since) - (settled ? 0 : OVERLAP_MS));
  return `lastUpdated > [${instant.toISOString().replace(/\.\d+Z$/, 'Z')}]`;
}

/**
 * Where the next run begins: at the latest change seen, which is the vendor's own clock, but never after this run began,
 * since what changed while it ran may have been passed already.
 */
export function finished({ since }: Cursor, { began, high }: Running): Cursor {
  const seen = high ?? since;
  if (seen === null) return { version: 1, since: null, settled: false, run: null };
  const next = Date.parse(seen) < Date.parse(began) ? seen : began;
  if (since === null || Date.parse(next) > Date.parse(since)) return { version: 1, since: next, settled: false, run: null };
  // Only after the window has passed can nothing more be stamped with an instant in it.
  const isOver = Date.parse(began) - Date.parse(since) > OVERLAP_MS;
  return { version: 1, since, settled: isOver, run: null };
}

export function later(a: string | null, b: string): string {
  return a === null || Date.parse(b) > Date.parse(a) ? b : a;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
