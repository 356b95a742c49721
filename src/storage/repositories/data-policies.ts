import { Injectable } from '@nestjs/common';
import { DataPolicyRow } from '../rows/lifecycle-rows.js';
import { TenantTransaction } from '../tenant-transaction.js';

/** How long each kind of data is kept. Null: for ever. */
export type DataPolicy = Pick<DataPolicyRow, 'documentsYears' | 'rawDays' | 'logDays' | 'auditYears'>;

/** What holds for a tenant that has chosen nothing. */
export const DEFAULT_POLICY: DataPolicy = { documentsYears: 7, rawDays: 30, logDays: 90, auditYears: 7 };

@Injectable()
export class DataPolicies {
  constructor(private readonly tx: TenantTransaction) {}

  async present(): Promise<DataPolicy> {
    const row = await this.tx.rows(DataPolicyRow).findOneBy({ tenantId: this.tx.tenantId });
    if (!row) return DEFAULT_POLICY;
    const { documentsYears, rawDays, logDays, auditYears } = row;
    return { documentsYears, rawDays, logDays, auditYears };
  }

  /** Raw payloads that are stored already expire by the new number, too. */
  async save(policy: DataPolicy, now: Date): Promise<void> {
    const { tenantId } = this.tx;
    await this.tx.rows(DataPolicyRow).upsert({ ...policy, tenantId, updatedAt: now }, ['tenantId']);
    await this.tx.execute(
      `update vendor_record set expires_at = greatest(fetched_at, interpreted_at) + make_interval(days => $2) where tenant_id = $1`,
      [tenantId, policy.rawDays],
    );
  }
}
