import type { ConnectorDescriptor } from '../../ports/connector.js';
import type { SyncRunItem } from '../../billing/queries/sync-run-query.js';

/** What a connection is there for, in a few words. */
export function roleText({ billingSource, accountingLedger, paymentSink }: ConnectorDescriptor['capabilities']): string {
  const parts = [
    ...(billingSource ? [paymentSink ? 'reads invoices; updates statuses and payments' : 'reads invoices; updates statuses'] : []),
    ...(accountingLedger ? ['receives invoices, sends payments back'] : []),
  ].join('; ');
  return parts === '' ? 'Not used yet' : parts.charAt(0).toUpperCase() + parts.slice(1);
}

const WHAT: Readonly<Record<SyncRunItem['kind'], string>> = { pull: 'Invoices', sweep: 'Deleted invoices', settle: 'Payments' };

export function runWhat(kind: SyncRunItem['kind']): string {
  return WHAT[kind];
}

/** How a run ended, or that it goes on. */
export function runOutcome(run: SyncRunItem): string {
  if (run.state === 'queued') return 'Queued';
  if (run.state === 'running') return 'Running';
  if (run.state === 'failed') return run.problem ?? 'It did not finish';
  if (run.state === 'cancelled') return run.problem ?? 'Stopped';
  const setAside = run.setAside > 0 ? `, ${count(run.setAside)} not readable` : '';
  // A run that ended well may say what it could not learn.
  const unknown = run.problem === undefined ? '' : `. ${run.problem}`;
  if (run.kind === 'pull')
    return (run.fetched === 0 ? 'Nothing new' : `${count(run.fetched)} read, ${count(run.changed)} changed${setAside}`) + unknown;
  if (run.kind === 'sweep') return run.changed === 0 ? 'Nothing was deleted' : `${count(run.changed)} no longer there`;
  return run.changed === 0
    ? 'No new payments'
    : `${count(run.changed)} ${run.changed === 1 ? 'payment or credit' : 'payments and credits'} found`;
}

/** 'every 15 minutes', 'every 2 hours', 'every day' */
export function intervalText(minutes: number): string {
  if (minutes % 1_440 === 0) return minutes === 1_440 ? 'every day' : `every ${minutes / 1_440} days`;
  if (minutes % 60 === 0 && minutes >= 120) return `every ${minutes / 60} hours`;
  return minutes === 1 ? 'every minute' : `every ${minutes} minutes`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
