import type { SandboxClock } from '../kit/clock.js';
import type { SandboxContext } from '../kit/server.js';
import type { SandboxStore } from '../kit/store.js';
import { readOptions, type Options } from './options.js';

/** What every part of the invented PSA works on. */
export class Psa {
  constructor(private readonly context: SandboxContext) {}

  get store(): SandboxStore {
    return this.context.store;
  }

  get clock(): SandboxClock {
    return this.context.clock;
  }

  get url(): string {
    return this.context.url();
  }

  options(): Options {
    return readOptions(this.store);
  }

  /** Instants on the wire have no fractions of a second. */
  timestamp(): string {
    return this.clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
  }
}
