import { Injectable } from '@nestjs/common';
import { searchText } from '../domain/search-text.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

export interface LimitChoice {
  value: string;
  label: string;
}

/** As many customers as a list shows; more are found by their name. */
export const MOST_CUSTOMERS = 20;

/** What limits can be made of: customers, locations and currencies of the tenant, as far as the caller knows them. */
@Injectable()
export class LimitChoices {
  constructor(private readonly tx: TenantTransaction) {}

  /** Those with every word in their name. @returns one more than is shown, where there are more */
  async customers(tenantId: string, search: string): Promise<LimitChoice[]> {
    const words = searchText(search).split(' ').filter(Boolean).slice(0, 8);
    const rows = await this.tx.run(tenantId, () =>
      this.tx.query<LimitChoice>('select c.id as value, c.name as label from customer c where c.tenant_id = $1 order by c.name, c.id', [
        tenantId,
      ]),
    );
    const found = rows.filter(({ label }) => words.every((word) => searchText(label).includes(word)));
    return found.slice(0, MOST_CUSTOMERS + 1);
  }

  /** By their ids, in the order of their names. One that the caller does not know of keeps its place without a name. */
  async named(tenantId: string, ids: readonly string[]): Promise<LimitChoice[]> {
    if (ids.length === 0) return [];
    const rows = await this.tx.run(tenantId, () =>
      this.tx.query<LimitChoice>(
        'select c.id as value, c.name as label from customer c where c.tenant_id = $1 and c.id = any($2::uuid[]) order by c.name, c.id',
        [tenantId, ids],
      ),
    );
    const known = new Set(rows.map(({ value }) => value));
    return [...rows, ...ids.filter((id) => !known.has(id)).map((value) => ({ value, label: 'A customer you do not see' }))];
  }

  async locations(tenantId: string): Promise<LimitChoice[]> {
    return await this.tx.run(tenantId, () =>
      this.tx.query<LimitChoice>(
        `select l.source_connection_id || '/' || l.external_id as value, l.name as label
           from location l where l.tenant_id = $1 order by l.name, value`,
        [tenantId],
      ),
    );
  }

  /** Those that invoices are in, and the company's own. */
  async currencies(tenantId: string): Promise<string[]> {
    const rows = await this.tx.run(tenantId, () =>
      this.tx.query<{ currency: string }>(
        `select i.currency from invoice i where i.tenant_id = $1
         union select s.currency from tenant_settings s where s.tenant_id = $1 order by 1`,
        [tenantId],
      ),
    );
    return rows.map(({ currency }) => currency);
  }
}
