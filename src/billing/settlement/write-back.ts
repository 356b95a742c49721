import { Injectable } from '@nestjs/common';
import { Money } from '../../domain/money.js';
import { paymentMarker } from '../../domain/posting-policy.js';
import type { Settlement } from '../../domain/payment.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { ExternalRefRepository } from '../outbox/external-ref.repository.js';
import { DuePostingRepository } from '../outbox/due-posting.repository.js';
import { PostingRepository } from '../outbox/posting.repository.js';
import { PostingPlanner } from '../outbox/posting-planner.js';
import { SettlementRepository, type SettlementChange } from './settlement.repository.js';
import type { SettlementEntity } from './settlement.entity.js';
import type { InvoiceEntity } from '../invoices/invoice.entity.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { StandingApprovals } from '../invoices/standing-approvals.js';

/** Turns what the ledger says into payments to record in the PSA; corrections are removals and new records, never edits. */
@Injectable()
export class PaymentWriteBack {
  constructor(
    private readonly invoices: InvoiceRepository,
    private readonly approvals: StandingApprovals,
    private readonly settlements: SettlementRepository,
    private readonly postings: PostingPlanner,
    private readonly outbox: PostingRepository,
    private readonly due: DuePostingRepository,
    private readonly refs: ExternalRefRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Answers how many settlements were news, and how many belong to documents that are not ours, or not known to be. */
  async changes(connectionId: string, settlements: readonly Settlement[]): Promise<{ news: number; unmatched: number }> {
    const invoices = await this.refs.keysOf(connectionId, 'document', [
      ...new Set(settlements.map((settlement) => settlement.documentExternalId)),
    ]);
    await this.invoices.lockAll([...invoices.values()]);
    const touched = new Set<string>();
    let news = 0;
    for (const settlement of latest(settlements)) {
      const invoiceId = invoices.get(settlement.documentExternalId);
      const change = invoiceId ? await this.settlements.save(connectionId, invoiceId, settlement) : undefined;
      if (!invoiceId || !change) continue;
      await this.planWriteBack(change);
      touched.add(invoiceId);
      news += 1;
    }
    if (touched.size > 0) await this.invoices.followMoney([...touched]);
    return { news, unmatched: settlements.filter((settlement) => !invoices.has(settlement.documentExternalId)).length };
  }

  /** A document voided in the ledger is void here, with that cause; people decide whether it is reviewed and posted anew. */
  async voids(connectionId: string, documentExternalIds: readonly string[]): Promise<{ voided: number; unmatched: number }> {
    const invoices = await this.refs.keysOf(connectionId, 'document', documentExternalIds);
    const voided = await this.approvals.voidedInLedger([...invoices.values()]);
    return { voided: voided.length, unmatched: documentExternalIds.filter((id) => !invoices.has(id)).length };
  }

  private async planWriteBack({ settlement, before }: SettlementChange): Promise<void> {
    const invoice = await this.invoices.get(settlement.invoiceId);
    if (before && !before.removed) await this.takeBack(invoice, settlement, before);
    if (!settlement.removed) await this.record(invoice, settlement);
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

  /** Every record has a marker of its own, so that one of an earlier amount is not taken for the earlier record. */
  private async record(invoice: InvoiceEntity, settlement: SettlementEntity): Promise<void> {
    const id = uuidv7();
    await this.postings.plan({
      id,
      connectionId: invoice.connectionId,
      operation: 'payment',
      intentKey: `${settlement.id}:${id}`,
      intent: {
        direction: 'record',
        settlementId: settlement.id,
        invoiceExternalId: invoice.externalId,
        kind: settlement.kind,
        amount: Money.of(settlement.amount, settlement.currency).toText(),
        date: settlement.date,
        marker: paymentMarker(id),
      },
      invoiceId: invoice.id,
      notBefore: this.clock.now(),
      createdBy: SYSTEM.label,
    });
  }

  /** Removes what was recorded last; a posting that was never begun is skipped instead. */
  private async takeBack(
    invoice: InvoiceEntity,
    settlement: SettlementEntity,
    before: Pick<SettlementEntity, 'amount' | 'date'>,
  ): Promise<void> {
    const recordedBy = await this.due.lastRecorded(invoice.id, settlement.id);
    if (recordedBy === undefined) return;
    if (await this.outbox.skip(recordedBy, 'The payment was taken back in the ledger before the PSA was told.')) return;
    await this.postings.plan({
      connectionId: invoice.connectionId,
      operation: 'payment',
      intentKey: `${recordedBy}:remove`,
      intent: {
        direction: 'remove',
        settlementId: settlement.id,
        invoiceExternalId: invoice.externalId,
        recordedBy,
        amount: Money.of(before.amount, settlement.currency).toText(),
        date: before.date,
      },
      invoiceId: invoice.id,
      notBefore: this.clock.now(),
      createdBy: SYSTEM.label,
    });
  }
}

/** What was said last about each. */
function latest(settlements: readonly Settlement[]): Settlement[] {
  return [...new Map(settlements.map((one) => [`${one.kind} ${one.externalId} ${one.documentExternalId}`, one])).values()];
}
