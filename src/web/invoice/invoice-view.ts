import type { CivilDate } from '../../domain/civil-date.js';
import type { Severity } from '../../domain/review/rule.js';
import type { StatePill } from '../inbox/inbox-view.js';
import type { InvoiceViewKey } from '../inbox/inbox-address.js';
import type { Link, ShellView, Tone } from '../shell/shell-view.js';
import type { MoneyView } from '../templating/money-text.js';

/** Where a line stands on the stored document. Points (1/72 inch) from the top left of its page; pages count from 1. */
export interface LinePosition {
  lineKey: string;
  page: number;
  left: number;
  top: number;
  width: number;
  height: number;
}

export type DocumentView =
  /** `hash` is what an approval consents to. */
  | { state: 'ready'; hash: string; href: string; fileName: string; sizeText: string; positions: LinePosition[] }
  | { state: 'rendering' }
  /** Cannot be rendered: the total on paper is not the invoice's, the browser is missing. */
  | { state: 'failed'; cause: string }
  /** The tenant keeps no invoice content. */
  | { state: 'not-kept'; why: string };

export interface FlagView {
  id: string;
  severity: Severity;
  severityLabel: string;
  tone?: Tone;
  title: string;
  message: string;
  lineKey?: string;
  /** 'Line 7', '#48213' */
  where?: string;
  /** The exact record: 'Fix in Harbor PSA'. */
  fix?: Link;
  dismissed?: { by: string; at: string };
  dismissalHref: string;
}

export interface ReviewerView {
  id: string;
  name: string;
  initials: string;
  state: 'waiting' | 'viewed' | 'approved' | 'rejected';
  /** 'Waiting for review', 'Viewed', 'Approved for all' … */
  stateLabel: string;
  tone?: Tone;
  at?: string;
  /** This person may take them off. */
  removable: boolean;
}

/** One event of any system, newest first. */
export interface TimelineItem {
  icon: string;
  tone?: Tone;
  actor: string;
  /** 'approved this document', 'posted INV-1042' */
  what: string;
  /** A person's own words: the reason of a rejection. */
  quote?: string;
  at: string;
  /** 'Countersign', or the label of the connection it happened in. */
  system: string;
  link?: Link;
}

export interface LineView {
  key: string;
  /** '1', '2', …; components under a line have none. */
  position?: string;
  description: string;
  notes?: string;
  detail?: string;
  quantity: string;
  unitPrice: MoneyView;
  amount: MoneyView;
  /** For those who may see cost. */
  cost?: MoneyView;
  margin?: { text: string; tone?: Tone };
  component: boolean;
  link?: Link;
  flags: { severityLabel: string; title: string; tone?: Tone }[];
}

export interface LineGroupView {
  /** 'Ticket #48213 · Replace firewall'; absent: lines outside any work order. */
  title?: string;
  lines: LineView[];
}

export interface RevisionChange {
  kind: 'added' | 'removed' | 'changed';
  what: string;
  before?: string;
  after?: string;
}

export interface RevisionView {
  title: string;
  at: string;
  /** 'Approval of 2 Nov by Jo Diaz lapsed.' */
  consequence?: string;
  before: MoneyView;
  after: MoneyView;
  changes: RevisionChange[];
}

export interface InvoiceView {
  id: string;
  href: string;
  number: string;
  typeLabel: string;
  typeIcon: string;
  customer: string;
  total: MoneyView;
  balance?: MoneyView;
  state: StatePill;
  date: CivilDate;
  dueDate: CivilDate;
  terms?: string;
  purchaseOrder?: string;
  location: string;
  links: Link[];
  /** Where an approval sends it: 'Posts to …' */
  destination?: string;
  document: DocumentView;
  view: { key: InvoiceViewKey; tabs: { key: InvoiceViewKey; label: string; href: string; current: boolean; count?: number }[] };
  flags: FlagView[];
  openFlags: number;
  /** No rule looks at it, so that it has none is no good news. */
  unlooked: boolean;
  openFlagsTone?: Tone;
  /** Errors and warnings still open: named once before an approval. */
  blockingFlags: { title: string; severityLabel: string; tone?: Tone }[];
  reviewers: ReviewerView[];
  timeline: TimelineItem[];
  groups: LineGroupView[];
  taxes: { label: string; amount: MoneyView }[];
  subtotal: MoneyView;
  showCost: boolean;
  revisions: RevisionView[];
  /** A sentence above everything: the approval lapsed, it waits to be sent, a posting was refused. */
  notice?: { tone?: Tone; icon: string; text: string; action?: Link };
  approval: {
    /** Absent: this person or this state cannot approve; `why` says so. */
    allowed: boolean;
    /** 'Approve', or 'Approve for all' where reviewers are still waiting. */
    label: string;
    why?: string;
    /** This person's approval can be taken back until it is sent. */
    withdrawable: boolean;
  };
  rejection: { allowed: boolean };
  /** A rejected one, or one whose document was voided in the ledger, can be put before reviewers again. */
  reopening: { allowed: boolean };
  /** Whether reviewers can be asked and taken off, and who could be asked. */
  reviewing: { allowed: boolean; candidates: { name: string; email: string }[] };
  /** Place in the list and the neighbours, in the present filter. */
  position?: { index: number; of: number };
  previousHref?: string;
  nextHref?: string;
  listHref: string;
}

/** Answer to an htmx request for one invoice, without the list. */
export interface InvoicePart {
  shell: ShellView;
  invoice: InvoiceView;
}
