import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import { Clock } from '../platform/clock/clock.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { InvitationEntity } from './membership.entity.js';

export const INVITATION_DAYS = 14;

/** Invitations of the tenant of the open transaction. */
@Injectable()
export class InvitationRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  async get(id: string): Promise<InvitationEntity> {
    return await this.tx.rows(InvitationEntity).findOneByOrFail({ tenantId: this.tx.tenantId, id });
  }

  /** As long as it can be accepted. */
  async findOpen(id: string): Promise<InvitationEntity | undefined> {
    const row = await this.tx.rows(InvitationEntity).findOneBy({ ...this.undecided(id), expiresAt: MoreThan(this.clock.now()) });
    return row ?? undefined;
  }

  /** Neither accepted nor withdrawn, by address; those that expired are among them. */
  async listUndecided(): Promise<InvitationEntity[]> {
    return await this.tx.rows(InvitationEntity).find({ where: this.undecided(), order: { email: 'ASC' } });
  }

  /** @returns its id */
  async add(wanted: Pick<InvitationEntity, 'email' | 'name' | 'role' | 'psaMember' | 'limits' | 'invitedBy'>): Promise<string> {
    const id = uuidv7();
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + INVITATION_DAYS * 24 * 3_600_000);
    await this.tx.rows(InvitationEntity).insert({ ...wanted, tenantId: this.tx.tenantId, id, linkBy: 'email', createdAt, expiresAt });
    return id;
  }

  /** Until the transaction ends nobody else invites this address: there may be no row yet that could be held. */
  async holdAddress(email: string): Promise<void> {
    await this.tx.query(`select pg_advisory_xact_lock(hashtextextended('invitation ' || $1::text || ' ' || $2::text, 0))`, [
      this.tx.tenantId,
      email,
    ]);
  }

  /** False when somebody was faster, or it has ended. */
  async accept(id: string, personId: string): Promise<boolean> {
    const now = this.clock.now();
    const { affected } = await this.tx
      .rows(InvitationEntity)
      .update({ ...this.undecided(id), expiresAt: MoreThan(now) }, { acceptedAt: now, acceptedBy: personId });
    return affected === 1;
  }

  /** False when it was accepted or withdrawn meanwhile. */
  async withdraw(id: string): Promise<boolean> {
    const { affected } = await this.tx.rows(InvitationEntity).update(this.undecided(id), { withdrawnAt: this.clock.now() });
    return affected === 1;
  }

  private undecided(id?: string) {
    return { tenantId: this.tx.tenantId, ...(id !== undefined && { id }), acceptedAt: IsNull(), withdrawnAt: IsNull() };
  }
}
