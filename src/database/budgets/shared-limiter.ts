import { RateLimiterMemory, RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Budget } from '../../platform/config/edge-variables.js';
import type { RateBudgetRepository, SpentRate } from './rate-budget.repository.js';

interface Stored {
  rows: { points: number; expire: number }[];
  rowCount: number;
}

/**
 * The library's limiter for PostgreSQL with its own statements replaced by the functions that the app may call: it would make
 * a table and want all rights on it. What remains the library's: windows, the block in memory once a budget is spent (so that
 * a flood costs no query), and the limiter that stands in while the database is away.
 */
export class SharedLimiter extends RateLimiterPostgres {
  declare private readonly getInMemoryBlockMsBeforeExpire: (key: string) => number;

  constructor(
    { most, seconds }: Budget,
    private readonly counters: RateBudgetRepository,
    private readonly failed: (error: unknown) => void,
  ) {
    super({
      storeClient: {},
      storeType: 'pool',
      tableName: 'rate_budget',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix: '',
      points: most,
      duration: seconds,
      inMemoryBlockOnConsumed: most + 1,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix: '', points: most, duration: seconds }),
    });
  }

  /** For how long this process knows, without asking, that nothing is left of a key's budget; 0 when it does not know. */
  knownSpentMs(key: string): number {
    return this.getInMemoryBlockMsBeforeExpire(key);
  }

  async _upsert(key: string, points: number, windowMs: number, afresh: boolean): Promise<Stored> {
    return stored(await this.counted(() => this.counters.spend(bytesOf(key), points, windowMs, afresh)));
  }

  async _get(key: string): Promise<Stored | null> {
    const spent = await this.counted(() => this.counters.spent(bytesOf(key)));
    return spent === undefined ? null : stored(spent);
  }

  async _delete(key: string): Promise<boolean> {
    return await this.counted(() => this.counters.forget(bytesOf(key)));
  }

  private async counted<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }
}

function stored({ spent, leftMs }: SpentRate): Stored {
  return { rows: [{ points: spent, expire: Date.now() + leftMs }], rowCount: 1 };
}

function bytesOf(key: string): Buffer {
  return Buffer.from(key, 'hex');
}
