import { Refusal } from '../../domain/refusal.js';

/** Gives the place back. `wasted`: the work ran out of time, and its tenant now stands back for a while. */
export type Leave = (wasted?: 'wasted') => void;

export interface FairQueueOptions {
  /** How many of one tenant may wait. Default 100. */
  mostWaiting?: number;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
  /** For sentences: 'printed'. */
  done: string;
}

interface Waiter {
  start: () => void;
  fail: (reason: unknown) => void;
}

/** One tenant's work: what runs, what waits, and how often it ran out of time lately. */
interface Lane {
  running: number;
  waiting: Waiter[];
  /** The how many-th start of the whole queue its last one was. */
  lastStart: number;
  wasted: number;
  /** Until then nothing of this tenant starts. */
  restsUntil: number;
}

const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 300_000;
const FORGIVEN_AFTER_MS = 600_000;

/**
 * At most `width` at a time, the tenants in turn, each tenant's own in the order they came. What runs out of time costs its own
 * tenant only: it rests, longer with each time, and then works on one at a time until ten minutes went well. While a tenant holds
 * more than one place, or one of those that ran out of time holds any, there is one place more for a tenant that has none: so
 * nobody waits for the end of another one's endless work.
 */
export class FairQueue {
  private readonly lanes = new Map<string, Lane>();
  private starts = 0;
  private closedBecause: Error | undefined;
  private idle: (() => void) | undefined;
  private readonly now: () => number;
  private readonly mostWaiting: number;

  constructor(
    private readonly width: number,
    private readonly options: FairQueueOptions,
  ) {
    this.now = options.now ?? (() => performance.now());
    this.mostWaiting = options.mostWaiting ?? 100;
  }

  /** Resolves to the function that gives the place back. @throws Refusal 'unavailable', or the signal's reason while waiting */
  async enter(tenantId: string, signal?: AbortSignal): Promise<Leave> {
    signal?.throwIfAborted();
    if (this.closedBecause) throw this.closedBecause;
    const lane = this.laneOf(tenantId);
    if (lane.restsUntil > this.now()) throw this.resting(lane);
    if (this.mayStart(lane)) this.start(lane);
    else await this.turn(lane, signal);
    let left = false;
    return (wasted) => {
      if (left) return;
      left = true;
      lane.running -= 1;
      if (wasted) this.standBack(lane);
      this.startNext();
    };
  }

  /** Refuses everyone who waits and everyone to come, and resolves when the last one inside has left. */
  async drain(because: Error): Promise<void> {
    this.closedBecause = because;
    for (const lane of this.lanes.values()) for (const waiter of lane.waiting.splice(0)) waiter.fail(because);
    if (this.running > 0) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  private get running(): number {
    return [...this.lanes.values()].reduce((sum, { running }) => sum + running, 0);
  }

  private laneOf(tenantId: string): Lane {
    const known = this.lanes.get(tenantId);
    if (known && known.wasted > 0 && this.now() > known.restsUntil + FORGIVEN_AFTER_MS) known.wasted = 0;
    const lane = known ?? { running: 0, waiting: [], lastStart: 0, wasted: 0, restsUntil: 0 };
    this.lanes.set(tenantId, lane);
    return lane;
  }

  private mayStart(lane: Lane): boolean {
    if (lane.wasted > 0 && lane.running > 0) return false;
    const running = this.running;
    if (running < this.width) return true;
    return running === this.width && lane.running === 0 && lane.wasted === 0 && this.isHeldUnfairly();
  }

  private isHeldUnfairly(): boolean {
    return [...this.lanes.values()].some(({ running, wasted }) => running > 1 || (running > 0 && wasted > 0));
  }

  private start(lane: Lane): void {
    lane.running += 1;
    lane.lastStart = this.starts += 1;
  }

  private turn(lane: Lane, signal: AbortSignal | undefined): Promise<void> {
    if (lane.waiting.length >= this.mostWaiting) throw this.full(lane);
    return new Promise((resolve, reject) => {
      const abandon = (): void => {
        lane.waiting.splice(lane.waiting.indexOf(waiter), 1);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        start: () => {
          signal?.removeEventListener('abort', abandon);
          this.start(lane);
          resolve();
        },
        fail: (reason) => {
          signal?.removeEventListener('abort', abandon);
          reject(reason as Error);
        },
      };
      signal?.addEventListener('abort', abandon, { once: true });
      lane.waiting.push(waiter);
    });
  }

  /** A place goes straight to the next in turn, so that nobody who comes later can slip in between. */
  private startNext(): void {
    for (let next = this.next(); next; next = this.next()) next.start();
    for (const [tenantId, { running, waiting, wasted, restsUntil }] of this.lanes)
      if (running === 0 && waiting.length === 0 && (wasted === 0 || this.now() > restsUntil + FORGIVEN_AFTER_MS))
        this.lanes.delete(tenantId);
    if (this.running === 0) this.idle?.();
  }

  /** Of the tenant that has the fewest places, and of those whoever started longest ago. */
  private next(): Waiter | undefined {
    const able = [...this.lanes.values()].filter((lane) => lane.waiting.length > 0 && this.mayStart(lane));
    return able.toSorted((a, b) => a.running - b.running || a.lastStart - b.lastStart)[0]?.waiting.shift();
  }

  private standBack(lane: Lane): void {
    lane.restsUntil = this.now() + Math.min(FIRST_REST_MS * 2 ** lane.wasted, LONGEST_REST_MS);
    lane.wasted += 1;
    for (const waiter of lane.waiting.splice(0)) waiter.fail(this.resting(lane));
  }

  private resting({ restsUntil }: Lane): Refusal {
    const seconds = Math.max(1, Math.ceil((restsUntil - this.now()) / 1_000));
    return new Refusal(
      'unavailable',
      `This was not ${this.options.done}: something else of your company took too long, so that there is a pause. Try again in ${seconds} s.`,
      { standsBack: true, retryAfterSeconds: seconds },
    );
  }

  private full({ waiting }: Lane): Refusal {
    return new Refusal(
      'unavailable',
      `This was not ${this.options.done}: ${waiting.length} others of your company wait already. Try again in a minute.`,
      { standsBack: true, retryAfterSeconds: 60 },
    );
  }
}
