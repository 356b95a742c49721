import type { Logger } from '@nestjs/common';

/** What fails is said and left for the next tick, so that the trouble of one tenant stops nobody else's work. */
export async function retryOnNextTick(log: Logger, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn(`${what} failed and will be tried again: ${error instanceof Error ? error.message : 'unknown cause'}`);
  }
}
