import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Vendors } from '../../connections/vendors.js';
import { Clock } from '../../platform/clock/clock.js';
import { DOCUMENT_STORE, type DocumentStore } from '../../ports/document-store.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { ApprovalEntity } from '../review/approval.entity.js';
import { PostingEntity } from '../outbox/posting.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

const statusIntent = z.object({ invoiceExternalId: z.string(), statusExternalId: z.string() });
const attachmentIntent = z.object({
  documentExternalId: z.string(),
  number: z.string(),
  kind: z.enum(['invoice', 'credit_note']).default('invoice'),
});
const recordIntent = z.object({
  direction: z.literal('record'),
  invoiceExternalId: z.string(),
  kind: z.enum(['payment', 'credit']),
  amount: z.string(),
  date: z.string(),
  marker: z.string(),
});
const removeIntent = z.object({
  direction: z.literal('remove'),
  invoiceExternalId: z.string(),
  /** The posting that recorded the payment. */
  recordedBy: z.string(),
});
const paymentIntent = z.discriminatedUnion('direction', [recordIntent, removeIntent]);

/** What each kind of single write asks of its vendor. */
@Injectable()
export class SingleRequests {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly vendors: Vendors,
    private readonly clock: Clock,
    @Inject(DOCUMENT_STORE) private readonly store: DocumentStore,
  ) {}

  /** `too-early`: it needs the outcome of another posting first. */
  async write(posting: PostingEntity, signal: AbortSignal): Promise<WriteOutcome | 'too-early'> {
    switch (posting.operation) {
      case 'status': {
        const intent = statusIntent.parse(posting.intent);
        const { source } = await this.vendors.source(posting.tenantId, posting.connectionId, signal);
        return await source.writeStatus(intent.invoiceExternalId, intent.statusExternalId);
      }
      case 'payment':
        return await this.tellPayment(posting, signal);
      case 'attachment':
        return await this.attach(posting, signal);
      default:
        throw new Error(`A ${posting.operation} is not written alone`);
    }
  }

  /** A payment that was taken back at the PSA is not recorded there any more, nor will it be. In the transaction of the outcome. */
  async afterPayment(posting: PostingEntity, outcome: WriteOutcome): Promise<void> {
    const intent = paymentIntent.parse(posting.intent);
    if (intent.direction !== 'remove' || outcome.state !== 'posted') return;
    await this.tx.execute(
      `update posting set state = case when state = 'posted' then 'voided' else 'skipped' end, updated_at = $3
       where tenant_id = $1 and id = $2 and state in ('posted', 'refused', 'planned')`,
      [posting.tenantId, intent.recordedBy, this.clock.now()],
    );
  }

  private async tellPayment(posting: PostingEntity, signal: AbortSignal): Promise<WriteOutcome | 'too-early'> {
    const intent = paymentIntent.parse(posting.intent);
    const { payments } = await this.vendors.payments(posting.tenantId, posting.connectionId, signal);
    if (intent.direction === 'record') return await payments.record(intent);
    const { tenantId } = posting;
    const recorded = await this.tx.run(tenantId, () => this.tx.rows(PostingEntity).findOneByOrFail({ tenantId, id: intent.recordedBy }));
    if (recorded.state === 'posted' && recorded.externalId) return await payments.remove(intent.invoiceExternalId, recorded.externalId);
    // One that is planned is not begun by anybody else meanwhile, since one process at a time writes to a connection.
    if (recorded.state === 'sending' || recorded.state === 'unknown') return 'too-early';
    return { state: 'posted', externalId: 'never-recorded' };
  }

  private async attach(posting: PostingEntity, signal: AbortSignal): Promise<WriteOutcome> {
    const intent = attachmentIntent.parse(posting.intent);
    const bytes = await this.tx.run(posting.tenantId, async () => {
      const approval = await this.tx
        .rows(ApprovalEntity)
        .findOneBy({ tenantId: posting.tenantId, invoiceId: posting.invoiceId ?? '', state: 'standing', final: true });
      return approval ? await this.store.get(approval.documentSha256) : undefined;
    });
    if (!bytes) return { state: 'refused', cause: 'The approved document is no longer stored, so it was not attached in the ledger.' };
    const { ledger } = await this.vendors.ledger(posting.tenantId, posting.connectionId, signal);
    const name = `${intent.number.replace(/[^A-Za-z0-9._-]/g, '-')}.pdf`;
    return await ledger.attach(
      { externalId: intent.documentExternalId, kind: intent.kind },
      { name, contentType: 'application/pdf', bytes },
    );
  }
}
