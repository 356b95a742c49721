import type { ConnectionDetail } from '../../billing/queries/connection-query.js';
import type { SyncRunItem } from '../../billing/queries/sync-run-query.js';
import { durationText } from '../runs/run-progress.js';
import type { Tone, Link } from '../shell/shell-view.js';
import { runOutcome, runWhat } from './connection-words.js';

const SHOWN: Readonly<Record<SyncRunItem['state'], { icon: string; tone?: Tone }>> = {
  queued: { icon: 'clock' },
  running: { icon: 'refresh-cw' },
  succeeded: { icon: 'circle-check', tone: 'good' },
  failed: { icon: 'circle-x', tone: 'error' },
  cancelled: { icon: 'circle-minus' },
};

export function runRow(run: SyncRunItem): RunRow {
  const took =
    run.startedAt !== undefined && run.finishedAt !== undefined ? Date.parse(run.finishedAt) - Date.parse(run.startedAt) : undefined;
  return {
    at: run.startedAt ?? run.queuedAt,
    what: runWhat(run.kind),
    outcome: runOutcome(run),
    ...SHOWN[run.state],
    read: run.fetched,
    changed: run.changed,
    setAside: run.setAside,
    durationText: took === undefined ? '' : durationText(took / 1_000),
  };
}

export function setAsideRow(record: ConnectionDetail['setAsideRecords'][number]): SetAsideRow {
  return {
    id: record.externalId,
    label: record.number ?? `No. ${record.externalId}`,
    cause: record.problem,
    ...(record.field !== undefined && { field: record.field }),
    at: record.fetchedAt,
  };
}

type ScheduleKind = ConnectionDetail['schedules'][number]['kind'];

interface ScheduleWords {
  label: string;
  least: number;
}

/** What people can set; looking for something to send is not theirs to slow down. */
const SCHEDULES: Readonly<Partial<Record<ScheduleKind, ScheduleWords>>> = {
  pull: { label: 'Import changes', least: 5 },
  settle: { label: 'Check for payments', least: 15 },
  sweep: { label: 'Check for deleted invoices', least: 60 },
};
const MOST_MINUTES = 10_080;

export function scheduleRows(schedules: ConnectionDetail['schedules'], runs: boolean): ScheduleView[] {
  return (Object.entries(SCHEDULES) as [ScheduleKind, ScheduleWords][]).flatMap(([kind, { label, least }]): ScheduleView[] => {
    const schedule = schedules.find((one) => one.kind === kind);
    if (!schedule) return [];
    const { intervalMinutes: minutes, paused, nextDueAt } = schedule;
    return [{ kind, label, minutes, least, most: MOST_MINUTES, paused, ...(runs && !paused && { nextAt: nextDueAt }) }];
  });
}

export interface RunRow {
  at: string;
  what: string;
  outcome: string;
  icon: string;
  tone?: Tone;
  read: number;
  changed: number;
  setAside: number;
  durationText: string;
}

export interface SetAsideRow {
  id: string;
  label: string;
  cause: string;
  field?: string;
  at: string;
  link?: Link;
}

export interface ScheduleView {
  /** Stands in the names of the fields. */
  kind: 'pull' | 'sweep' | 'post' | 'settle';
  label: string;
  minutes: number;
  least: number;
  most: number;
  paused: boolean;
  nextAt?: string;
}
