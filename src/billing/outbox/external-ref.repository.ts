import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Clock } from '../../platform/clock/clock.js';
import { ExternalRefEntity } from './external-ref.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** Our key ↔ the vendor's id, per connection. */
@Injectable()
export class ExternalRefRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  async of(connectionId: string, kind: ExternalRefEntity['kind'], keys: readonly string[]): Promise<Map<string, string>> {
    if (keys.length === 0) return new Map();
    const rows = await this.tx.rows(ExternalRefEntity).findBy({ tenantId: this.tx.tenantId, connectionId, kind, key: In([...keys]) });
    return new Map(rows.map((row) => [row.key, row.externalId]));
  }

  async all(connectionId: string, kind: ExternalRefEntity['kind']): Promise<Record<string, string>> {
    const rows = await this.tx.rows(ExternalRefEntity).findBy({ tenantId: this.tx.tenantId, connectionId, kind });
    return Object.fromEntries(rows.map((row) => [row.key, row.externalId]));
  }

  async put(connectionId: string, kind: ExternalRefEntity['kind'], key: string, externalId: string, link?: string): Promise<void> {
    await this.tx
      .rows(ExternalRefEntity)
      .upsert({ tenantId: this.tx.tenantId, connectionId, kind, key, externalId, link: link ?? null, createdAt: this.clock.now() }, [
        'tenantId',
        'connectionId',
        'kind',
        'key',
      ]);
  }

  /** Our key of something the vendor names, for example the invoice of a ledger document. */
  async keysOf(connectionId: string, kind: ExternalRefEntity['kind'], externalIds: readonly string[]): Promise<Map<string, string>> {
    if (externalIds.length === 0) return new Map();
    const rows = await this.tx
      .rows(ExternalRefEntity)
      .findBy({ tenantId: this.tx.tenantId, connectionId, kind, externalId: In([...externalIds]) });
    return new Map(rows.map((row) => [row.externalId, row.key]));
  }
}
