import type { ConnectionItem } from '../../billing/queries/connection-query.js';
import type { SyncRunItem } from '../../billing/queries/sync-run-query.js';
import type { ProgressView } from '../shell/shell-view.js';

const DOING: Readonly<Record<SyncRunItem['kind'], string>> = {
  pull: 'Reading invoices from',
  sweep: 'Looking for deleted invoices in',
  settle: 'Looking for payments in',
};

/** Below this a rate would jump about. */
const LEAST_SECONDS = 3;

/** @param mayStop whether this person is offered to stop it */
export function syncRunProgress(run: SyncRunItem, label: string, now: Date, mayStop: boolean): ProgressView {
  const href = `/connections/${run.connectionId}/runs/${run.id}`;
  const rate = rateText(run, now);
  return {
    id: run.id,
    href: `${href}/progress`,
    label: `${run.state === 'queued' ? 'Waiting to start: ' : ''}${DOING[run.kind]} ${label}`,
    done: run.fetched,
    ...(run.expected !== undefined && run.expected >= run.fetched && { total: run.expected }),
    ...(rate !== undefined && { rate }),
    ...(mayStop && { stopHref: href }),
  };
}

/** Runs under way that are worth a line above the list. */
export function progressLines(connections: readonly ConnectionItem[], now: Date, mayStop: boolean): ProgressView[] {
  return connections.flatMap(({ running, label }) => (running ? [syncRunProgress(running, label, now, mayStop)] : []));
}

function rateText(run: SyncRunItem, now: Date): string | undefined {
  const seconds = run.startedAt === undefined ? 0 : (now.getTime() - Date.parse(run.startedAt)) / 1000;
  if (seconds < LEAST_SECONDS || run.fetched === 0) return undefined;
  const perSecond = run.fetched / seconds;
  const speed = perSecond >= 1 ? `${Math.round(perSecond)} per second` : `${Math.round(perSecond * 60)} per minute`;
  const left = run.expected === undefined ? 0 : (run.expected - run.fetched) / perSecond;
  return left > 0 ? `${speed}, ${durationText(left)} left` : speed;
}

/** '20 s', '4 min', '2 h' */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${(Math.ceil(seconds * 10) / 10).toString()} s`;
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3_600)} h`;
}
