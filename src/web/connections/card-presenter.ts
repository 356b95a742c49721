import type { ConnectionItem } from '../../billing/queries/connection-query.js';
import type { CivilDate } from '../../domain/civil-date.js';
import { syncRunProgress } from '../runs/run-progress.js';
import { intervalText, roleText, runOutcome } from './connection-words.js';
import { goLiveBlockers, proposedGoLive } from './go-live.js';
import type { ProgressView, Tone } from '../shell/shell-view.js';

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
    ...(running && { progress: syncRunProgress(running, item.label, facts.now, facts.maySync) }),
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

interface HealthView {
  state: 'well' | 'attention' | 'broken' | 'paused' | 'running';
  icon: string;
  tone?: Tone;
  /** One sentence. */
  sentence: string;
}

/** Preview: documents are built and shown, nothing is sent. */
type GoLiveView =
  | { state: 'live'; since: string }
  | {
      state: 'preview';
      /** First day whose invoices are sent, proposed. */
      proposedDate: string;
      readyCount: number;
      blockers: string[];
      goLiveHref: string;
    };

export interface ConnectionCard {
  id: string;
  href: string;
  connectorLabel: string;
  /** 'Reads invoices, writes payments back' */
  roleText: string;
  accountLabel: string;
  health: HealthView;
  missingPermissions: { permission: string; how: string }[];
  lastRun?: { at: string; text: string; tone?: Tone };
  nextRunAt?: string;
  intervalText: string;
  budget?: { used: number; limit: number; text: string };
  progress?: ProgressView;
  reconnectHref?: string;
  /** Present where a run can be asked for now. */
  runHref?: string;
  pausable: boolean;
  paused: boolean;
  goLive?: GoLiveView;
  /** Which locations post here. */
  locations: string[];
  /** Records that wait for somebody. */
  setAside: number;
}

interface HealthFacts {
  /** Approved documents that wait to be sent there. */
  waiting: number;
}

/** How a connection stands, the worst first, in one sentence. */
function healthView(item: ConnectionItem, { waiting }: HealthFacts): HealthView {
  const { label, health, paused, lastRun, running } = item;
  if (item.state === 'disconnected')
    return { state: 'broken', icon: 'unplug', sentence: 'Disconnected. Settings, mappings and history are kept for a reconnect.' };
  if (item.state === 'needs_reconnect') {
    const waits =
      waiting === 0 ? '' : ` ${waiting === 1 ? 'One approved invoice is waiting.' : `${waiting} approved invoices are waiting.`}`;
    return { state: 'broken', icon: 'unplug', tone: 'error', sentence: `${label} no longer accepts the connection. Reconnect it.${waits}` };
  }
  if (paused)
    return {
      state: 'paused',
      icon: 'circle-pause',
      tone: 'warning',
      sentence: `Paused by ${paused.by || 'somebody'}. Nothing is read or written.`,
    };
  if (health && !health.ok) return { state: 'attention', icon: 'triangle-alert', tone: 'error', sentence: health.sentence };
  if (lastRun?.state === 'failed' && !running)
    return {
      state: 'attention',
      icon: 'cloud-off',
      tone: 'warning',
      sentence: `The last run did not finish: ${lastRun.problem ?? 'the cause is unknown.'}`,
    };
  const sentence = health?.sentence ?? 'Connected; not checked yet.';
  return { state: running ? 'running' : 'well', icon: 'circle-check', ...(health && { tone: 'good' as const }), sentence };
}
