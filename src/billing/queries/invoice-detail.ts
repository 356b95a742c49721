import type { Customer } from '../../domain/customer.js';
import type { InvoiceEntity } from '../invoices/invoice.entity.js';
import type { InvoiceState, VoidCause } from '../../domain/invoice-state.js';
import type { InvoiceParty, InvoiceType, InvoiceContent } from '../../domain/invoice.js';
import type { Severity } from '../../domain/review/rule.js';
import type { ReviewerEntity } from '../review/reviewer.entity.js';
import type { PostingItem } from './posting-query.js';
import type { TimelineEvent } from './timeline.js';
import type { RevisionHead, WhatChanged } from './what-changed.js';
import type { ConnectorCatalog } from '../../connections/connector-catalog.js';
import { Money, type MoneyText } from '../../domain/money.js';
import type { SettlementEntity } from '../settlement/settlement.entity.js';
import type { ApprovalEntity, RejectionEntity } from '../review/approval.entity.js';
import type { FlagEntity } from '../review/flag.entity.js';
import type { LineItem } from './invoice-lines.js';

export interface FlagItem {
  id: string;
  /** Key of the rule; null where naming it would tell something about cost. */
  rule: string | null;
  severity: Severity;
  title: string;
  /** What happened, what it means, what to do. */
  message: string;
  lineKey?: string;
  /** The record in the PSA that has to change. */
  link?: string;
  /** Somebody marked it as fine. */
  dismissed?: { by: string; at: string };
}

export interface ReviewerItem {
  id: string;
  name: string;
  email: string;
  state: ReviewerEntity['decision'];
  at?: string;
}

export interface ApprovalItem {
  id: string;
  documentHash: string;
  revisionId: string;
  by: { kind: 'person' | 'api_key'; id: string; label: string };
  at: string;
  /** In place of all reviewers. */
  forAll: boolean;
  /** The one that made the invoice approved. */
  final: boolean;
  state: 'standing' | 'withdrawn' | 'lapsed';
  endedAt?: string;
  endedBecause?: string;
}

interface RevisionItem {
  id: string;
  number: number;
  contentHash: string;
  total: MoneyText;
  at: string;
  /** The one that is shown, approved and posted. */
  current: boolean;
}

/** A system at one end of an invoice, and the invoice in it. */
interface SystemSide {
  connectionId: string;
  connector: string;
  label: string;
  link?: string;
}

/** One invoice with everything people and programs may know of it. Instants are ISO, dates 'YYYY-MM-DD'. */
export interface InvoiceDetail {
  id: string;
  number: string;
  type: InvoiceType;
  /** The PSA's word for the type. */
  typeLabel: string;
  state: InvoiceState;
  /** Only of a void one. */
  voidCause?: VoidCause;
  date: string;
  dueDate: string;
  terms?: string;
  purchaseOrder?: string;
  reference?: string;
  topComment?: string;
  bottomComment?: string;
  /** `party` is what the document prints. */
  customer: { id: string; name: string; email?: string; party: InvoiceParty };
  shipTo?: InvoiceParty;
  location: { externalId: string; name: string };
  agreement?: { externalId: string; name: string };
  subtotal: MoneyText;
  tax: MoneyText;
  taxes: { label: string; code: string; rate?: string; amount: MoneyText }[];
  total: MoneyText;
  /** As the PSA or the ledger said last. */
  balance: MoneyText;
  lines: LineItem[];
  /** Whether lines carry cost and margin for this caller. */
  showsCost: boolean;
  flags: FlagItem[];
  /** The rules have not yet seen what was last read. */
  checkPending: boolean;
  reviewers: ReviewerItem[];
  /** The standing final one. */
  approval?: ApprovalItem;
  /** All, oldest first. */
  approvals: ApprovalItem[];
  /** The one in force. */
  rejection?: { by: string; at: string; reason: string };
  postings: PostingItem[];
  settlements: { kind: 'payment' | 'credit'; amount: MoneyText; date: string; reference?: string; removed: boolean }[];
  revisions: RevisionItem[];
  whatChanged?: WhatChanged;
  changedAfterPosting: boolean;
  source: SystemSide & { status: { name: string; closed: boolean }; updatedAt: string };
  /** Absent while its location has no ledger. */
  ledger?: SystemSide;
  /** SHA-256 of the stored document an approval would consent to, or has; absent until it is rendered. */
  documentHash?: string;
  unread: boolean;
  /**
   * Present where the content is not kept: what is charged was read at its source just now. `problem` says why that could not be
   * done; then there are no lines, and `customer.party` is the name alone.
   */
  unkept?: { problem?: string };
  /** Oldest first. */
  timeline: TimelineEvent[];
}

/** The row of an invoice with what stands beside it: what every part of the detail is made from. */
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

type Head = Omit<
  InvoiceDetail,
  | 'lines' | 'showsCost' | 'flags' | 'reviewers' | 'approval' | 'approvals' | 'rejection' | 'postings' | 'settlements'
  | 'revisions' | 'whatChanged' | 'source' | 'ledger' | 'documentHash' | 'unread' | 'unkept' | 'timeline'
