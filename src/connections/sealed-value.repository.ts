import { Injectable } from '@nestjs/common';
import type { PersonalColumn, SealedColumn } from '../database/sealed-columns.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

export interface SealedValue {
  id: string;
  sealed: string;
}

/** A connection of the installation's owner, which is under no tenant's rights. */
interface OwnersConnection {
  query<Row extends object>(sql: string, parameters?: unknown[]): Promise<{ rows: Row[]; rowCount: number | null }>;
}

const PAGE = 100;

/** What an envelope under this key looks like to LIKE; without a key there is none. */
function under(keyId: string | undefined): string {
  return `v2.${keyId ?? 'none'}.%`;
}

/** Sealed columns of whatever table, for a rotation of keys. Raw SQL: tables and columns come from a list, not from entities. */
@Injectable()
export class SealedValueRepository {
  constructor(private readonly tx: TenantTransaction) {}

  /** How many there are, and how many are under this key already. */
  async count({ table, column }: SealedColumn, keyId: string | undefined): Promise<{ total: number; done: number }> {
    const counted = `select count(*)::int as total, count(*) filter (where ${column} like $2)::int as done
      from ${table} where tenant_id = $1 and ${column} is not null`;
    const [row] = await this.tx.query<{ total: number; done: number }>(counted, [this.tx.tenantId, under(keyId)]);
    return row ?? { total: 0, done: 0 };
  }

  /** The next page of those that are not under this key, in the order of ids. */
  async rest({ table, column }: SealedColumn, keyId: string | undefined, after: string): Promise<SealedValue[]> {
    const select = `select id, ${column} as sealed from ${table}
      where tenant_id = $1 and id > $3 and ${column} is not null and ${column} not like $2 order by id limit ${PAGE}`;
    return await this.tx.query<SealedValue>(select, [this.tx.tenantId, under(keyId), after]);
  }

  /** @returns how many rows it changed: none when somebody sealed anew meanwhile */
  async replace({ table, column }: SealedColumn, { id, sealed }: SealedValue, anew: string): Promise<number> {
    const update = `update ${table} set ${column} = $4 where tenant_id = $1 and id = $2 and ${column} = $3`;
    return await this.tx.execute(update, [this.tx.tenantId, id, sealed, anew]);
  }
}

/** What is sealed for persons belongs to no tenant: the installation's owner reads and replaces it. */
export class PersonalValueRepository {
  constructor(private readonly owner: OwnersConnection) {}

  async tenants(): Promise<string[]> {
    return (await this.owner.query<{ id: string }>('select id from tenant order by id')).rows.map(({ id }) => id);
  }

  async rest({ table, column, person }: PersonalColumn, keyId: string): Promise<SealedValue[]> {
    const select = `select ${person} as id, ${column} as sealed from ${table} where ${column} is not null and ${column} not like $1`;
    return (await this.owner.query<SealedValue>(select, [under(keyId)])).rows;
  }

  async replace({ table, column, person }: PersonalColumn, { id, sealed }: SealedValue, anew: string): Promise<number> {
    const update = `update ${table} set ${column} = $3 where ${person} = $1 and ${column} = $2`;
    return (await this.owner.query(update, [id, sealed, anew])).rowCount ?? 0;
  }
}
