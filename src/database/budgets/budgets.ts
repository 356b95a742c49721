import { createHmac, hkdfSync } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../../platform/config/config.js';
import { DEFAULT_BUDGETS, type Budget, type BudgetName } from '../../platform/config/edge-variables.js';
import { RateBudgetRepository } from './rate-budget.repository.js';
import { SharedLimiter } from './shared-limiter.js';

export interface Spending {
  allowed: boolean;
  budget: Budget;
  /** What is left of the budget, and when it is whole again. */
  left: number;
  resetMs: number;
}

/** A call that a vendor signed counts as the same for so long. */
const REPLAY_WINDOW: Budget = { most: 1, seconds: 86_400 };

/**
 * How much anybody may ask, counted over all processes of one database. Who asks goes in as a keyed hash: the table holds
 * neither an address nor anything to find one by.
 */
@Injectable()
export class Budgets {
  private readonly log = new Logger('rate limits');
  private readonly secret: Buffer;
  private readonly limiters: Readonly<Record<BudgetName, SharedLimiter>>;
  private readonly calls: SharedLimiter;
  private failures = 0;

  constructor(
    private readonly config: Config,
    counters: RateBudgetRepository,
  ) {
    this.secret = Buffer.from(hkdfSync('sha256', config.keys.current.bytes, '', 'countersign rate budgets v1', 32));
    const limiter = (budget: Budget): SharedLimiter => new SharedLimiter(budget, counters, (error) => this.noteFailure(error));
    const names = Object.keys(DEFAULT_BUDGETS) as BudgetName[];
    this.limiters = Object.fromEntries(names.map((name) => [name, limiter(config.edge.budgets[name])])) as Record<
      BudgetName,
      SharedLimiter
    >;
    this.calls = limiter(REPLAY_WINDOW);
  }

  /** Counts one more. Past the budget nothing is asked of the database any more until the window ends. */
  async spend(name: BudgetName, who: string): Promise<Spending> {
    const budget = this.config.edge.budgets[name];
    try {
      const { remainingPoints, msBeforeNext } = await this.limiters[name].consume(this.keyOf(name, who));
      return { allowed: true, budget, left: remainingPoints, resetMs: msBeforeNext };
    } catch (error) {
      if (error instanceof RateLimiterRes) return { allowed: false, budget, left: 0, resetMs: error.msBeforeNext };
      throw error;
    }
  }

  /** Whether this process knows that nothing is left; costs no query and counts nothing. */
  known(name: BudgetName, who: string): Spending {
    const resetMs = this.limiters[name].knownSpentMs(this.keyOf(name, who));
    const budget = this.config.edge.budgets[name];
    return { allowed: resetMs <= 0, budget, left: resetMs > 0 ? 0 : budget.most, resetMs };
  }

  /** Whether exactly this was taken within the last day. */
  async wasTaken(what: string): Promise<boolean> {
    return (await this.calls.get(this.keyOf('taken', what)))?.consumedPoints !== undefined;
  }

  async noteTaken(what: string): Promise<void> {
    await this.calls.penalty(this.keyOf('taken', what));
  }

  private keyOf(kind: string, who: string): string {
    return createHmac('sha256', this.secret).update(`${kind}\0${who}`).digest('hex');
  }

  /** Every power of two, so that a database that is away does not fill the log. */
  private noteFailure(error: unknown): void {
    this.failures += 1;
    if ((this.failures & (this.failures - 1)) === 0)
      this.log.warn(
        `Counted in this process alone, ${this.failures} times since the start: ${error instanceof Error ? error.message : 'unknown cause'}`,
      );
  }
}