>; // prettier-ignore

/** What the row and the current content say: sums and dates are the content's, state and balance the row's. */
export function invoiceHead({ invoice, content, customer }: InvoiceHeader): Head {
  const money = (amount: string) => Money.of(amount, content.currency).toJSON();
  return {
    id: invoice.id,
    number: content.number,
    type: content.type,
    typeLabel: content.typeLabel,
    state: invoice.state,
    ...(invoice.voidCause && { voidCause: invoice.voidCause }),
    date: content.date,
    dueDate: content.dueDate,
    ...(content.terms && { terms: content.terms }),
    ...(content.purchaseOrder && { purchaseOrder: content.purchaseOrder }),
    ...(content.reference && { reference: content.reference }),
    ...(content.topComment && { topComment: content.topComment }),
    ...(content.bottomComment && { bottomComment: content.bottomComment }),
    customer: {
      id: invoice.customerId,
      name: content.customer.name,
      ...(customer.email && { email: customer.email }),
      party: content.customer,
    },
    ...(content.shipTo && { shipTo: content.shipTo }),
    location: invoice.context.location,
    ...(invoice.context.agreement && { agreement: invoice.context.agreement }),
    subtotal: money(content.subtotal),
    tax: money(content.tax),
    taxes: content.taxes.map((tax) => ({ ...tax, amount: money(tax.amount) })),
    total: money(content.total),
    balance: Money.of(invoice.balance, invoice.currency).toJSON(),
    checkPending: invoice.checkWanted,
    changedAfterPosting: invoice.changedAfterPosting,
  };
}

export function invoiceSource({ invoice, sourceConnector }: InvoiceHeader, connectors: ConnectorCatalog): InvoiceDetail['source'] {
  const { link, status } = invoice.context;
  return {
    connectionId: invoice.connectionId,
    connector: sourceConnector,
    label: connectors.label(sourceConnector),
    ...(link && { link }),
    status: { name: status.name, closed: status.closed },
    updatedAt: invoice.sourceUpdatedAt.toISOString(),
  };
}

export function invoiceLedger(
  { ledgerConnectionId, ledgerConnector, ledgerLink }: InvoiceHeader,
  connectors: ConnectorCatalog,
): SystemSide | undefined {
  if (!ledgerConnectionId || !ledgerConnector) return undefined;
  return {
    connectionId: ledgerConnectionId,
    connector: ledgerConnector,
    label: connectors.label(ledgerConnector),
    ...(ledgerLink && { link: ledgerLink }),
  };
}

/** A flag about cost stays visible to everybody, so that counts agree, but says nothing to those who may not know. */
export function flagItem(flag: FlagEntity, showCost: boolean): FlagItem {
  const hidden = flag.revealsCost && !showCost;
  return {
    id: flag.id,
    rule: hidden ? null : flag.rule,
    severity: flag.severity,
    title: hidden ? 'About cost' : flag.title,
    message: hidden ? 'This flag is about cost, which your role does not show. Ask a member of the team.' : flag.message,
    ...(flag.lineKey && { lineKey: flag.lineKey }),
    ...(flag.link && { link: flag.link }),
    ...(flag.dismissedBy && flag.dismissedAt && { dismissed: { by: flag.dismissedBy, at: flag.dismissedAt.toISOString() } }),
  };
}

export function reviewerItem(reviewer: ReviewerEntity): ReviewerItem {
  const { id, name, email, decision, decidedAt } = reviewer;
  return { id, name, email, state: decision, ...(decidedAt && { at: decidedAt.toISOString() }) };
}

export function approvalItem(approval: ApprovalEntity): ApprovalItem {
  return {
    id: approval.id,
    documentHash: approval.documentSha256,
    revisionId: approval.revisionId,
    by: { kind: approval.approvedByKind, id: approval.approvedById, label: approval.approvedByLabel },
    at: approval.at.toISOString(),
    forAll: approval.forAll,
    final: approval.final,
    state: approval.state,
    ...(approval.endedAt && { endedAt: approval.endedAt.toISOString() }),
    ...(approval.endedBecause && { endedBecause: approval.endedBecause }),
  };
}

export function rejectionInForce(state: InvoiceState, rejections: readonly RejectionEntity[]): InvoiceDetail['rejection'] {
  const last = state === 'rejected' ? rejections.findLast((rejection) => rejection.withdrawnAt === null) : undefined;
  return last && { by: last.rejectedByLabel, at: last.at.toISOString(), reason: last.reason };
}

export function settlementItem(row: SettlementEntity): InvoiceDetail['settlements'][number] {
  const { kind, date, reference, removed } = row;
  return { kind, amount: Money.of(row.amount, row.currency).toJSON(), date, ...(reference && { reference }), removed };
}

export function revisionItem(revision: RevisionHead, currentId: string): RevisionItem {
  return {
    id: revision.id,
    number: revision.number,
    contentHash: revision.contentHash,
    total: Money.of(revision.total, revision.currency).toJSON(),
    at: revision.createdAt.toISOString(),
    current: revision.id === currentId,
  };
}
