import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/refusal.js';
import { DataPolicyEntity } from './data-policy.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

/** How long each kind of data is kept. Null: for ever. */
export type DataPolicy = Pick<DataPolicyEntity, 'documentsYears' | 'rawDays' | 'logDays' | 'auditYears'>;

/** What holds for a tenant that has chosen nothing. */
export const DEFAULT_POLICY: DataPolicy = { documentsYears: 7, rawDays: 7, logDays: 90, auditYears: 7 };

const WITHOUT_CONTENT =
  'This company keeps no invoice content, so nothing is reviewed or posted here. An owner can change that under Settings, Data.';

@Injectable()
export class DataPolicyRepository {
  constructor(private readonly tx: TenantTransaction) {}

  async present(): Promise<DataPolicy> {
    const row = await this.tx.rows(DataPolicyEntity).findOneBy({ tenantId: this.tx.tenantId });
    if (!row) return DEFAULT_POLICY;
    const { documentsYears, rawDays, logDays, auditYears } = row;
    return { documentsYears, rawDays, logDays, auditYears };
  }

  /** Whether lines, documents and raw payloads are stored at all. The database itself lets nothing of them in where they are not. */
  async keepsContent(): Promise<boolean> {
    const [row] = await this.tx.query<{ keeps: boolean }>('select keeps_content() as keeps');
    return row?.keeps ?? true;
  }

  /** @throws Refusal: without content there is nothing to consent to, and nothing to send */
  async refuseWithoutContent(): Promise<void> {
    if (!(await this.keepsContent())) throw new Refusal('conflict', WITHOUT_CONTENT, { keepsContent: false });
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
    await this.tx.execute(
      `update vendor_record set expires_at = greatest(fetched_at, interpreted_at) + make_interval(days => $2) where tenant_id = $1`,
      [tenantId, policy.rawDays],
    );
  }
}
