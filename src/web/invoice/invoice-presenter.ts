import type { InboxPosition } from '../../billing/queries/inbox-query.js';
import type { InvoiceDetail, ReviewerItem } from '../../billing/queries/invoice-detail.js';
import { Decimal } from '../../domain/money.js';
import { may, type Bearer } from '../../domain/role.js';
import type { Caller } from '../../identity/caller.js';
import { inboxHref, invoiceHref, type InboxFilter, type InvoiceViewKey } from '../inbox/inbox-address.js';
import { initials } from '../shell/initials.js';
import type { Link, Tone, ShellView, StatePill } from '../shell/shell-view.js';
import { changesView, timelineView, type TimelineItem, type RevisionView } from './history-presenter.js';
import { approvalRights, mayReject, mayReopen, mayTakeOff } from './decision-rights.js';
import { flagsView, lineGroups, type FlagView, type LineGroupView } from './lines-presenter.js';
import { invoiceStateWords, invoiceTypeIcon } from './invoice-words.js';
import { noticeView } from './notice-presenter.js';
import type { DocumentView } from './document-opening.js';
import type { CivilDate } from '../../domain/civil-date.js';
import type { MoneyView } from '../templating/money-text.js';

interface ReviewerView {
  id: string;
  name: string;
  initials: string;
  state: 'waiting' | 'viewed' | 'approved' | 'rejected';
  /** 'Waiting for review', 'Viewed', 'Approved' … */
  stateLabel: string;
  tone?: Tone;
  at?: string;
  /** Asked by the source or by a person, and cannot sign in yet. */
  outside: boolean;
  /** This person may take them off. */
  removable: boolean;
}

export interface InvoicePane {
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
  /** What the rules are called that looked at it. */
  rules: string[];
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
    /** 'Approve', or 'Approve without the other reviewers' where some have not decided. */
    label: string;
    why?: string;
    /** This person's approval can be taken back until it is sent. */
    withdrawable: boolean;
  };
  rejection: { allowed: boolean };
  /** A rejected one, or one whose document was voided in the ledger, can be put before reviewers again. */
  reopening: { allowed: boolean };
  /** Whether reviewers can be asked and taken off, and who could be asked. */
  reviewing: { allowed: boolean; groups: { label: string; people: { name: string; email: string }[] }[] };
  /** Place in the list and the neighbours, in the present filter. */
  position?: { index: number; of: number };
  previousHref?: string;
  nextHref?: string;
  listHref: string;
}

/** Answer to an htmx request for one invoice, without the list. */
export interface InvoicePart {
  shell: ShellView;
  invoice: InvoicePane;
}

interface InvoiceFacts {
  invoice: InvoiceDetail;
  document: DocumentView;
  caller: Bearer & Pick<Caller, 'email' | 'actor'> & Partial<Pick<Caller, 'approveUpTo'>>;
  filter: InboxFilter;
  view: InvoiceViewKey;
  position?: InboxPosition | undefined;
  /** Who may be asked to review. */
  colleagues: readonly { name: string; email: string }[];
  /** Whom the source lists, who are no members yet. */
  newcomers: readonly { name: string; email: string }[];
  memberAddresses: ReadonlySet<string>;
  sourceLabel: string | undefined;
  homeCurrency: string;
  timeZone: string;
  postingStopped: boolean;
  now: Date;
}

