/** Civil date (`YYYY-MM-DD`) or instant (ISO text) to the wire: milliseconds UTC, a civil date being midnight UTC of that day. */
export function wireDate(dateOrInstant: string): string {
  return `/Date(${Date.parse(dateOrInstant)}+0000)/`;
}

/** The twin of a wire date that people can read. */
export function wireDateString(date: string): string {
  return `${date}T00:00:00`;
}

/** `UpdatedDateUTCString`: whole seconds, with the Z that the other twins lack. */
export function wireInstantString(instant: string): string {
  return `${instant.slice(0, 19)}Z`;
}

const CIVIL = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const MICROSOFT = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/;

/** Reads `YYYY-MM-DD`, an ISO date-time (cut as text) or `/Date(ms)/` into a civil date; `undefined` when it is none. */
export function readDate(text: string): string | undefined {
  const civil = CIVIL.exec(text)?.[1];
  if (civil) return isRealDay(civil) ? civil : undefined;
  const milliseconds = MICROSOFT.exec(text)?.[1];
  return milliseconds === undefined ? undefined : new Date(Number(milliseconds)).toISOString().slice(0, 10);
}

function isRealDay(date: string): boolean {
  const instant = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date);
}

/** The organisation's calendar date at an instant; documents without a date get this one. */
export function civilDateIn(timeZone: string, instant: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(instant);
}

/** `31 January 2026`, as the lock date messages write it. */
export function longDate(date: string): string {
  return new Intl.DateTimeFormat('en-AU', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' }).format(
    new Date(`${date}T00:00:00Z`),
  );
}
