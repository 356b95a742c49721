import { Injectable } from '@nestjs/common';
import type { Customer } from '../../domain/customer.js';
import type { InvoiceContent } from '../../domain/invoice.js';
import { ApprovalEntity, RejectionEntity } from '../review/approval.entity.js';
import { FlagEntity } from '../review/flag.entity.js';
import { InvoiceEntity } from '../invoices/invoice.entity.js';
import { ReviewerEntity } from '../review/reviewer.entity.js';
import { SettlementEntity } from '../settlement/settlement.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

export interface InvoiceHeader {
  invoice: InvoiceEntity;
  content: InvoiceContent;
  customer: Customer;
  sourceConnector: string;
  ledgerConnectionId: string | null;
  ledgerConnector: string | null;
  /** The posted document in the ledger. */
  ledgerLink: string | null;
}

export interface RevisionHead {
  id: string;
  number: number;
  contentHash: string;
  total: string;
  currency: string;
  /** Its content is not kept, so it cannot be compared. */
  isBare: boolean;
  createdAt: Date;
}

/** Everything one invoice has, as rows. */
@Injectable()
export class InvoiceRows {
  constructor(private readonly tx: TenantTransaction) {}

  async header(id: string): Promise<InvoiceHeader | undefined> {
    const invoice = await this.tx.rows(InvoiceEntity).findOneBy({ tenantId: this.tx.tenantId, id });
    if (!invoice) return undefined;
    const [rest] = await this.tx.query<Omit<InvoiceHeader, 'invoice'>>(
      `select r.content, k.data as customer, s.connector as "sourceConnector",
              c.id as "ledgerConnectionId", c.connector as "ledgerConnector",
              (select p.link from posting p where p.tenant_id = i.tenant_id and p.invoice_id = i.id and p.operation = 'document'
                and p.state = 'posted') as "ledgerLink"
       from invoice i
       join invoice_revision r on r.tenant_id = i.tenant_id and r.id = i.revision_id
       join customer k on k.tenant_id = i.tenant_id and k.id = i.customer_id
       join connection s on s.tenant_id = i.tenant_id and s.id = i.connection_id
       left join location l on l.tenant_id = i.tenant_id and l.source_connection_id = i.connection_id and l.external_id = i.location_external_id
       left join connection c on c.tenant_id = i.tenant_id and c.id = coalesce(i.ledger_connection_id, l.ledger_connection_id)
       where i.tenant_id = $1 and i.id = $2`,
      [this.tx.tenantId, id],
    );
    return rest && { invoice, ...rest };
  }

  /** Flags that stand, dismissed ones included; worst first. */
  async flags(invoiceId: string): Promise<FlagEntity[]> {
    const rows = await this.tx
      .rows(FlagEntity)
      .find({ where: { tenantId: this.tx.tenantId, invoiceId, gone: false }, order: { createdAt: 'ASC', id: 'ASC' } });
    const rank = { error: 0, warning: 1, info: 2 };
    return rows.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
  }

  async reviewers(invoiceId: string): Promise<ReviewerEntity[]> {
    return await this.tx.rows(ReviewerEntity).find({ where: { tenantId: this.tx.tenantId, invoiceId }, order: { name: 'ASC', id: 'ASC' } });
  }

  /** Oldest first, ended ones included. */
  async approvals(invoiceId: string): Promise<ApprovalEntity[]> {
    return await this.tx.rows(ApprovalEntity).find({ where: { tenantId: this.tx.tenantId, invoiceId }, order: { at: 'ASC', id: 'ASC' } });
  }

  /** Oldest first, withdrawn ones included. */
  async rejections(invoiceId: string): Promise<RejectionEntity[]> {
    return await this.tx.rows(RejectionEntity).find({ where: { tenantId: this.tx.tenantId, invoiceId }, order: { at: 'ASC', id: 'ASC' } });
  }

  async settlements(invoiceId: string): Promise<SettlementEntity[]> {
    return await this.tx
      .rows(SettlementEntity)
      .find({ where: { tenantId: this.tx.tenantId, invoiceId }, order: { date: 'ASC', id: 'ASC' } });
  }

  /** Oldest first, without their content. */
  async revisions(invoiceId: string): Promise<RevisionHead[]> {
    return await this.tx.query(
      `select id, number, content_hash as "contentHash", content ->> 'total' as total, content ->> 'currency' as currency,
              content ? 'bare' as "isBare", created_at as "createdAt"
       from invoice_revision where tenant_id = $1 and invoice_id = $2 order by number`,
      [this.tx.tenantId, invoiceId],
    );
  }

  async content(revisionId: string): Promise<InvoiceContent> {
    const [row] = await this.tx.query<{ content: InvoiceContent }>(
      'select content from invoice_revision where tenant_id = $1 and id = $2',
      [this.tx.tenantId, revisionId],
    );
    if (!row) throw new Error(`Revision ${revisionId} does not exist`);
    return row.content;
  }

  async viewed(invoiceId: string, personId: string): Promise<boolean> {
    const rows = await this.tx.query('select 1 from invoice_view where tenant_id = $1 and person_id = $2 and invoice_id = $3', [
      this.tx.tenantId,
      personId,
      invoiceId,
    ]);
    return rows.length > 0;
  }
}
