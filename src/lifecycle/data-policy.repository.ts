import { Injectable } from '@nestjs/common';
import { DataPolicyEntity } from './retention.entity.js';
import { RAW_DAYS, VendorRecordRepository } from '../billing/invoices/vendor-record.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

/** How long each kind of data is kept. Null: for ever. */
export type DataPolicy = Pick<DataPolicyEntity, 'documentsYears' | 'rawDays' | 'logDays' | 'auditYears'>;

/** What holds for a tenant that has chosen nothing. */
export const DEFAULT_POLICY: DataPolicy = { documentsYears: 7, rawDays: RAW_DAYS, logDays: 90, auditYears: 7 };

@Injectable()
export class DataPolicyRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly records: VendorRecordRepository,
  ) {}

  async present(): Promise<DataPolicy> {
    const row = await this.tx.rows(DataPolicyEntity).findOneBy({ tenantId: this.tx.tenantId });
    if (!row) return DEFAULT_POLICY;
    const { documentsYears, rawDays, logDays, auditYears } = row;
    return { documentsYears, rawDays, logDays, auditYears };
  }

  /** From now on. What is stored already is forgotten batch by batch. */
  async keepContent(keepsContent: boolean, now: Date): Promise<void> {
    const { tenantId } = this.tx;
    await this.tx.rows(DataPolicyEntity).upsert({ ...(await this.present()), keepsContent, tenantId, updatedAt: now }, ['tenantId']);
  }

  /** Raw payloads that are stored already expire by the new number, too. */
  async save(policy: DataPolicy, now: Date): Promise<void> {
    const { tenantId } = this.tx;
    await this.tx.rows(DataPolicyEntity).upsert({ ...policy, tenantId, updatedAt: now }, ['tenantId']);
    await this.records.expireAfter(policy.rawDays);
  }
}