/** One invoice as its pane shows it. */
export function invoiceView(facts: InvoiceFacts): InvoicePane {
  const { invoice, document, caller, filter, view, position } = facts;
  const href = invoiceHref(invoice.id, filter);
  const revisions = changesView(invoice.whatChanged, facts.homeCurrency);
  const notice = noticeView({ invoice, postingStopped: facts.postingStopped, changesHref: invoiceHref(invoice.id, filter, 'changes') });
  const lines = invoice.lines.filter(({ parentKey }) => parentKey === undefined).length;
  return {
    id: invoice.id,
    href,
    number: invoice.number,
    typeLabel: invoice.typeLabel,
    typeIcon: invoiceTypeIcon(invoice.type),
    customer: invoice.customer.name,
    total: invoice.total,
    state: invoiceStateWords(invoice.state),
    date: invoice.date,
    dueDate: invoice.dueDate,
    location: invoice.location.name,
    links: linksOf(invoice),
    document,
    view: { key: view, tabs: tabsOf(invoice.id, filter, view, { lines, changes: revisions[0]?.changes.length ?? 0 }) },
    ...flagsView(invoice),
    reviewers: invoice.reviewers.map((reviewer) => ({
      ...reviewerView(reviewer),
      outside: !facts.memberAddresses.has(reviewer.email),
      removable: mayTakeOff(reviewer, caller),
    })),
    timeline: timelineView(invoice.timeline),
    groups: view === 'lines' ? lineGroups(invoice, facts.now, facts.timeZone) : [],
    taxes: invoice.taxes.map(({ label, amount }) => ({ label, amount })),
    subtotal: invoice.subtotal,
    showCost: invoice.showsCost,
    revisions,
    approval: approvalRights(invoice, caller, document),
    rejection: { allowed: mayReject(invoice, caller) },
    reopening: { allowed: mayReopen(invoice, caller) },
    reviewing: reviewingOf(facts),
    listHref: inboxHref(filter),
    ...(invoice.terms && { terms: invoice.terms }),
    ...(invoice.purchaseOrder && { purchaseOrder: invoice.purchaseOrder }),
    ...(invoice.ledger && { destination: `${invoice.ledger.link ? 'Posted' : 'Posts'} to ${invoice.ledger.label}` }),
    ...(showsBalance(invoice) && { balance: invoice.balance }),
    ...(notice && { notice }),
    ...(position && { position: { index: position.index, of: position.of } }),
    ...(position?.previousId && { previousHref: invoiceHref(position.previousId, filter) }),
    ...(position?.nextId && { nextHref: invoiceHref(position.nextId, filter) }),
  };
}

const REVIEWER_WORDS: Readonly<Record<ReviewerItem['state'], { label: string; tone?: Tone }>> = {
  waiting: { label: 'Waiting for review' },
  viewed: { label: 'Viewed' },
  approved: { label: 'Approved', tone: 'good' },
  rejected: { label: 'Rejected', tone: 'error' },
};

function reviewerView({ id, name, state, at }: ReviewerItem): Omit<ReviewerView, 'removable' | 'outside'> {
  const { label, tone } = REVIEWER_WORDS[state];
  return { id, name, initials: initials(name), state, stateLabel: label, ...(tone && { tone }), ...(at !== undefined && { at }) };
}

/** Reviewers change while there is something to review. */
function reviewingOf({ invoice, caller, colleagues, newcomers, sourceLabel }: InvoiceFacts): InvoicePane['reviewing'] {
  const asked = new Set(invoice.reviewers.map(({ email }) => email));
  const open = !invoice.unkept && (invoice.state === 'in_review' || invoice.state === 'draft');
  return {
    allowed: open && may(caller, 'invoice.review'),
    groups: [
      { label: 'Members', people: colleagues },
      { label: `${sourceLabel ?? 'Source'}, not members yet`, people: newcomers },
    ]
      .map(({ label, people }) => ({
        label,
        people: people.filter(({ email }) => !asked.has(email)).map(({ name, email }) => ({ name, email })),
      }))
      .filter(({ people }) => people.length > 0),
  };
}

function linksOf({ source, ledger }: InvoiceDetail): Link[] {
  return [source, ...(ledger ? [ledger] : [])].flatMap(({ label, link }) => (link === undefined ? [] : [{ label, href: link }]));
}

function tabsOf(
  id: string,
  filter: InboxFilter,
  present: InvoiceViewKey,
  counts: { lines: number; changes: number },
): InvoicePane['view']['tabs'] {
  const tab = (key: InvoiceViewKey, label: string, count?: number) => ({
    key,
    label,
    href: invoiceHref(id, filter, key),
    current: key === present,
    ...(count !== undefined && count > 0 && { count }),
  });
  return [tab('document', 'Document'), tab('lines', 'Lines', counts.lines), tab('changes', 'What changed', counts.changes)];
}

/** Worth a word only once it is owed, and when part of it is paid. */
function showsBalance({ state, balance, total }: InvoiceDetail): boolean {
  return state === 'posted' && !new Decimal(balance.amount).equals(total.amount);
}
