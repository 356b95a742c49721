import type { InboxItem } from '../../billing/queries/inbox-query.js';
import type { MoneyText } from '../../domain/money.js';
import type { Page } from '../../billing/queries/page.js';
import { INBOX_TABS, inboxHref, type InboxFilter, type InboxTab, invoiceHref, documentHref } from './inbox-address.js';
import type { ChoiceView, Tone, StatePill } from '../shell/shell-view.js';
import type { InvoiceDetail } from '../../billing/queries/invoice-detail.js';
import type { Severity } from '../../domain/review/rule.js';
import { initials } from '../shell/initials.js';
import { invoiceStateWords, invoiceTypeIcon } from '../invoice/invoice-words.js';
import { consentTo } from './bulk-consent.js';
import type { MoneyView } from '../templating/money-text.js';

const TAB_LABELS: Readonly<Record<InboxTab, string>> = {
  all: 'All',
  mine: 'Mine',
  unread: 'Unread',
  new: 'To review',
  approved: 'Approved',
  rejected: 'Rejected',
  posted: 'Posted',
  settled: 'Settled',
};

const FLAG_CHOICES = [
  ['', 'All invoices'],
  ['any', 'With any flag'],
  ['error', 'With errors'],
  ['warning', 'With warnings'],
  ['info', 'With info flags'],
  ['none', 'Without flags'],
] as const;

const EMPTY_TABS: Readonly<Record<Exclude<InboxTab, 'all'>, { icon: string; title: string; text: string }>> = {
  mine: { icon: 'coffee', title: 'No invoice is waiting for you', text: 'Invoices that you are a reviewer of appear here.' },
  unread: { icon: 'mail-open', title: 'You have read everything', text: 'New and changed invoices appear here.' },
  new: { icon: 'check-check', title: 'All invoices are decided', text: 'No invoice is waiting for review.' },
  approved: {
    icon: 'stamp',
    title: 'No approved invoice is waiting to be posted',
    text: 'Approved invoices stay here until they are in the ledger.',
  },
  rejected: { icon: 'thumbs-up', title: 'No invoice is rejected', text: 'Invoices sent back for a correction appear here.' },
  posted: { icon: 'send', title: 'Nothing is posted and unpaid', text: 'Invoices in the ledger stay here until they are paid.' },
  settled: { icon: 'banknote', title: 'Nothing is settled yet', text: 'Invoices that are paid in full appear here.' },
};

export interface ListFacts extends RowSurroundings {
  page: Page<InboxItem>;
  counts: Readonly<Record<InboxTab, number>>;
  sums: readonly { count: number; total: MoneyText }[];
  sourceLabel?: string | undefined;
}

export function listView(facts: ListFacts): ListView {
  const { filter, page, counts, sums } = facts;
  return {
    tabs: tabsView(filter, counts),
    filter,
    flagChoices: flagChoices(filter),
    filtered: filter.search !== '' || filter.flags !== undefined,
    clearHref: inboxHref({ tab: filter.tab, search: '' }),
    rows: page.items.map((item) => inboxRow(item, facts)),
    ...(page.next !== null && { nextHref: inboxHref(filter, { cursor: page.next }) }),
    empty: emptyWords(filter, facts.sourceLabel),
    sums: sums.map((sum) => sum.total),
    matches: sums.reduce((all, sum) => all + sum.count, 0),
  };
}

export function tabsView(filter: InboxFilter, counts: Readonly<Record<InboxTab, number>>): InboxTabView[] {
  return INBOX_TABS.map((key) => ({
    key,
    label: TAB_LABELS[key],
    count: counts[key],
    href: inboxHref({ ...filter, tab: key }),
    current: key === filter.tab,
  }));
}

function flagChoices({ flags }: InboxFilter): ChoiceView[] {
  return FLAG_CHOICES.map(([value, label]) => ({ value, label, current: value === (flags ?? '') }));
}

function emptyWords(filter: InboxFilter, sourceLabel: string | undefined): ListView['empty'] {
  const clear = { label: 'Show all', href: inboxHref({ tab: filter.tab, search: '' }) };
  if (filter.search !== '')
    return { icon: 'search-x', title: `No invoice matches “${filter.search}”`, text: 'Search by number or customer.', action: clear };
  if (filter.flags !== undefined)
    return { icon: 'flag-off', title: 'No invoice has these flags', text: 'Choose other flags, or show all.', action: clear };
  if (filter.tab !== 'all') return EMPTY_TABS[filter.tab];
  if (sourceLabel !== undefined)
    return { icon: 'inbox', title: 'No invoice yet', text: `They appear here after the first import from ${sourceLabel}.` };
  return {
    icon: 'cable',
    title: 'No invoice yet',
    text: 'Connect the system that holds your invoices; they appear here after the first import.',
    action: { label: 'Connect', href: '/connections' },
  };
}

