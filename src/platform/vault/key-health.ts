import type { KeyWrapper, WrapperHealth } from './key-wrapper.js';

const LIFE_MS = 10_000;

/** The wrapper's health, asked at most every ten seconds: anybody may look at a health page. Also the injection token. */
export class KeyHealth {
  private last: { health: Promise<WrapperHealth>; until: number } | undefined;

  constructor(private readonly wrapper: KeyWrapper) {}

  async now(): Promise<WrapperHealth> {
    const at = performance.now();
    if (!this.last || this.last.until <= at) this.last = { health: this.wrapper.health(), until: at + LIFE_MS };
    return await this.last.health;
  }
}
