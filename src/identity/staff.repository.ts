import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../database/tenant-transaction.js';
import type { StaffList } from '../ports/billing-source.js';
import type { StaffEntity, StaffReadingEntity } from './staff.entity.js';

/** Often enough for people, who come and go by the day. */
const FRESH_MS = 3_600_000;

export type ListedStaff = Pick<StaffEntity, 'externalId' | 'name' | 'email' | 'active'>;

/** Connections that are in use; of one that was given up nobody is proposed. */
const CONNECTED = `exists (select from connection c where c.tenant_id = s.tenant_id and c.id = s.connection_id and c.state <> 'disconnected')`;

/** The people whom connected PSAs list, and the marks of them at members and invitations with the same address. */
@Injectable()
export class StaffRepository {
  constructor(private readonly tx: TenantTransaction) {}

  async isDue(connectionId: string, now: Date): Promise<boolean> {
    const [row] = await this.tx.query<{ due: boolean }>(
      `select not exists (select from staff_reading where tenant_id = $1 and connection_id = $2 and read_at > $3) as due`,
      [this.tx.tenantId, connectionId, new Date(now.getTime() - FRESH_MS)],
    );
    return row?.due ?? true;
  }

  /** Takes the list as it is now. A list that was refused says nothing about anybody: those known stay. */
  async keep(connectionId: string, { people, notKnown }: StaffList, now: Date): Promise<void> {
    const { tenantId } = this.tx;
    await this.tx.execute(
      `insert into staff_reading (tenant_id, connection_id, read_at, not_known) values ($1, $2, $3, $4)
       on conflict (tenant_id, connection_id) do update set read_at = excluded.read_at, not_known = excluded.not_known`,
      [tenantId, connectionId, now, notKnown ?? null],
    );
    if (notKnown !== undefined) return;
    const listed = people.map(({ externalId, name, email, active }) => ({ external_id: externalId, name, email: email ?? null, active }));
    await this.tx.execute(
      `insert into staff_record as s (tenant_id, connection_id, external_id, name, email, active, read_at)
       select $1, $2, p.external_id, p.name, p.email, p.active, $4
       from jsonb_to_recordset($3::jsonb) as p (external_id text, name text, email text, active boolean)
       on conflict (tenant_id, connection_id, external_id) do update
         set name = excluded.name, email = excluded.email, active = excluded.active, read_at = excluded.read_at`,
      [tenantId, connectionId, JSON.stringify(listed), now],
    );
    await this.tx.execute('delete from staff_record where tenant_id = $1 and connection_id = $2 and not (external_id = any($3))', [
      tenantId,
      connectionId,
      people.map(({ externalId }) => externalId),
    ]);
    await this.mark();
  }

  /** By address, those who still work there first. */
  async list(): Promise<ListedStaff[]> {
    return await this.tx.query<ListedStaff>(
      `select s.external_id as "externalId", s.name, s.email, s.active from staff_record s where s.tenant_id = $1 and ${CONNECTED}
       order by s.active desc, lower(s.name), s.external_id`,
      [this.tx.tenantId],
    );
  }

  /** The PSA's key of whoever has this address there. */
  async keyOf(email: string): Promise<string | undefined> {
    return (await this.list()).find((one) => one.email === email)?.externalId;
  }

  async readings(): Promise<Pick<StaffReadingEntity, 'readAt' | 'notKnown'>[]> {
    return await this.tx.query(
      `select s.read_at as "readAt", s.not_known as "notKnown" from staff_reading s where s.tenant_id = $1 and ${CONNECTED} order by s.read_at desc`,
      [this.tx.tenantId],
    );
  }

  private async mark(): Promise<void> {
    const key = `(select s.external_id from staff_record s where s.tenant_id = $1 and s.email = m.email order by s.active desc, s.external_id limit 1)`;
    await this.tx.execute(`update membership m set psa_member = ${key} where m.tenant_id = $1 and m.psa_member is distinct from ${key}`, [
      this.tx.tenantId,
    ]);
    await this.tx.execute(
      `update invitation m set psa_member = ${key}
       where m.tenant_id = $1 and m.accepted_at is null and m.withdrawn_at is null and m.psa_member is distinct from ${key}`,
      [this.tx.tenantId],
    );
  }
}
