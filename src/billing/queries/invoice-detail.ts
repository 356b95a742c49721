import type { InvoiceState, VoidCause } from '../../domain/invoice-state.js';
import type { InvoiceParty, InvoiceType } from '../../domain/invoice.js';
import type { Severity } from '../../domain/review/rule.js';
import type { ReviewerEntity } from '../review/reviewer.entity.js';
import type { LineItem } from './invoice-lines.js';
import type { MoneyText } from './money-text.js';
import type { PostingItem } from './posting-item.js';
import type { TimelineEvent } from './timeline.js';
import type { WhatChanged } from './what-changed.js';

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

export interface RevisionItem {
  id: string;
  number: number;
  contentHash: string;
  total: MoneyText;
  at: string;
  /** The one that is shown, approved and posted. */
  current: boolean;
}

/** A system at one end of an invoice, and the invoice in it. */
export interface SystemSide {
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
