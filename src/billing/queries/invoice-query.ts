import { Injectable } from '@nestjs/common';
import { assertSums } from '../../domain/invoice-sums.js';
import type { SourceInvoice } from '../../domain/invoice.js';
import { notFound, Refusal } from '../../domain/refusal.js';
import { may } from '../../domain/role.js';
import { LiveInvoices } from '../invoices/live-invoices.js';
import type { Caller } from '../../database/audit/actor.js';
import { AuditRows } from './audit-rows.js';
import { InboxRows } from './inbox-rows.js';
import { InvoiceRows, type InvoiceHeader, type RevisionHead } from './invoice-rows.js';
import { PostingRows } from './posting-rows.js';
import { InvoiceEntity, isBare } from '../invoices/invoice.entity.js';
import { type ApprovalEntity } from '../review/approval.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import type { InvoiceDetail } from './invoice-detail.js';
import { invoiceHead, invoiceLedger, invoiceSource } from './invoice-head.js';
import { invoiceLines } from './invoice-lines.js';
import { approvalItem, flagItem, rejectionInForce, reviewerItem, revisionItem, settlementItem } from './invoice-parts.js';
import { postingItem } from './posting-item.js';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';
import { timeline } from './timeline.js';
import { revisionsToCompare, whatChanged, type WhatChanged } from './what-changed.js';

/** One invoice, as its page and the API show it. */
@Injectable()
export class InvoiceQuery {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly records: InvoiceRows,
    private readonly postings: PostingRows,
    private readonly events: AuditRows,
    private readonly inbox: InboxRows,
    private readonly connectors: ConnectorCatalog,
    private readonly live: LiveInvoices,
  ) {}

  /** @throws Refusal 'not_found'; SumsDisagree when the stored content does not add up. */
  async one(caller: Caller, id: string): Promise<InvoiceDetail> {
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

  private async detail(caller: Caller, header: InvoiceHeader): Promise<InvoiceDetail> {
    const { invoice, content } = header;
    const showCost = may(caller, 'cost.read');
    const approvals = await this.records.approvals(invoice.id);
    const revisions = await this.records.revisions(invoice.id);
    const postings = (await this.postings.ofInvoice(invoice.id)).map((row) => postingItem(row, this.connectors));
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

  private async unread(caller: Caller, { invoice }: InvoiceHeader): Promise<boolean> {
    if (!caller.personId || (invoice.state !== 'draft' && invoice.state !== 'in_review')) return false;
    return !(await this.records.viewed(invoice.id, caller.personId));
  }
}

/** The state, the sums that lists show and everything of ours stay; what is charged and for what is the source's word of this moment. */
function asNow(header: InvoiceHeader, { content, context }: SourceInvoice): InvoiceHeader {
  return { ...header, content, invoice: Object.assign(new InvoiceEntity(), header.invoice, { context }) };
}
