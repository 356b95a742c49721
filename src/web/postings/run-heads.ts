import { DateTime } from 'luxon';
import type { PostingRun } from '../../billing/queries/posting-query.js';
import type { ConnectionItem } from '../../billing/queries/connection-query.js';
import type { Tone } from '../shell/shell-view.js';

export interface RunFacts {
  runs: readonly PostingRun[];
  connections: readonly Pick<ConnectionItem, 'id' | 'state' | 'paused' | 'posting' | 'health'>[];
  /** By connection: when its vendor's limit takes the next request. */
  waits: ReadonlyMap<string, Date>;
  stopped: boolean;
  timeZone: string;
}

/** Today's sending, one head for each ledger. */
export function runHeads(facts: RunFacts): RunHeadView[] {
  return facts.runs.map((run) => {
    const parts = [
      `${count(run.posted)} posted`,
      ...(run.refused > 0 ? [`${count(run.refused)} refused`] : []),
      ...(run.waiting > 0 ? [`${count(run.waiting)} waiting${reason(run.connectionId, facts)}`] : []),
    ];
    const twins = facts.runs.filter(({ label }) => label === run.label).length > 1;
    return {
      destination: twins ? `${run.label}, ${run.connectionLabel}` : run.label,
      sentence: parts.join(', '),
      ...(run.refused > 0 && { tone: 'warning' as const }),
      posted: run.posted,
      total: run.posted + run.refused + run.waiting,
    };
  });
}

/** Whether anything is to change without somebody doing something. */
export function headsMove({ runs, connections, stopped }: RunFacts): boolean {
  return (
    !stopped && runs.some(({ connectionId, waiting }) => waiting > 0 && connections.some((one) => one.id === connectionId && mayWrite(one)))
  );
}

/** Why they wait, the strongest reason first; nothing where they simply have their turn. */
function reason(connectionId: string, { connections, waits, stopped, timeZone }: RunFacts): string {
  const connection = connections.find(({ id }) => id === connectionId);
  if (stopped) return ' until posting is resumed';
  if (connection?.state !== 'connected') return ' until it is connected again';
  if (connection.paused) return ' until the connection is resumed';
  if (connection.posting?.mode === 'preview') return ' in preview until an owner starts posting';
  const until = waits.get(connectionId);
  return until ? ` for a limit until ${DateTime.fromJSDate(until, { zone: timeZone }).toFormat('HH:mm')}` : '';
}

function mayWrite({ state, paused, posting }: RunFacts['connections'][number]): boolean {
  return state === 'connected' && paused === undefined && posting?.mode === 'live';
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

export interface RunHeadView {
  destination: string;
  /** '41 posted, 2 refused, 7 waiting for a limit until 14:05' */
  sentence: string;
  tone?: Tone;
  posted: number;
  total: number;
}
