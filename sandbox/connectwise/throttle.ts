import type { SandboxClock } from '../kit/clock.js';
import { tooManyRequests } from './errors.js';

const MINUTE_MS = 60_000;

/** Requests of the last minute by the sandbox clock; above the limit every request is refused until some grow old. */
export class Throttle {
  private accepted: number[] = [];

  constructor(private readonly clock: SandboxClock) {}

  check(limit: number): void {
    const now = this.clock.now().getTime();
    this.accepted = this.accepted.filter((at) => at <= now && now - at < MINUTE_MS);
    const oldest = this.accepted[this.accepted.length - limit];
    if (oldest !== undefined) throw tooManyRequests(Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1_000)));
    this.accepted.push(now);
  }
}
