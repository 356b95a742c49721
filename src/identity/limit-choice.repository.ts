import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../database/tenant-transaction.js';

export interface LimitChoice {
  value: string;
  label: string;
}

/**
 * What limits can be made of in the tenant of the open transaction, as far as the caller knows of it. Raw SQL, because it reads
 * two columns of what others own.
 */
@Injectable()
export class LimitChoiceRepository {
  constructor(private readonly tx: TenantTransaction) {}

  /** By their names. @param ids only these */
  async customers(ids?: readonly string[]): Promise<LimitChoice[]> {
    return await this.tx.query<LimitChoice>(
      `select c.id as value, c.name as label from customer c
       where c.tenant_id = $1 and ($2::uuid[] is null or c.id = any($2::uuid[])) order by c.name, c.id`,
      [this.tx.tenantId, ids ?? null],
    );
  }

  async locations(): Promise<LimitChoice[]> {
    return await this.tx.query<LimitChoice>(
      `select l.source_connection_id || '/' || l.external_id as value, l.name as label
         from location l where l.tenant_id = $1 order by l.name, value`,
      [this.tx.tenantId],
    );
  }

  /** Those that invoices are in, and the company's own. */
  async currencies(): Promise<string[]> {
    const rows = await this.tx.query<{ currency: string }>(
      `select i.currency from invoice i where i.tenant_id = $1
       union select s.currency from tenant_settings s where s.tenant_id = $1 order by 1`,
      [this.tx.tenantId],
    );
    return rows.map(({ currency }) => currency);
  }
}
