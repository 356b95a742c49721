import { DateTime } from 'luxon';

/** The company's books are kept in Tampa, so "today" and every time stamp on an entity follow that zone. */
const ZONE = 'America/New_York';

/** Entity time stamps have second precision and the company's offset. */
export function entityStamp(now: Date): string {
  return iso(DateTime.fromJSDate(now, { zone: ZONE }).startOf('second').toISO({ suppressMilliseconds: true }));
}

/** Envelope time stamps have milliseconds. */
export function envelopeStamp(now: Date): string {
  return iso(DateTime.fromJSDate(now, { zone: ZONE }).toISO());
}

export function companyToday(now: Date): string {
  return iso(DateTime.fromJSDate(now, { zone: ZONE }).toISODate());
}

/** Milliseconds; a time without an offset is the company's. NaN when it cannot be read. */
export function instantOf(text: string): number {
  return DateTime.fromISO(text, { zone: ZONE }).toMillis();
}

export function plusDays(date: string, days: number): string {
  return iso(DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toISODate());
}

function iso(text: string | null): string {
  if (text === null) throw new Error('not a date');
  return text;
}
