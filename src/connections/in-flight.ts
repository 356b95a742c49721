/**
 * Places for requests on the wire in this process, in the order of asking, and the pause that the vendor asked for last. The
 * database holds both for all processes; what this one knows already it need not wait to read there.
 */
export class InFlight {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];
  private pausedUntil = 0;

  constructor(private readonly places: number) {}

  async enter(): Promise<void> {
    if (this.taken >= this.places) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.taken += 1;
  }

  /** Hands the place to the one who waits longest, or frees it. */
  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.taken -= 1;
  }

  pauseUntil(instant: Date): void {
    this.pausedUntil = Math.max(this.pausedUntil, instant.getTime());
  }

  /** Milliseconds; 0: none. */
  pauseLeft(now: Date): number {
    return Math.max(0, this.pausedUntil - now.getTime());
  }
}
