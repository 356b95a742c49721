import { Injectable } from '@nestjs/common';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { DataExportEntity } from './data-export.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** An export without a sign of life for so long lost its process, and its job with it. */
const SILENT = "interval '10 minutes'";
const GIVEN_UP = 'The export stopped without a word, perhaps because Countersign was stopped. Prepare a new one.';

@Injectable()
export class DataExportRepository {
  constructor(private readonly tx: TenantTransaction) {}

  /** @returns nothing while another one waits or is written */
  async request(by: { kind: DataExportEntity['requestedByKind']; id: string; label: string }, now: Date): Promise<string | undefined> {
    const id = uuidv7();
    const made = await this.tx.execute(
      `insert into data_export (tenant_id, id, state, requested_by_kind, requested_by_id, requested_by_label, queued_at)
       values ($1, $2, 'queued', $3, $4, $5, $6) on conflict do nothing`,
      [this.tx.tenantId, id, by.kind, by.id, by.label, now],
    );
    return made === 1 ? id : undefined;
  }

  /** @returns those that stopped without a word: they would keep the tenant from exporting for ever */
  async giveUpSilent(now: Date): Promise<string[]> {
    const silent = await this.tx.query<{ id: string }>(
      `update data_export set state = 'failed', finished_at = $2, problem = $3
       where tenant_id = $1 and state in ('queued', 'running') and coalesce(heartbeat_at, queued_at) < $2::timestamptz - ${SILENT} returning id`,
      [this.tx.tenantId, now, GIVEN_UP],
    );
    return silent.map(({ id }) => id);
  }

  async find(id: string): Promise<DataExportEntity | null> {
    return await this.tx.rows(DataExportEntity).findOneBy({ tenantId: this.tx.tenantId, id });
  }

  async latest(count: number): Promise<DataExportEntity[]> {
    return await this.tx
      .rows(DataExportEntity)
      .find({ where: { tenantId: this.tx.tenantId }, order: { queuedAt: 'DESC', id: 'DESC' }, take: count });
  }

  async change(id: string, change: Partial<Omit<DataExportEntity, 'tenantId' | 'id'>>): Promise<void> {
    await this.tx.rows(DataExportEntity).update({ tenantId: this.tx.tenantId, id }, change);
  }
}
