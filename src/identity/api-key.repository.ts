import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { ApiKeyEntity } from './api-key.entity.js';

/** API keys of the tenant of the open transaction. What opens them lies with the credentials. */
@Injectable()
export class ApiKeyRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  async add(key: Omit<ApiKeyEntity, 'tenantId' | 'createdAt' | 'lastUsedAt' | 'lastUsedFrom' | 'revokedAt'>): Promise<void> {
    await this.tx.rows(ApiKeyEntity).insert({ ...key, tenantId: this.tx.tenantId, createdAt: this.clock.now() });
  }

  async get(id: string): Promise<ApiKeyEntity> {
    return await this.tx.rows(ApiKeyEntity).findOneByOrFail({ tenantId: this.tx.tenantId, id });
  }

  /** Newest first, without those that were revoked. */
  async listInUse(): Promise<ApiKeyEntity[]> {
    const where = { tenantId: this.tx.tenantId, revokedAt: IsNull() };
    return await this.tx.rows(ApiKeyEntity).find({ where, order: { createdAt: 'DESC' } });
  }

  /** False when there is none, or it was revoked before. */
  async revoke(id: string): Promise<boolean> {
    const { affected } = await this.tx
      .rows(ApiKeyEntity)
      .update({ tenantId: this.tx.tenantId, id, revokedAt: IsNull() }, { revokedAt: this.clock.now() });
    return affected === 1;
  }
}
