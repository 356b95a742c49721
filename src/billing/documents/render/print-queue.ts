/** First come, first served; at most `width` at a time. */
export class PrintQueue {
  private running = 0;
  private closedBecause: Error | undefined;
  private readonly waiting: { start: () => void; fail: (reason: unknown) => void }[] = [];
  private idle: (() => void) | undefined;

  constructor(private readonly width: number) {}

  /** Resolves to the function that gives the place back. @throws the signal's reason while waiting */
  async enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.closedBecause) throw this.closedBecause;
    if (this.running < this.width) this.running += 1;
    else await this.turn(signal);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.leave();
    };
  }

  /** Refuses everyone who waits and everyone to come, and resolves when the last one inside has left. */
  async drain(because: Error): Promise<void> {
    this.closedBecause = because;
    for (const waiter of this.waiting.splice(0)) waiter.fail(because);
    if (this.running > 0) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  private turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const abandon = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(signal?.reason as Error);
      };
      const waiter = {
        start: () => {
          signal?.removeEventListener('abort', abandon);
          resolve();
        },
        fail: (reason: unknown) => {
          signal?.removeEventListener('abort', abandon);
          reject(reason as Error);
        },
      };
      signal?.addEventListener('abort', abandon, { once: true });
      this.waiting.push(waiter);
    });
  }

  /** A place goes straight to the next in line, so that nobody who comes later can slip in between. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) return next.start();
    this.running -= 1;
    if (this.running === 0) this.idle?.();
  }
}
