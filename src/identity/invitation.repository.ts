import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

/** What two people may try with one invitation at the same moment. */
@Injectable()
export class InvitationRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** Until the transaction ends nobody else invites this address: there may be no row yet that could be held. */
  async holdAddress(email: string): Promise<void> {
    await this.tx.query(`select pg_advisory_xact_lock(hashtextextended('invitation ' || $1::text || ' ' || $2::text, 0))`, [
      this.tx.tenantId,
      email,
    ]);
  }

  /** False when it was accepted or withdrawn meanwhile. */
  async withdraw(id: string): Promise<boolean> {
    const withdrawn = await this.tx.execute(
      'update invitation set withdrawn_at = $3 where tenant_id = $1 and id = $2 and accepted_at is null and withdrawn_at is null',
      [this.tx.tenantId, id, this.clock.now()],
    );
    return withdrawn === 1;
  }
}
