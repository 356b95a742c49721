/** A date on a document, 'YYYY-MM-DD', with no time and no zone. */
export type CivilDate = string;

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})/;

/** The date part of a vendor's date or date-time text, cut as text: "2026-10-01T00:00:00Z" is the first of October everywhere. */
export function civilDate(text: string): CivilDate {
  const match = PATTERN.exec(text);
  if (!match) throw new RangeError(`"${text}" does not start with a date like 2026-11-02`);
  const [date, year = '', month = '', day = ''] = match;
  const real = new Date(Date.UTC(Number.parseInt(year, 10), Number.parseInt(month, 10) - 1, Number.parseInt(day, 10)));
  if (real.toISOString().slice(0, 10) !== date) throw new RangeError(`${date} is not a day of the calendar`);
  return date;
}

export function addDays(date: CivilDate, days: number): CivilDate {
  return new Date(Date.parse(`${civilDate(date)}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return Math.round((Date.parse(`${civilDate(to)}T00:00:00Z`) - Date.parse(`${civilDate(from)}T00:00:00Z`)) / 86_400_000);
}