interface RowSurroundings {
  filter: InboxFilter;
  /** Whether this person may decide, so that ticking means something. */
  mayDecide: boolean;
  currentId?: string | undefined;
  ticked?: ReadonlySet<string>;
}

/** A row of the list. */
export function inboxRow(item: InboxItem, { filter, mayDecide, currentId, ticked }: RowSurroundings): InboxRow {
  const { errors, warnings, infos } = item.flags;
  const tone: Tone | undefined = errors > 0 ? 'error' : warnings > 0 ? 'warning' : undefined;
  return {
    id: item.id,
    href: invoiceHref(item.id, filter),
    number: item.number,
    typeLabel: item.typeLabel,
    typeIcon: invoiceTypeIcon(item.type),
    customer: item.customer.name,
    total: item.total,
    state: invoiceStateWords(item.state),
    showState: item.state !== 'in_review' && item.state !== filter.tab,
    unread: item.unread && item.id !== currentId,
    // Nobody looked at what is for reading only, so there is no good news about it either.
    ...(item.state !== 'skipped' && { flags: { count: errors + warnings + infos, ...(tone && { tone }) } }),
    reviewers: item.reviewers.map(({ name, state }) => ({ name, initials: initials(name), state })),
    current: item.id === currentId,
    ticked: ticked?.has(item.id) ?? false,
    ...(mayDecide && item.state === 'in_review' && { bulkValue: consentTo(item) }),
    ...(item.documentHash && { documentHref: documentHref(item.id, item.documentHash) }),
  };
}

/** The same invoice as its list shows it, after something was decided about it. */
export function itemOf(invoice: InvoiceDetail): InboxItem {
  const { id, number, type, typeLabel, state, date, dueDate, total, balance, changedAfterPosting, documentHash } = invoice;
  const open = (severity: Severity) => invoice.flags.filter((flag) => flag.severity === severity && !flag.dismissed).length;
  return {
    id,
    number,
    type,
    typeLabel,
    state,
    date,
    dueDate,
    total,
    balance,
    changedAfterPosting,
    customer: { id: invoice.customer.id, name: invoice.customer.name },
    flags: { errors: open('error'), warnings: open('warning'), infos: open('info') },
    reviewers: invoice.reviewers.map(({ name, email, state: decision }) => ({ name, email, state: decision })),
    unread: invoice.unread,
    ...(documentHash && { documentHash }),
  };
}

export interface InboxRow {
  id: string;
  /** Keeps the filter: the list stays as it is while the invoice changes. */
  href: string;
  number: string;
  typeLabel: string;
  typeIcon: string;
  customer: string;
  total: MoneyView;
  state: StatePill;
  /** Only states that the tab does not already say. */
  showState: boolean;
  unread: boolean;
  /** Open (not dismissed) flags; `tone` by the worst of them. Absent where no rule has looked. */
  flags?: { count: number; tone?: Tone };
  reviewers: { initials: string; name: string; state: 'waiting' | 'viewed' | 'approved' | 'rejected' }[];
  /** The invoice shown beside the list. */
  current: boolean;
  /** Ticked for bulk work (from the address, so a reload keeps it). */
  ticked: boolean;
  /** '<invoice id>:<document hash>': consent to exactly that document. Absent: cannot be approved in bulk. */
  bulkValue?: string;
  /** Immutable address of the stored document, fetched ahead for the next rows. */
  documentHref?: string;
}

export interface InboxTabView {
  key: InboxTab;
  label: string;
  count: number;
  href: string;
  current: boolean;
}

export interface ListView {
  tabs: InboxTabView[];
  filter: InboxFilter;
  flagChoices: ChoiceView[];
  /** Anything but the tab narrows the list. */
  filtered: boolean;
  /** The address without search and flags filter. */
  clearHref: string;
  rows: InboxRow[];
  /** Absent on the last page. */
  nextHref?: string;
  /** 'No invoice is waiting for you.' and one action. */
  empty: { icon: string; title: string; text: string; action?: { label: string; href: string } };
  /** Sum and number over all rows of this filter, per currency. */
  sums: MoneyView[];
  matches: number;
}
