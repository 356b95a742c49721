import { AsyncLocalStorage } from 'node:async_hooks';

/** What the process is busy with at this point of the code; on every log line that is written meanwhile. Ids and nothing else. */
export interface Work {
  requestId?: string;
  jobId?: string;
  queue?: string;
  tenantId?: string;
}

const storage = new AsyncLocalStorage<Work>();

export function during<T>(work: Work, run: () => T): T {
  return storage.run({ ...work }, run);
}

/** Undefined at start and in timers. */
export function currentWork(): Readonly<Work> | undefined {
  return storage.getStore();
}

/** A request begins before anybody knows whose it is. The first tenant stays: nothing of ours works for two. */
export function noteTenant(tenantId: string): void {
  const work = storage.getStore();
  if (work) work.tenantId ??= tenantId;
}
