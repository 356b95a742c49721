import type { ConnectionItem } from '../../billing/queries/connection-query.js';
import type { CivilDate } from '../../domain/civil-date.js';
import { runProgress } from '../runs/run-progress.js';
import { intervalText, roleText, runOutcome } from './connection-words.js';
import type { ConnectionCard } from './connections-view.js';
import { goLiveBlockers, proposedGoLive } from './go-live.js';
import { healthView } from './health-presenter.js';

export interface CardFacts {
  now: Date;
  /** In the company's time zone. */
  today: CivilDate;
  /** Approved documents that wait to be sent, by connection. */
  waiting: ReadonlyMap<string, number>;
  maySync: boolean;
  mayManage: boolean;
}

export function connectionCard(item: ConnectionItem, facts: CardFacts): ConnectionCard {
  const { id, lastRun, running } = item;
  const waiting = facts.waiting.get(id) ?? 0;
  const regular = item.schedules.find(({ kind }) => kind === (item.capabilities.billingSource ? 'pull' : 'settle'));
  const works = item.state === 'connected' && !item.paused;
  const budget = budgetView(item, facts.now);
  const goLive = goLiveView(item, waiting, facts.today);
  return {
    id,
    href: `/connections/${id}`,
    connectorLabel: item.label,
    accountLabel: item.account.label,
    roleText: roleText(item.capabilities),
    health: healthView(item, { waiting }),
    missingPermissions: item.state === 'connected' ? (item.health?.missing ?? []) : [],
    ...(lastRun && { lastRun: lastRunView(lastRun) }),
    ...(works && regular && !regular.paused && { nextRunAt: regular.nextDueAt }),
    intervalText: regular ? (regular.paused ? 'Paused' : intervalText(regular.intervalMinutes)) : '',
    ...(budget && { budget }),
    ...(running && { progress: runProgress(running, item.label, facts.now, facts.maySync) }),
    ...(item.state !== 'connected' && facts.mayManage && { reconnectHref: `/connect/${item.connector}` }),
    ...(works && !running && regular && { runHref: `/connections/${id}/runs` }),
    pausable: item.state === 'connected',
    paused: item.paused !== undefined,
    ...(goLive && { goLive }),
    locations: item.capabilities.accountingLedger ? item.locations.map(({ name }) => name) : [],
    setAside: item.setAside,
  };
}

function lastRunView(run: NonNullable<ConnectionItem['lastRun']>): NonNullable<ConnectionCard['lastRun']> {
  const tone = run.state === 'failed' ? ('error' as const) : run.setAside > 0 ? ('warning' as const) : undefined;
  return { at: run.finishedAt ?? run.queuedAt, text: runOutcome(run), ...(tone && { tone }) };
}

/** Only of today: vendors count anew every day, in UTC. */
function budgetView({ budget }: ConnectionItem, now: Date): ConnectionCard['budget'] {
  if (!budget?.limit || budget.day !== now.toISOString().slice(0, 10)) return undefined;
  const used = Math.min(budget.limit, Math.max(0, budget.limit - budget.left));
  // A plan may allow more than the least that every account has.
  const text = budget.left > budget.limit ? `${shown(budget.left)} left` : `${shown(used)} of ${shown(budget.limit)}`;
  return { used, limit: budget.limit, text };
}

function goLiveView(item: ConnectionItem, readyCount: number, today: CivilDate): ConnectionCard['goLive'] {
  const { posting, id } = item;
  if (!posting || item.state === 'disconnected') return undefined;
  if (posting.mode === 'live') return posting.goLiveDate ? { state: 'live', since: posting.goLiveDate } : undefined;
  return {
    state: 'preview',
    proposedDate: proposedGoLive(today),
    readyCount,
    blockers: goLiveBlockers(item),
    goLiveHref: `/connections/${id}/go-live`,
  };
}

function shown(count: number): string {
  return count.toLocaleString('en-US');
}
