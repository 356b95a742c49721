import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import { TenantTransaction } from './tenant-transaction.js';

export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Aborts when the lease could not be renewed: someone else may be working now. */
  readonly signal: AbortSignal;
}

/** Exclusive work over all processes, by a row that expires: a holder that dies is taken over, nothing hangs on a connection. */
@Injectable()
export class Leases {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** Runs `work` while holding `name`; undefined at once when another process holds it. Renewed every third of `ttlMs`. */
  async hold<T>(tenantId: string, name: string, ttlMs: number, work: (lease: Lease) => Promise<T>): Promise<{ result: T } | undefined> {
    const holder = uuidv7();
    if (!(await this.take(tenantId, name, holder, ttlMs))) return undefined;
    const lost = new AbortController();
    let renewedAt = this.clock.now().getTime();
    const heartbeat = setInterval(() => {
      const asked = this.clock.now().getTime();
      this.renew(tenantId, name, holder, ttlMs).then(
        (mine) => (mine ? (renewedAt = asked) : lost.abort(new Error(`The lease ${name} went to another process`))),
        // As long as it has not run out nobody else can have it.
        () => asked - renewedAt >= ttlMs && lost.abort(new Error(`The lease ${name} could not be renewed`)),
      );
    }, ttlMs / 3);
    heartbeat.unref();
    try {
      return { result: await work({ name, holder, signal: lost.signal }) };
    } finally {
      clearInterval(heartbeat);
      await this.release(tenantId, name, holder);
    }
  }

  private async take(tenantId: string, name: string, holder: string, ttlMs: number): Promise<boolean> {
    const now = this.clock.now();
    return await this.tx.run(tenantId, async () => {
      const taken = await this.tx.execute(
        `insert into lease as l (tenant_id, name, holder, until) values ($1, $2, $3, $4)
         on conflict (tenant_id, name) do update
           set holder = excluded.holder, until = excluded.until, epoch = l.epoch + (l.holder <> excluded.holder)::int
           where l.holder = excluded.holder or l.until < $5`,
        [tenantId, name, holder, new Date(now.getTime() + ttlMs), now],
      );
      return taken === 1;
    });
  }

  /** Never takes: a heartbeat that comes after the release must not leave a lease behind that nobody holds. */
  private async renew(tenantId: string, name: string, holder: string, ttlMs: number): Promise<boolean> {
    const renewed = await this.tx.run(tenantId, () =>
      this.tx.execute('update lease set until = $4 where tenant_id = $1 and name = $2 and holder = $3', [
        tenantId,
        name,
        holder,
        this.clock.later(ttlMs),
      ]),
    );
    return renewed === 1;
  }

  private async release(tenantId: string, name: string, holder: string): Promise<void> {
    await this.tx.run(tenantId, () =>
      this.tx.execute('delete from lease where tenant_id = $1 and name = $2 and holder = $3', [tenantId, name, holder]),
    );
  }
}
