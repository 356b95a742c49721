import type { ConnectorDescriptor } from '../ports/connector.js';
import type { ScheduleKind } from '../jobs/schedule.entity.js';

const PULL_MINUTES = 15;
const SETTLE_MINUTES = 60;
const A_DAY = 1_440;

/** What is done regularly with such a connection, and every how many minutes at first. */
export function schedulesOf({ capabilities, defaultIntervals }: ConnectorDescriptor): [kind: ScheduleKind, minutes: number][] {
  // Everything that is written anywhere is a posting, statuses and payments included; the same look wakes runs that lost their process.
  const schedules: [ScheduleKind, number][] = [['post', 1]];
  if (capabilities.billingSource) schedules.push(['pull', defaultIntervals.pull ?? PULL_MINUTES], ['sweep', A_DAY]);
  if (capabilities.accountingLedger) schedules.push(['settle', defaultIntervals.settle ?? SETTLE_MINUTES]);
  return schedules;
}
