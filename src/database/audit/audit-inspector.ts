import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Leases } from '../leases.js';
import { TenantTransaction } from '../tenant-transaction.js';
import { walkChain, type Walked } from './audit-walk.js';

const LEASE_MS = 60_000;

/** What a tenant is told about its own chain. */
export interface ChainState {
  sealedAt: Date | null;
  /** When somebody last walked the whole chain, and what was broken then. */
  verifiedAt: Date | null;
  problem: string | null;
  /** Events without a seal, and for how many seconds the oldest has been waiting. */
  waiting: number;
  longestWait: number;
}

/** Walks chains from inside the app and keeps what was found. */
@Injectable()
export class AuditInspector {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {}

  /** @returns undefined when another process is walking this chain */
  async verify(tenantId: string): Promise<Walked | undefined> {
    const held = await this.leases.hold(tenantId, 'audit.verify', LEASE_MS, async () => {
      const walked = await walkChain((sql, values) => this.tx.run(tenantId, () => this.tx.query(sql, values)), tenantId);
      await this.tx.run(tenantId, () =>
        this.tx.execute('update audit_chain set verified_at = $2, verified_through = $3, problem = $4 where tenant_id = $1', [
          tenantId,
          this.clock.now(),
          walked.through,
          walked.problem ?? null,
        ]),
      );
      return walked;
    });
    return held?.result;
  }

  async stateOf(tenantId: string): Promise<ChainState> {
    const [state] = await this.tx.run(tenantId, () =>
      this.tx.query<ChainState>(
        `select c.sealed_at as "sealedAt", c.verified_at as "verifiedAt", c.problem, coalesce(u.waiting, 0) as waiting,
                coalesce(u.longest, 0) as "longestWait"
           from (select count(*)::int as waiting, extract(epoch from clock_timestamp() - min(queued_at))::float8 as longest
                   from audit_unsealed where tenant_id = $1) u
           left join audit_chain c on c.tenant_id = $1`,
        [tenantId],
      ),
    );
    return state ?? { sealedAt: null, verifiedAt: null, problem: null, waiting: 0, longestWait: 0 };
  }
}
