import { Injectable } from '@nestjs/common';
import type { Settlement } from '../../domain/payment.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { SettlementEntity } from './settlement.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

export interface SettlementChange {
  settlement: SettlementEntity;
  /** What is recorded in the PSA, or is about to be; absent for a new settlement. */
  before?: Pick<SettlementEntity, 'amount' | 'date' | 'removed'>;
}

/** Money and credits that a ledger applied to our documents. */
@Injectable()
export class SettlementRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** Stores what the ledger says now. Answers undefined when that is what we knew. */
  async save(connectionId: string, invoiceId: string, settlement: Settlement): Promise<SettlementChange | undefined> {
    const tenantId = this.tx.tenantId;
    const now = this.clock.now();
    const key = {
      tenantId,
      connectionId,
      kind: settlement.kind,
      externalId: settlement.externalId,
      documentExternalId: settlement.documentExternalId,
    };
    const before = await this.tx.rows(SettlementEntity).findOne({ where: key, lock: { mode: 'pessimistic_write' } });
    if (!before) {
      if (settlement.removed) return undefined;
      const row = this.tx.rows(SettlementEntity).create({
        ...key,
        id: uuidv7(),
        invoiceId,
        amount: settlement.amount,
        currency: settlement.currency,
        date: settlement.date,
        reference: settlement.reference ?? null,
        removed: false,
        firstSeenAt: now,
        updatedAt: now,
      });
      await this.tx.rows(SettlementEntity).insert(row);
      return { settlement: row };
    }
    const [same] = await this.tx.query<{ same: boolean }>('select $1::numeric = $2::numeric as same', [before.amount, settlement.amount]);
    const amountChanged = !settlement.removed && (same?.same !== true || before.date !== settlement.date);
    if (before.removed === settlement.removed && !amountChanged) return undefined;
    const { removed, amount, date } = settlement.removed ? { ...settlement, amount: before.amount, date: before.date } : settlement;
    await this.tx.rows(SettlementEntity).update({ tenantId, id: before.id }, { amount, date, removed, updatedAt: now });
    const after = await this.tx.rows(SettlementEntity).findOneByOrFail({ tenantId, id: before.id });
    return { settlement: after, before };
  }
}
