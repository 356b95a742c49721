const DAY_MS = 86_400_000;

/** Civil dates, `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How the vendor writes a civil date. */
export const midnight = (date: string): string => `${date}T00:00:00Z`;

const two = (value: number): string => String(value).padStart(2, '0');

export const at = (date: string, minutesAfterMidnight: number, seconds = 0): string =>
  `${date}T${two(Math.floor(minutesAfterMidnight / 60))}:${two(minutesAfterMidnight % 60)}:${two(seconds)}Z`;
