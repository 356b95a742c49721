import type { InboxPosition } from '../../billing/queries/inbox-query.js';
import type { InvoiceDetail, ReviewerItem } from '../../billing/queries/invoice-detail.js';
import { Decimal } from '../../domain/money.js';
import { may, type Bearer } from '../../domain/role.js';
import type { Caller } from '../../identity/caller.js';
import { inboxHref, invoiceHref, type InboxFilter, type InvoiceViewKey } from '../inbox/inbox-address.js';
import { initials } from '../shell/initials.js';
import type { Link, Tone } from '../shell/shell-view.js';
import { changesView } from './changes-presenter.js';
import { approvalRights, mayReject, mayReopen, mayTakeOff } from './decision-rights.js';
import { flagsView } from './flags-presenter.js';
import type { DocumentView, InvoiceView, ReviewerView } from './invoice-view.js';
import { invoiceStateWords, invoiceTypeIcon } from './invoice-words.js';
import { lineGroups } from './lines-presenter.js';
import { noticeView } from './notice-presenter.js';
import { timelineView } from './timeline-presenter.js';

export interface InvoiceFacts {
  invoice: InvoiceDetail;
  document: DocumentView;
  caller: Bearer & Pick<Caller, 'email' | 'actor'> & Partial<Pick<Caller, 'approveUpTo'>>;
  filter: InboxFilter;
  view: InvoiceViewKey;
  position?: InboxPosition | undefined;
  /** Who may be asked to review. */
  colleagues: readonly { name: string; email: string }[];
  homeCurrency: string;
  timeZone: string;
  postingStopped: boolean;
  now: Date;
}

/** One invoice as its pane shows it. */
export function invoiceView(facts: InvoiceFacts): InvoiceView {
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
    reviewers: invoice.reviewers.map((reviewer) => ({ ...reviewerView(reviewer), removable: mayTakeOff(reviewer, caller) })),
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

function reviewerView({ id, name, state, at }: ReviewerItem): Omit<ReviewerView, 'removable'> {
  const { label, tone } = REVIEWER_WORDS[state];
  return { id, name, initials: initials(name), state, stateLabel: label, ...(tone && { tone }), ...(at !== undefined && { at }) };
}

/** Reviewers change while there is something to review. */
function reviewingOf({ invoice, caller, colleagues }: InvoiceFacts): InvoiceView['reviewing'] {
  const asked = new Set(invoice.reviewers.map(({ email }) => email));
  const open = !invoice.unkept && (invoice.state === 'in_review' || invoice.state === 'draft');
  return {
    allowed: open && may(caller, 'invoice.review'),
    candidates: colleagues.filter(({ email }) => !asked.has(email)).map(({ name, email }) => ({ name, email })),
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
): InvoiceView['view']['tabs'] {
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
