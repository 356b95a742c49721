import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { LegalHoldEntity } from './retention.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

/** What must not be deleted, whatever a period says. The functions that delete read the same rows. */
@Injectable()
export class LegalHoldRepository {
  constructor(private readonly tx: TenantTransaction) {}

  async standing(): Promise<LegalHoldEntity[]> {
    return await this.tx
      .rows(LegalHoldEntity)
      .find({ where: { tenantId: this.tx.tenantId, liftedAt: IsNull() }, order: { setAt: 'DESC' } });
  }

  async all(): Promise<LegalHoldEntity[]> {
    return await this.tx.rows(LegalHoldEntity).find({ where: { tenantId: this.tx.tenantId }, order: { setAt: 'DESC' }, take: 200 });
  }

  /** Waits for a batch that is being deleted at this moment; the next one sees the hold. */
  async set(row: LegalHoldEntity): Promise<void> {
    await this.lock();
    await this.tx.rows(LegalHoldEntity).insert(row);
  }

  /** @returns the hold as it was, or nothing when none stands under this id */
  async lift(id: string, by: { id: string; label: string }, at: Date): Promise<LegalHoldEntity | undefined> {
    const key = { tenantId: this.tx.tenantId, id, liftedAt: IsNull() };
    const row = await this.tx.rows(LegalHoldEntity).findOneBy(key);
    if (!row) return undefined;
    // Of two who lift it at once only one did.
    const { affected } = await this.tx.rows(LegalHoldEntity).update(key, { liftedById: by.id, liftedByLabel: by.label, liftedAt: at });
    return affected === 1 ? row : undefined;
  }

  /** Until the transaction ends, no hold is set and nothing is deleted by anybody else. */
  async lock(): Promise<void> {
    await this.tx.query("select pg_advisory_xact_lock(hashtextextended('legal hold ' || $1::text, 0))", [this.tx.tenantId]);
  }

  /** How an invoice or customer is called; undefined for one that does not exist. */
  async subject(scope: 'customer' | 'invoice', text: string): Promise<{ id: string; label: string } | undefined> {
    const sql =
      scope === 'invoice'
        ? `select id, number || ' · ' || customer_name as label from invoice where tenant_id = $1 and (number = $2 or id::text = $2) order by date desc limit 1`
        : `select id, name as label from customer where tenant_id = $1 and (name = $2 or id::text = $2) order by updated_at desc limit 1`;
    const [found] = await this.tx.query<{ id: string; label: string }>(sql, [this.tx.tenantId, text]);
    return found;
  }
}
