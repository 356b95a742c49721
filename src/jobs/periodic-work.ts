import type { Logger } from '@nestjs/common';

/** What one class does at every tick. Nothing happens before `start`, which only processes call whose role is to work. */
export class PeriodicWork {
  private readonly busy = new Set<string>();
  private started = false;

  constructor(private readonly log: Logger) {}

  start(): void {
    this.started = true;
  }

  /** One at a time in this process: a tick that comes while the one before is at work does nothing. */
  async alone(what: string, work: () => Promise<void>): Promise<void> {
    if (!this.started || this.busy.has(what)) return;
    this.busy.add(what);
    await this.attempt(what, work);
    this.busy.delete(what);
  }

  /** What fails is said and left for the next tick, so that the trouble of one tenant stops nobody else's work. */
  async attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn(`${what} failed and will be tried again: ${error instanceof Error ? error.message : 'unknown cause'}`);
    }
  }
}
