import { DateTime } from 'luxon';

export interface DateText {
  text: string;
  /** The whole of it, for a title. */
  full: string;
}

/** An instant as people say it: 'Today 14:32', 'Yesterday 09:05', '3 Nov', '3 Nov 2025'. */
export function instantText(instant: string, now: Date, timeZone: string): DateText {
  const at = DateTime.fromISO(instant, { zone: timeZone });
  if (!at.isValid) throw new RangeError(`"${instant}" is not an instant`);
  const today = DateTime.fromJSDate(now, { zone: timeZone });
  return { text: near(at, today, true) ?? far(at, today), full: at.setLocale('en-GB').toFormat("cccc d LLLL yyyy, HH:mm 'in' z") };
}

/** A civil date never moves with a time zone; only 'today' does. */
export function civilDateText(date: string, now: Date, timeZone: string): DateText {
  const at = DateTime.fromISO(date, { zone: 'utc' });
  if (!at.isValid || date.length !== 10) throw new RangeError(`"${date}" is not a date like 2026-11-02`);
  const today = DateTime.fromISO(DateTime.fromJSDate(now, { zone: timeZone }).toISODate() ?? date, { zone: 'utc' });
  return { text: near(at, today, false) ?? far(at, today), full: at.setLocale('en-GB').toFormat('cccc d LLLL yyyy') };
}

function near(at: DateTime, today: DateTime, withTime: boolean): string | undefined {
  const days = Math.round(at.startOf('day').diff(today.startOf('day'), 'days').days);
  const word = days === 0 ? 'Today' : days === -1 ? 'Yesterday' : days === 1 ? 'Tomorrow' : undefined;
  if (word === undefined) return undefined;
  return withTime ? `${word} ${at.toFormat('HH:mm')}` : word;
}

function far(at: DateTime, today: DateTime): string {
  return at.setLocale('en-GB').toFormat(at.year === today.year ? 'd MMM' : 'd MMM yyyy');
}
