import { z } from 'zod';
import type { ConnectionDetail } from '../../billing/queries/connection-query.js';
import type { ScheduleEdit } from '../../connections/settings.js';
import { Refusal } from '../../domain/refusal.js';
import { scheduleRows } from './runs-presenter.js';

const wholeMinutes = z
  .string()
  .trim()
  .regex(/^\d{1,6}$/)
  .transform((text) => Number.parseInt(text, 10));

/**
 * What a form with fields '<kind>.minutes' and, where ticked, '<kind>.paused' changes. What is as it was is left out, so that
 * its next time does not move. @throws Refusal 'invalid'
 */
export function scheduleEdits(form: Readonly<Record<string, unknown>>, schedules: ConnectionDetail['schedules']): ScheduleEdit[] {
  return scheduleRows(schedules, true).flatMap(({ kind, label, minutes, paused }): ScheduleEdit[] => {
    const typed = form[`${kind}.minutes`];
    if (typed === undefined) return [];
    const wanted = wholeMinutes.safeParse(typed);
    if (!wanted.success) throw new Refusal('invalid', `${label}: give a whole number of minutes.`, { field: kind });
    const pause = form[`${kind}.paused`] !== undefined;
    return [{ kind, ...(wanted.data !== minutes && { minutes: wanted.data }), ...(pause !== paused && { paused: pause }) }];
  });
}
