import type pg from 'pg';

export interface ChainHead {
  tenantId: string;
  sequence: number;
  /** Hex. */
  hash: string;
  sealedAt: Date | null;
}

/** What the scheduler's role may see of the audit of all tenants: who waits for a seal, and the heads. Never an event. */
export class AuditWatch {
  constructor(private readonly pool: pg.Pool) {}

  /** Those that wait longest come first. */
  async waiting(limit: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ tenantId: string }>(
      'select tenant_id as "tenantId" from audit_unsealed group by tenant_id order by min(queued_at) limit $1',
      [limit],
    );
    return rows.map(({ tenantId }) => tenantId);
  }

  /** For how many seconds the oldest event without a seal has been waiting; 0 when none is. */
  async longestWait(): Promise<number> {
    const { rows } = await this.pool.query<{ seconds: number }>(
      'select coalesce(extract(epoch from clock_timestamp() - min(queued_at)), 0)::float8 as seconds from audit_unsealed',
    );
    return rows[0]?.seconds ?? 0;
  }

  /** Chains that nobody has walked since then. */
  async unverifiedSince(instant: Date, limit: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ tenantId: string }>(
      `select tenant_id as "tenantId" from audit_chain where verified_at is null or verified_at < $1
         order by verified_at nulls first limit $2`,
      [instant, limit],
    );
    return rows.map(({ tenantId }) => tenantId);
  }

  async broken(): Promise<{ tenantId: string; problem: string }[]> {
    const { rows } = await this.pool.query<{ tenantId: string; problem: string }>(
      'select tenant_id as "tenantId", problem from audit_chain where problem is not null order by 1',
    );
    return rows;
  }

  async heads(): Promise<ChainHead[]> {
    const { rows } = await this.pool.query<{ tenantId: string; sequence: string; hash: Buffer; sealedAt: Date | null }>(
      'select tenant_id as "tenantId", sequence, hash, sealed_at as "sealedAt" from audit_chain where sequence > 0 order by tenant_id',
    );
    return rows.map((row) => ({ ...row, sequence: Number.parseInt(row.sequence, 10), hash: row.hash.toString('hex') }));
  }
}
