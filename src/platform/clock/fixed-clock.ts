import { Clock } from './clock.js';

/** Stands still until it is moved, so that one test can be a whole month. */
export class FixedClock extends Clock {
  constructor(private instant: Date) {
    super();
  }

  override now(): Date {
    return new Date(this.instant);
  }

  moveTo(instant: Date): void {
    this.instant = instant;
  }

  advance(milliseconds: number): void {
    this.instant = this.later(milliseconds);
  }
}
