import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Customer } from '../../domain/customer.js';
import type { InvoiceContent, InvoiceContext } from '../../domain/invoice.js';
import type { PostingOperation } from '../../domain/posting-state.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { Clock } from '../../platform/clock/clock.js';
import { PostingEntity } from './posting.entity.js';

/** A document that is due, with everything that was approved about it. */
export interface DueDocument {
  id: string;
  invoiceId: string;
  approvalId: string;
  sourceConnectionId: string;
  sourceExternalId: string;
  context: InvoiceContext;
  contentHash: string;
  content: InvoiceContent;
  customerId: string;
  customer: Customer;
  /** How many documents of this invoice the ledger had and voided. */
  timesVoided: number;
}

/** What was approved of a document that was sent, as far as the ledger's must agree with it. */
export interface ApprovedFacts {
  invoiceId: string;
  customerId: string;
  currency: string;
  date: string;
  total: string;
}

export interface UnplannedDocument {
  id: string;
  approvalId: string;
  notBefore: Date;
}

const SINGLE_OPERATIONS: readonly PostingOperation[] = ['status', 'payment', 'attachment'];

/** What waits to be written or looked up, with what was approved about it. Reads only; raw SQL, because each question joins several tables. */
@Injectable()
export class DuePostingRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** Planned, due, approved documents of a ledger, of one kind (`credit`: total below zero), oldest first. */
  async documents(connectionId: string, credit: boolean, limit: number): Promise<DueDocument[]> {
    return await this.tx.query(
      `select p.id, p.invoice_id as "invoiceId", a.id as "approvalId", i.connection_id as "sourceConnectionId", i.external_id as "sourceExternalId", i.context,
              r.content_hash as "contentHash", r.content, c.id as "customerId", c.data as customer,
              (select count(*)::int from posting v where v.tenant_id = p.tenant_id and v.invoice_id = p.invoice_id and v.operation = 'document'
                and v.state = 'voided') as "timesVoided"
       from posting p
       join approval a on a.tenant_id = p.tenant_id and a.id = p.approval_id and a.state = 'standing'
       join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id and i.state = 'approved'
       join invoice_revision r on r.tenant_id = a.tenant_id and r.id = a.revision_id
       join customer c on c.tenant_id = i.tenant_id and c.id = i.customer_id
       join connection l on l.tenant_id = p.tenant_id and l.id = p.connection_id and l.posting_mode = 'live' and i.date >= l.go_live_date
       where p.tenant_id = $1 and p.connection_id = $2 and p.operation = 'document' and p.state = 'planned' and p.not_before <= $3 and (i.total < 0) = $4
       order by p.not_before, p.id limit $5`,
      [this.tx.tenantId, connectionId, this.clock.now(), credit, limit],
    );
  }

  /** Statuses, payments and attachments that are due, oldest first; each is a request of its own. */
  async singles(connectionId: string, limit: number): Promise<PostingEntity[]> {
    const due = await this.tx.query<{ id: string }>(
      `select id from posting where tenant_id = $1 and connection_id = $2 and state = 'planned' and operation = any($3)
        and not_before <= $4 order by not_before, id limit $5`,
      [this.tx.tenantId, connectionId, SINGLE_OPERATIONS, this.clock.now(), limit],
    );
    return await this.tx
      .rows(PostingEntity)
      .find({ where: { tenantId: this.tx.tenantId, id: In(due.map((row) => row.id)) }, order: { notBefore: 'ASC', id: 'ASC' } });
  }

  /** Planned creations of customers or items, by what they are for. */
  async references(connectionId: string, operation: 'contact' | 'item', keys: readonly string[]): Promise<{ id: string; key: string }[]> {
    return await this.tx.query(
      `select id, intent_key as key from posting
       where tenant_id = $1 and connection_id = $2 and operation = $3 and intent_key = any($4) and state = 'planned' order by id`,
      [this.tx.tenantId, connectionId, operation, keys],
    );
  }

  /** Approved invoices of a ledger for which nothing is planned, because their location had no ledger when they were approved. */
  async unplanned(connectionId: string, undoMs: number): Promise<UnplannedDocument[]> {
    return await this.tx.query(
      `select i.id, a.id as "approvalId", a.at + make_interval(secs => $3) as "notBefore" from invoice i
       join location l on l.tenant_id = i.tenant_id and l.source_connection_id = i.connection_id
         and l.external_id = i.location_external_id and l.ledger_connection_id = $2
       join approval a on a.tenant_id = i.tenant_id and a.invoice_id = i.id and a.state = 'standing' and a.final
       where i.tenant_id = $1 and i.state = 'approved' and not exists (
         select from posting p where p.tenant_id = i.tenant_id and p.invoice_id = i.id and p.operation = 'document' and p.approval_id = a.id)
       order by i.id for update of i skip locked`,
      [this.tx.tenantId, connectionId, undoMs / 1_000],
    );
  }

  /** Whether anything waits for an answer or for reconcile; `documents` alone or of any kind. */
  async isOpen(connectionId: string, states: readonly ('sending' | 'unknown')[], only?: 'documents'): Promise<boolean> {
    const [row] = await this.tx.query<{ open: boolean }>(
      `select exists (select from posting where tenant_id = $1 and connection_id = $2 and state in ('sending', 'unknown') and state = any($3)
                      and ($4::boolean is not true or operation = 'document')) as open`,
      [this.tx.tenantId, connectionId, states, only === 'documents'],
    );
    return row?.open ?? false;
  }

  async approvedFacts(postingIds: readonly string[]): Promise<ApprovedFacts[]> {
    return await this.tx.query(
      `select i.id as "invoiceId", i.customer_id as "customerId", r.content ->> 'currency' as currency, r.content ->> 'date' as date,
        r.content ->> 'total' as total
       from posting p join approval a on a.tenant_id = p.tenant_id and a.id = p.approval_id
       join invoice_revision r on r.tenant_id = a.tenant_id and r.id = a.revision_id join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id
       where p.tenant_id = $1 and p.id = any($2)`,
      [this.tx.tenantId, postingIds],
    );
  }

  /** Whether consent to this posting still stands; one that needs none has it. */
  async mayStillGo({ approvalId }: Pick<PostingEntity, 'approvalId'>): Promise<boolean> {
    if (approvalId === null) return true;
    const standing = await this.tx.query(`select 1 from approval where tenant_id = $1 and id = $2 and state = 'standing'`, [
      this.tx.tenantId,
      approvalId,
    ]);
    return standing.length > 0;
  }

  /** Whether the company is on its way out, when nothing may be posted any more. */
  async isToBeErased(): Promise<boolean> {
    const open = await this.tx.query(`select from tenant_erasure where tenant_id = $1 and state in ('waiting', 'erasing')`, [
      this.tx.tenantId,
    ]);
    return open.length > 0;
  }

  /** The hash of the document that people agreed to; undefined when no approval is in force. */
  async approvedDocument(invoiceId: string): Promise<string | undefined> {
    const [approval] = await this.tx.query<{ sha256: string }>(
      `select document_sha256 as sha256 from approval where tenant_id = $1 and invoice_id = $2 and state = 'standing' and final`,
      [this.tx.tenantId, invoiceId],
    );
    return approval?.sha256;
  }

  /** Whether the PSA was told a decision about this invoice, or may have been. */
  async statusWasTold(invoiceId: string): Promise<boolean> {
    const rows = await this.tx.query(
      `select 1 from posting where tenant_id = $1 and invoice_id = $2 and operation = 'status' and state in ('sending', 'unknown', 'posted') limit 1`,
      [this.tx.tenantId, invoiceId],
    );
    return rows.length > 0;
  }

  /** The posting that last recorded a settlement in the PSA and was not taken back. */
  async lastRecorded(invoiceId: string, settlementId: string): Promise<string | undefined> {
    const [posting] = await this.tx.query<{ id: string }>(
      `select id from posting where tenant_id = $1 and invoice_id = $2 and operation = 'payment' and intent ->> 'settlementId' = $3
         and intent ->> 'direction' = 'record' and state not in ('skipped', 'voided') order by id desc limit 1`,
      [this.tx.tenantId, invoiceId, settlementId],
    );
    return posting?.id;
  }
}
