import { DateTime } from 'luxon';
import type { DataPolicy } from './data-policy.repository.js';
import type { Cutoffs } from './retention.repository.js';

/** What is older than these goes. Documents are judged by the date they bear, in the company's own calendar. */
export function cutoffsOf(policy: DataPolicy, now: Date, timeZone: string): Cutoffs {
  const local = DateTime.fromJSDate(now, { zone: timeZone });
  if (!local.isValid) throw new RangeError(`There is no time zone "${timeZone}".`);
  const utc = DateTime.fromJSDate(now, { zone: 'utc' });
  return {
    documentsBefore: policy.documentsYears === null ? null : local.minus({ years: policy.documentsYears }).toISODate(),
    rawBefore: utc.minus({ days: policy.rawDays }).toJSDate(),
    logsBefore: utc.minus({ days: policy.logDays }).toJSDate(),
    auditBefore: policy.auditYears === null ? null : utc.minus({ years: policy.auditYears }).toJSDate(),
  };
}

const HOUR_OF_NIGHT = 3;

/** Three in the morning where the company is; spread over an hour by its id, so that not all begin at once. */
export function nextNight(now: Date, timeZone: string, tenantId: string): Date {
  const minute = Number.parseInt(tenantId.slice(-4), 16) % 60;
  const local = DateTime.fromJSDate(now, { zone: timeZone });
  const tonight = local.set({ hour: HOUR_OF_NIGHT, minute, second: 0, millisecond: 0 });
  return (tonight > local ? tonight : tonight.plus({ days: 1 })).toJSDate();
}
