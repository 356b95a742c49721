import { Injectable } from '@nestjs/common';
import type { Settlement } from '../../domain/payment.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { SettlementEntity } from './settlement.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { lockInvoices } from '../invoices/invoice-locks.js';

export interface SettlementChange {
  settlement: SettlementEntity;
  /** What the PSA was told, or is about to be told; absent for a new one. */
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

  /**
   * The invoice's state and balance follow the money: settled when everything is paid or credited and the PSA was told,
   * posted again when money was taken back. Called in the transaction of whatever may have changed that.
   */
  async follow(invoiceIds: readonly string[]): Promise<void> {
    await lockInvoices(this.tx, invoiceIds);
    await this.tx.execute(
      `update invoice i set
         balance = case when i.total < 0 then i.total else i.total - money.paid end,
         state = case when money.covered and not money.untold then 'settled' else 'posted' end,
         updated_at = $3
       from (
         select j.id, coalesce(sum(s.amount) filter (where not s.removed), 0) as paid,
                coalesce(sum(s.amount) filter (where not s.removed), 0) >= abs(j.total) as covered,
                exists (select from posting p where p.tenant_id = j.tenant_id and p.invoice_id = j.id and p.operation = 'payment'
                  and p.state in ('planned', 'sending', 'unknown', 'refused')) as untold
         from invoice j left join settlement s on s.tenant_id = j.tenant_id and s.invoice_id = j.id
         where j.tenant_id = $1 and j.id = any($2) group by j.tenant_id, j.id, j.total
       ) money
       where i.tenant_id = $1 and i.id = money.id and i.state in ('posted', 'settled')`,
      [this.tx.tenantId, invoiceIds, this.clock.now()],
    );
  }
}
