import type { SyncRunEntity } from '../../jobs/sync-run.entity.js';

/** One pull, sweep or settlement: how far it came, how it ended. Instants are ISO. */
export interface SyncRunItem {
  id: string;
  connectionId: string;
  kind: SyncRunEntity['kind'];
  state: SyncRunEntity['state'];
  requestedBy: string;
  /** How many records the vendor announced; absent where it cannot count. */
  expected?: number;
  fetched: number;
  changed: number;
  setAside: number;
  /** Why it failed, in plain words; of a run that succeeded, what the vendor did not let it learn. */
  problem?: string;
  queuedAt: string;
  startedAt?: string;
  finishedAt?: string;
}

export function syncRunItem(row: SyncRunEntity): SyncRunItem {
  return {
    id: row.id,
    connectionId: row.connectionId,
    kind: row.kind,
    state: row.state,
    requestedBy: row.requestedBy,
    ...(row.expected !== null && { expected: row.expected }),
    fetched: row.fetched,
    changed: row.changed,
    setAside: row.setAside,
    ...(row.problem && { problem: row.problem }),
    queuedAt: row.queuedAt.toISOString(),
    ...(row.startedAt && { startedAt: row.startedAt.toISOString() }),
    ...(row.finishedAt && { finishedAt: row.finishedAt.toISOString() }),
  };
}
