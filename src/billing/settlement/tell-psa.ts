import { Injectable } from '@nestjs/common';
import { Money } from '../../domain/money.js';
import type { Settlement } from '../../domain/payment.js';
import { Clock } from '../../platform/clock/clock.js';
import { SYSTEM } from '../../storage/actor.js';
import { AuditLog } from '../../storage/audit-log.js';
import { ExternalRefs } from '../../storage/repositories/external-refs.js';
import { Postings } from '../../storage/repositories/postings.js';
import { Settlements, type SettlementChange } from '../../storage/repositories/settlements.js';
import type { SettlementRow } from '../../storage/rows/connection-rows.js';
import { InvoiceRow } from '../../storage/rows/invoice-rows.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';

/** Turns what the ledger says into intents to tell the PSA; corrections are removals and new records, never edits. */
@Injectable()
export class TellPsa {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly settlements: Settlements,
    private readonly postings: Postings,
    private readonly refs: ExternalRefs,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Documents that are not ours are passed over. Answers how many settlements were news. */
  async changes(connectionId: string, settlements: readonly Settlement[]): Promise<number> {
    const invoices = await this.refs.keysOf(connectionId, 'document', [
      ...new Set(settlements.map((settlement) => settlement.documentExternalId)),
    ]);
    const touched = new Set<string>();
    let news = 0;
    for (const settlement of settlements) {
      const invoiceId = invoices.get(settlement.documentExternalId);
      const change = invoiceId ? await this.settlements.save(connectionId, invoiceId, settlement) : undefined;
      if (!invoiceId || !change) continue;
      await this.tellChange(change);
      touched.add(invoiceId);
      news += 1;
    }
    if (touched.size > 0) await this.settlements.follow([...touched]);
    return news;
  }

  /** A document voided in the ledger is void here; the PSA's people decide there what becomes of the work. */
  async voids(connectionId: string, documentExternalIds: readonly string[]): Promise<number> {
    const invoices = await this.refs.keysOf(connectionId, 'document', documentExternalIds);
    let voided = 0;
    for (const invoiceId of invoices.values()) {
      const now = this.clock.now();
      const changed = await this.tx.execute(
        `update invoice set state = 'void', updated_at = $3 where tenant_id = $1 and id = $2 and state in ('posted', 'settled')`,
        [this.tx.tenantId, invoiceId, now],
      );
      if (changed === 0) continue;
      await this.tx.execute(
        `update posting set state = 'voided', updated_at = $3 where tenant_id = $1 and invoice_id = $2 and operation = 'document' and state = 'posted'`,
        [this.tx.tenantId, invoiceId, now],
      );
      await this.audit.record(SYSTEM, { action: 'invoice.voided_in_ledger', subject: { kind: 'invoice', id: invoiceId } });
      voided += 1;
    }
    return voided;
  }

  private async tellChange({ settlement, before }: SettlementChange): Promise<void> {
    const invoice = await this.tx.rows(InvoiceRow).findOneByOrFail({ tenantId: this.tx.tenantId, id: settlement.invoiceId });
    if (before && !before.removed) await this.plan('remove', invoice, settlement, before);
    if (!settlement.removed) await this.plan('record', invoice, settlement, settlement);
    const amount = Money.of(settlement.amount, settlement.currency).toText();
    const action = settlement.removed
      ? `${settlement.kind}.removed`
      : before
        ? `${settlement.kind}.changed`
        : `${settlement.kind}.received`;
    await this.audit.record(SYSTEM, {
      action,
      subject: { kind: 'invoice', id: invoice.id },
      after: { amount, currency: settlement.currency, date: settlement.date },
    });
  }

  /** The amount and day are in the key: a payment that changes is one removal and one new record. */
  private async plan(
    direction: 'record' | 'remove',
    invoice: InvoiceRow,
    settlement: SettlementRow,
    told: Pick<SettlementRow, 'amount' | 'date'>,
  ): Promise<void> {
    const amount = Money.of(told.amount, settlement.currency).toText();
    const version = `${settlement.id}:${amount}:${told.date}`;
    const recordedBy = `${version}:record`;
    if (direction === 'remove' && (await this.cancelRecord(invoice, recordedBy))) return;
    await this.postings.plan({
      connectionId: invoice.connectionId,
      operation: 'payment',
      intentKey: direction === 'record' ? recordedBy : `${version}:remove:${this.clock.now().toISOString()}`,
      intent: {
        direction,
        invoiceExternalId: invoice.externalId,
        kind: settlement.kind,
        amount,
        date: told.date,
        marker: marker(settlement.id),
        ...(direction === 'remove' && { recordedBy }),
      },
      invoiceId: invoice.id,
      notBefore: this.clock.now(),
      createdBy: SYSTEM.label,
    });
  }

  /** A record that was never begun needs no removal. */
  private async cancelRecord(invoice: InvoiceRow, intentKey: string): Promise<boolean> {
    const cancelled = await this.tx.execute(
      `update posting set state = 'skipped', cause = 'The payment was taken back in the ledger before the PSA was told.', updated_at = $4
       where tenant_id = $1 and connection_id = $2 and operation = 'payment' and intent_key = $3 and state in ('planned', 'refused')`,
      [this.tx.tenantId, invoice.connectionId, intentKey, this.clock.now()],
    );
    return cancelled > 0;
  }
}

/** At most 30 characters, the same for every try: 'CS-' and the settlement's id without its dashes, cut. The random end stays. */
function marker(settlementId: string): string {
  return `CS-${settlementId.replaceAll('-', '').slice(-27)}`;
}
