import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { SupportGrantEntity } from './support-grant.entity.js';

/** What the tenant of the open transaction has allowed the operator's people. */
@Injectable()
export class SupportGrantRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  async add(grant: Omit<SupportGrantEntity, 'tenantId' | 'enteredAt' | 'endedAt' | 'endedBy'>): Promise<void> {
    await this.tx.rows(SupportGrantEntity).insert({ ...grant, tenantId: this.tx.tenantId });
  }

  async newest(count: number): Promise<SupportGrantEntity[]> {
    return await this.tx
      .rows(SupportGrantEntity)
      .find({ where: { tenantId: this.tx.tenantId }, order: { createdAt: 'DESC' }, take: count });
  }

  /** Newest first. */
  async inForce(): Promise<SupportGrantEntity[]> {
    const where = { tenantId: this.tx.tenantId, endedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
    return await this.tx.rows(SupportGrantEntity).find({ where, order: { createdAt: 'DESC' } });
  }

  /** False when it was entered before, or has ended. */
  async enter(id: string): Promise<boolean> {
    return await this.mark({ id, enteredAt: IsNull() }, { enteredAt: this.clock.now() });
  }

  /** False when there is none, or it was ended before. */
  async end(id: string, by: string): Promise<boolean> {
    return await this.mark({ id }, { endedAt: this.clock.now(), endedBy: by });
  }

  private async mark(which: { id: string; enteredAt?: ReturnType<typeof IsNull> }, change: Partial<SupportGrantEntity>): Promise<boolean> {
    const { affected } = await this.tx.rows(SupportGrantEntity).update({ ...which, tenantId: this.tx.tenantId, endedAt: IsNull() }, change);
    return affected === 1;
  }
}
