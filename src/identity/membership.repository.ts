import { Injectable } from '@nestjs/common';
import type { Role } from '../domain/role.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { MembershipEntity } from './membership.entity.js';

/** Who belongs to the tenant of the open transaction. */
@Injectable()
export class MembershipRepository {
  constructor(private readonly tx: TenantTransaction) {}

  /** By their names. */
  async list(): Promise<MembershipEntity[]> {
    return await this.tx.rows(MembershipEntity).find({ where: { tenantId: this.tx.tenantId }, order: { name: 'ASC', email: 'ASC' } });
  }

  async find(personId: string): Promise<MembershipEntity | undefined> {
    return (await this.tx.rows(MembershipEntity).findOneBy({ tenantId: this.tx.tenantId, personId })) ?? undefined;
  }

  async get(personId: string): Promise<MembershipEntity> {
    return await this.tx.rows(MembershipEntity).findOneByOrFail({ tenantId: this.tx.tenantId, personId });
  }

  async hasAddress(email: string): Promise<boolean> {
    return await this.tx.rows(MembershipEntity).existsBy({ tenantId: this.tx.tenantId, email });
  }

  async countOf(role: Role): Promise<number> {
    return await this.tx.rows(MembershipEntity).countBy({ tenantId: this.tx.tenantId, role });
  }

  /** Somebody who is a member already stays as they are. */
  async add(member: Omit<MembershipEntity, 'tenantId' | 'lastSeenAt'>): Promise<void> {
    const row = { ...member, tenantId: this.tx.tenantId };
    await this.tx.rows(MembershipEntity).createQueryBuilder().insert().values(row).orIgnore().execute();
  }

  async change(personId: string, change: Partial<Pick<MembershipEntity, 'role' | 'limits'>>): Promise<void> {
    await this.tx.rows(MembershipEntity).update({ tenantId: this.tx.tenantId, personId }, change);
  }

  async remove(personId: string): Promise<void> {
    await this.tx.rows(MembershipEntity).delete({ tenantId: this.tx.tenantId, personId });
  }

  /**
   * Holds the member and, so that two owners who remove each other at the same time do not both succeed, all owners. Raw SQL,
   * because they are locked in one order and nothing of them is read.
   */
  async lockWithOwners(personId: string): Promise<MembershipEntity | undefined> {
    await this.tx.query(
      `select from membership where tenant_id = $1 and (role = 'owner' or person_id = $2) order by person_id for update`,
      [this.tx.tenantId, personId],
    );
    return await this.find(personId);
  }

  /** Raw SQL: sessions belong to no tenant and are reached through functions alone. */
  async endSessionsHere(personId: string): Promise<void> {
    await this.tx.query('select end_sessions_here($1)', [personId]);
  }
}
