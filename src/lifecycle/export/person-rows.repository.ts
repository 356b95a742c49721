import { Injectable } from '@nestjs/common';
import { quoted, selected, tablesOfTenants, type ExportColumn, type ExportTable } from '../../database/export-statements.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { MembershipEntity } from '../../identity/membership.entity.js';

/** How somebody stands in a tenant's rows: by their id, by an address, or by a name. */
export interface KnownPerson {
  personId?: string;
  email?: string;
  name?: string;
  /** A member is found by what is all theirs; somebody who never signed in is only a text, wherever it stands alone. */
  anywhere: boolean;
}

/** Columns that say who did something, which are the only ones where a name alone is taken for a member. */
const NAMES_WHO = /(^|_)(by|label|operator|requested_by|recipient)$/;

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Where a person stands in the tables of a tenant, for the copy that they may ask for. */
@Injectable()
export class PersonRowsRepository {
  constructor(private readonly tx: TenantTransaction) {}

  /** Every table with a tenant_id, from the catalogue: one that a later version adds is there without being named here. */
  async tables(): Promise<ExportTable[]> {
    await this.tx.allowMinutes();
    return await tablesOfTenants(this.tx);
  }

  async member(personId: string): Promise<MembershipEntity | null> {
    return await this.tx.rows(MembershipEntity).findOneBy({ tenantId: this.tx.tenantId, personId });
  }

  async memberAt(email: string): Promise<MembershipEntity | null> {
    return await this.tx.rows(MembershipEntity).findOneBy({ tenantId: this.tx.tenantId, email });
  }

  /** The rows of a table in which they stand, as JSON with the names of the columns. Each uuid, text and JSON that it has is looked at. */
  async about({ name: table, columns }: ExportTable, person: KnownPerson): Promise<unknown[]> {
    const conditions = columns.flatMap((column) => conditionOn(column, person));
    if (conditions.length === 0) return [];
    const list = columns.map((column) => selected(column)).join(', ');
    const texts = [person.email, person.name].filter((text) => text !== undefined).map((text) => text.toLowerCase());
    const known = [person.personId, person.email?.toLowerCase()].filter((text) => text !== undefined);
    const rows = await this.tx.query<{ row: unknown }>(
      `with known as (select $2::uuid, $3::text[], $4::text[], $5::text[], $6::text[])
       select row_to_json(r) as row from (select ${list} from ${quoted(table)} where tenant_id = $1 and (${conditions.join(' or ')})) r`,
      [
        this.tx.tenantId,
        person.personId ?? NOBODY,
        known,
        person.name === undefined ? [] : [person.name.toLowerCase()],
        (person.anywhere ? texts : known).map((text) => JSON.stringify(text)),
        texts,
      ],
    );
    return rows.map(({ row }) => row);
  }
}

function conditionOn({ name, type }: ExportColumn, { anywhere }: KnownPerson): string[] {
  const column = quoted(name);
  if (type === 'uuid') return [`${column} = $2::uuid`];
  if (type === 'jsonb') return [`exists (select from unnest($5) k where position(k in lower(${column}::text)) > 0)`];
  if (type !== 'text') return [];
  // As erasing does it: a single word may be part of any sentence, so it counts only where it is the whole text.
  if (anywhere)
    return [
      `exists (select from unnest($6) k where ${column} ~* case when k ~ '[@ ]' then standing_alone(k) else '^\\s*' || standing_alone(k) || '\\s*$' end)`,
    ];
  return [`lower(${column}) = any(${NAMES_WHO.test(name) ? '$3 || $4' : '$3'})`];
}
