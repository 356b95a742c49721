import type { SandboxStore } from './store.js';

/** The vendor's own clock: real time plus an offset that `POST /_sandbox/clock` moves and the store keeps. */
export class SandboxClock {
  constructor(private readonly store: SandboxStore) {}

  now(): Date {
    return new Date(Date.now() + this.offset());
  }

  moveTo(instant: Date): void {
    this.store.put('_clock', 'offset', instant.getTime() - Date.now());
  }

  advance(milliseconds: number): void {
    this.store.put('_clock', 'offset', this.offset() + milliseconds);
  }

  reset(): void {
    this.store.put('_clock', 'offset', 0);
  }

  private offset(): number {
    return this.store.get<number>('_clock', 'offset') ?? 0;
  }
}
