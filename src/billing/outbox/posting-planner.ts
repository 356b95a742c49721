import { Injectable } from '@nestjs/common';
import type { PostingOperation } from '../../domain/posting-state.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import type { Actor } from '../../database/audit/actor.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { CodeMappingEntity } from '../../connections/code-mapping.entity.js';
import { ConnectionEntity } from '../../connections/connection.entity.js';
import { LocationEntity } from '../../connections/location.entity.js';
import { InvoiceEntity } from '../invoices/invoice.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** How long a person may take an approval back before anything is sent. */
export const UNDO_MS = 10_000;

export interface PlannedPosting {
  /** Chosen beforehand where another posting has to name this one. */
  id?: string;
  connectionId: string;
  operation: PostingOperation;
  intentKey: string;
  intent: Record<string, unknown>;
  invoiceId?: string;
  approvalId?: string;
  notBefore: Date;
  createdBy: string;
}

/** Intents to write at a vendor, committed before anything is sent. */
@Injectable()
export class PostingPlanner {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** False when the same intent already lives; the database refuses a second one even from another process. */
  async plan(posting: PlannedPosting): Promise<boolean> {
    const planned = await this.insert(posting);
    // Customers and items go with the documents that need them.
    if (planned && posting.operation !== 'contact' && posting.operation !== 'item')
      await this.jobs.enqueue('posting.send', posting.connectionId, { startAfter: posting.notBefore });
    return planned;
  }

  /** @param leftOut why it will never be sent: then it is there to be seen, and nothing else. */
  private async insert(posting: PlannedPosting, leftOut?: string): Promise<boolean> {
    const now = this.clock.now();
    const inserted = await this.tx.execute(
      `insert into posting (tenant_id, id, connection_id, operation, intent_key, intent, invoice_id, approval_id, state, not_before,
        created_by, created_at, updated_at, cause)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $12, $9, $10, $11, $11, $13) on conflict do nothing`,
      [
        this.tx.tenantId,
        posting.id ?? uuidv7(),
        posting.connectionId,
        posting.operation,
        posting.intentKey,
        posting.intent,
        posting.invoiceId ?? null,
        posting.approvalId ?? null,
        posting.notBefore,
        posting.createdBy,
        now,
        leftOut === undefined ? 'planned' : 'skipped',
        leftOut ?? null,
      ],
    );
    return inserted === 1;
  }

  /**
   * The document posting of an approved invoice, at the ledger its location is mapped to. Answers 'no-ledger' when the
   * location has none yet: the invoice stays approved and is planned when a person maps the location.
   */
  async planDocument(
    invoiceId: string,
    approvalId: string,
    actor: Actor,
    notBefore: Date,
  ): Promise<'planned' | 'already' | 'no-ledger' | 'before-go-live'> {
    const tenantId = this.tx.tenantId;
    const invoice = await this.tx.rows(InvoiceEntity).findOneByOrFail({ tenantId, id: invoiceId });
    const location = await this.tx
      .rows(LocationEntity)
      .findOneBy({ tenantId, sourceConnectionId: invoice.connectionId, externalId: invoice.locationExternalId });
    if (!location?.ledgerConnectionId) return 'no-ledger';
    const ledger = await this.tx.rows(ConnectionEntity).findOneByOrFail({ tenantId, id: location.ledgerConnectionId });
    const posting: PlannedPosting = {
      connectionId: ledger.id,
      operation: 'document',
      intentKey: invoiceId,
      intent: { number: invoice.number, total: invoice.total, currency: invoice.currency },
      invoiceId,
      approvalId,
      notBefore,
      createdBy: actor.label,
    };
    if (ledger.postingMode === 'live' && ledger.goLiveDate && invoice.date < ledger.goLiveDate) {
      await this.insert(posting, beforeGoLive(ledger.goLiveDate));
      return 'before-go-live';
    }
    const planned = await this.plan(posting);
    if (planned)
      await this.tx.execute('update invoice set ledger_connection_id = $3 where tenant_id = $1 and id = $2', [
        tenantId,
        invoiceId,
        ledger.id,
      ]);
    return planned ? 'planned' : 'already';
  }

  /** What is planned for a ledger and dated before the day on which posting begins there is not sent. */
  async leaveOutBefore(connectionId: string, day: string): Promise<void> {
    await this.tx.execute(
      `update posting p set state = 'skipped', cause = $4, updated_at = $5 from invoice i
       where p.tenant_id = $1 and p.connection_id = $2 and p.operation = 'document' and p.state = 'planned'
         and i.tenant_id = p.tenant_id and i.id = p.invoice_id and i.date < $3`,
      [this.tx.tenantId, connectionId, day, beforeGoLive(day), this.clock.now()],
    );
  }

  /** Tells the PSA what was decided, where the tenant mapped a billing status to it. `decisionId` makes the intent one. */
  async planStatus(
    invoice: InvoiceEntity,
    event: 'approved' | 'rejected' | 'reopened',
    decisionId: string,
    actor: Actor,
    notBefore: Date,
  ): Promise<void> {
    const status = await this.tx
      .rows(CodeMappingEntity)
      .findOneBy({ tenantId: this.tx.tenantId, connectionId: invoice.connectionId, kind: 'status', key: event });
    if (!status) return;
    await this.plan({
      connectionId: invoice.connectionId,
      operation: 'status',
      intentKey: `${decisionId}:${event}`,
      intent: { invoiceExternalId: invoice.externalId, statusExternalId: status.code, event },
      invoiceId: invoice.id,
      notBefore,
      createdBy: actor.label,
    });
  }

  /** Cancels what was planned and not begun, and answers what that was. */
  async cancelPlanned(
    invoiceIds: readonly string[],
    because: string,
  ): Promise<{ invoiceId: string; operation: 'document' | 'status' | 'attachment' }[]> {
    return await this.tx.query(
      `update posting set state = 'skipped', cause = $3, updated_at = $4
       where tenant_id = $1 and invoice_id = any($2) and state = 'planned' and operation in ('document', 'status', 'attachment')
       returning invoice_id as "invoiceId", operation`,
      [this.tx.tenantId, invoiceIds, because, this.clock.now()],
    );
  }

  /** Whether the PSA was told a decision about this invoice, or may have been. */
  async statusWasTold(invoiceId: string): Promise<boolean> {
    const rows = await this.tx.query(
      `select 1 from posting where tenant_id = $1 and invoice_id = $2 and operation = 'status' and state in ('sending', 'unknown', 'posted') limit 1`,
      [this.tx.tenantId, invoiceId],
    );
    return rows.length > 0;
  }

  /** The ledger voided the documents of these invoices, so nothing of theirs is there any more. */
  async documentsVoided(invoiceIds: readonly string[]): Promise<void> {
    await this.tx.execute(
      `update posting set state = 'voided', updated_at = $3
       where tenant_id = $1 and invoice_id = any($2) and operation in ('document', 'attachment') and state = 'posted'`,
      [this.tx.tenantId, invoiceIds, this.clock.now()],
    );
  }
}

/** Why a document of an earlier day is left out. */
function beforeGoLive(day: string): string {
  return `Dated before ${day}, the day on which posting began.`;
}
