import { DateTime } from 'luxon';
import { plusDays } from '../company-time.js';
import type { Term } from './lists.js';

/** Due days after the date, or the term's day of this month, of the next one when that is near or past. */
export function dueDateBy(term: Term, txnDate: string): string {
  if (term.Type === 'STANDARD') return plusDays(txnDate, term.DueDays ?? 0);
  const date = DateTime.fromISO(txnDate, { zone: 'utc' });
  const due = (month: DateTime) => month.set({ day: Math.min(term.DayOfMonthDue ?? 1, month.daysInMonth ?? 28) });
  const near = due(date.startOf('month')).diff(date, 'days').days <= (term.DueNextMonthDays ?? 0);
  const day = near ? due(date.startOf('month').plus({ months: 1 })) : due(date.startOf('month'));
  return day.toFormat('yyyy-MM-dd');
}
