import { Injectable } from '@nestjs/common';
import { assertSums } from '../../domain/invoice-sums.js';
import type { SourceInvoice, InvoiceContent } from '../../domain/invoice.js';
import { notFound, Refusal } from '../../domain/refusal.js';
import { may } from '../../domain/role.js';
import { LiveInvoices } from '../invoices/live-invoices.js';
import type { Principal } from '../../database/audit/actor.js';
import { AuditQuery } from './audit-query.js';
import { InboxQuery } from './inbox-query.js';
import { PostingQuery } from './posting-query.js';
import { InvoiceEntity, isBare } from '../invoices/invoice.entity.js';
import { ApprovalEntity, RejectionEntity } from '../review/approval.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import {
  type InvoiceDetail,
  type InvoiceHeader,
  invoiceHead,
  invoiceLedger,
  invoiceSource,
  approvalItem,
  flagItem,
  rejectionInForce,
  reviewerItem,
  revisionItem,
  settlementItem,
} from './invoice-detail.js';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';
import { timeline } from './timeline.js';
import { revisionsToCompare, whatChanged, type RevisionHead, type WhatChanged } from './what-changed.js';
import { FlagEntity } from '../review/flag.entity.js';
import { ReviewerEntity } from '../review/reviewer.entity.js';
import { SettlementEntity } from '../settlement/settlement.entity.js';
import { invoiceLines } from './invoice-lines.js';

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

/** One invoice, as its page and the API show it. */
@Injectable()
export class InvoiceQuery {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly records: InvoiceRows,
    private readonly postings: PostingQuery,
    private readonly events: AuditQuery,
    private readonly inbox: InboxQuery,
    private readonly connectors: ConnectorCatalog,
    private readonly live: LiveInvoices,
  ) {}

  /** @throws Refusal 'not_found'; SumsDisagree when the stored content does not add up. */
  async one(caller: Principal, id: string): Promise<InvoiceDetail> {
    const { tenantId } = caller;
    const found = await this.tx.run(tenantId, async () => {
      const header = await this.header(id);
      return isBare(header.content) ? header.invoice : await this.detail(caller, header);
    });
    if ('timeline' in found) return found;
    const live = await this.atSource(tenantId, found);
    return await this.tx.run(tenantId, async () => {
      const header = await this.header(id);
      if ('problem' in live) return { ...(await this.detail(caller, header)), unkept: live };
      return { ...(await this.detail(caller, asNow(header, live))), unkept: {} };
    });
  }

  private async header(id: string): Promise<InvoiceHeader> {
    const header = await this.records.header(id);
    if (!header) throw notFound('This invoice');
    if (!isBare(header.content)) assertSums(header.content);
    return header;
  }

  /** What the source says now; in words, why that cannot be told just now. */
  private async atSource(tenantId: string, invoice: InvoiceEntity): Promise<SourceInvoice | { problem: string }> {
    try {
      return await this.live.one(tenantId, invoice);
    } catch (error) {
      if (error instanceof Refusal) return { problem: error.message };
      throw error;
    }
  }

  private async detail(caller: Principal, header: InvoiceHeader): Promise<InvoiceDetail> {
    const { invoice, content } = header;
    const showCost = may(caller, 'cost.read');
    const approvals = await this.records.approvals(invoice.id);
    const revisions = await this.records.revisions(invoice.id);
    const postings = await this.postings.ofInvoice(invoice.id);
    const events = await this.events.ofInvoice(
      invoice.id,
      postings.map((posting) => posting.id),
    );
    const standing = approvals.find((approval) => approval.state === 'standing' && approval.final);
    const documentHash = standing?.documentSha256 ?? (await this.inbox.presentHashes([invoice])).get(invoice.id);
    const changes = await this.compare(header, revisions, approvals);
    const source = invoiceSource(header, this.connectors);
    const ledger = invoiceLedger(header, this.connectors);
    const rejection = rejectionInForce(invoice.state, await this.records.rejections(invoice.id));
    return {
      ...invoiceHead(header),
      lines: invoiceLines(content, invoice.context.lineFacts, showCost),
      showsCost: showCost,
      flags: (await this.records.flags(invoice.id)).map((flag) => flagItem(flag, showCost)),
      reviewers: (await this.records.reviewers(invoice.id)).map(reviewerItem),
      ...(standing && { approval: approvalItem(standing) }),
      approvals: approvals.map(approvalItem),
      ...(rejection && { rejection }),
      postings,
      settlements: (await this.records.settlements(invoice.id)).map(settlementItem),
      revisions: revisions.map((revision) => revisionItem(revision, invoice.revisionId)),
      ...(changes && { whatChanged: changes }),
      source,
      ...(ledger && { ledger }),
      ...(documentHash && { documentHash }),
      unread: await this.unread(caller, header),
      timeline: timeline({
        source: { label: source.label, statusName: source.status.name, ...(source.link && { link: source.link }) },
        ...(ledger && { ledger: ledger.label }),
        firstSeenAt: invoice.firstSeenAt.toISOString(),
        sourceUpdatedAt: source.updatedAt,
        events,
        postings,
        showCost,
      }),
    };
  }

  private async compare(
    header: InvoiceHeader,
    revisions: readonly RevisionHead[],
    approvals: readonly ApprovalEntity[],
  ): Promise<WhatChanged | undefined> {
    const pair = revisionsToCompare(revisions, header.invoice.revisionId, approvals);
    if (!pair || pair.before.isBare || pair.after.isBare) return undefined;
    return whatChanged(pair, await this.records.content(pair.before.id), await this.records.content(pair.after.id));
  }

  private async unread(caller: Principal, { invoice }: InvoiceHeader): Promise<boolean> {
    if (!caller.personId || (invoice.state !== 'draft' && invoice.state !== 'in_review')) return false;
    return !(await this.records.viewed(invoice.id, caller.personId));
  }
}

/** The state, the sums that lists show and everything of ours stay; what is charged and for what is the source's word of this moment. */
function asNow(header: InvoiceHeader, { content, context }: SourceInvoice): InvoiceHeader {
  return { ...header, content, invoice: Object.assign(new InvoiceEntity(), header.invoice, { context }) };
}
