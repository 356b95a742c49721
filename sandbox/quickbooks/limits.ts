import type { Books } from './books.js';

/** Sliding windows over one company, by the sandbox clock. A refused request does not count. */
export class Limits {
  private calls: number[] = [];
  private batches: number[] = [];

  constructor(private readonly books: Books) {}

  /** False when one request more is too many. */
  take(isBatch: boolean): boolean {
    const now = this.books.clock.now().getTime();
    const { perSecond, perMinute, batchPerMinute } = this.books.options.limits;
    // The clock may have been moved back: instants from "later" would then block for ever.
    this.calls = this.calls.filter((at) => at > now - 60_000 && at <= now);
    this.batches = this.batches.filter((at) => at > now - 60_000 && at <= now);
    const inLastSecond = this.calls.filter((at) => at > now - 1_000).length;
    if (inLastSecond >= perSecond || this.calls.length >= perMinute) return false;
    if (isBatch && this.batches.length >= batchPerMinute) return false;
    this.calls.push(now);
    if (isBatch) this.batches.push(now);
    return true;
  }
}
