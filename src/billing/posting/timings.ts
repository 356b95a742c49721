import { QUARANTINE_SECONDS, SEND_LEASE_SECONDS } from '../../domain/posting-policy.js';

/** How long the posting stage waits for what; milliseconds. Tests and the crash script shorten them. */
export class PostingTimings {
  constructor(
    /** "Not found" counts only so long after the last send, because the first request may still commit. Longer than both time-outs. */
    readonly quarantineMs: number = QUARANTINE_SECONDS * 1_000,
    /** After that a sender without an answer is taken for dead. Longer than the slowest request. */
    readonly leaseMs: number = SEND_LEASE_SECONDS * 1_000,
    /** After a pause the vendor asked for without saying how long, or a passing failure. */
    readonly retryMs: number = 30_000,
    readonly replayAfterMs: number = 3_000,
  ) {}

  /** Of the one process that sends for a connection; it renews, and when it dies another may begin so much later. */
  get senderMs(): number {
    return Math.min(20_000, this.leaseMs);
  }
}

/** What could not be done now is looked at again so much later, once, however many asked for it. */
export const LOOK_AGAIN_SECONDS = 5;
