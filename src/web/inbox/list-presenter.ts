import type { InboxItem } from '../../billing/queries/inbox-query.js';
import type { MoneyText } from '../../domain/money.js';
import type { Page } from '../../billing/queries/page.js';
import { INBOX_TABS, inboxHref, type InboxFilter, type InboxTab } from './inbox-address.js';
import { inboxRow, type RowSurroundings } from './inbox-rows.js';
import type { ChoiceView, InboxTabView, ListView } from './inbox-view.js';

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
  ['info', 'With hints'],
  ['none', 'Without flags'],
] as const;

const EMPTY_TABS: Readonly<Record<Exclude<InboxTab, 'all'>, { icon: string; title: string; text: string }>> = {
  mine: { icon: 'coffee', title: 'No invoice is waiting for you', text: 'Invoices that you are asked to review appear here.' },
  unread: { icon: 'mail-open', title: 'You have read everything', text: 'New and changed invoices appear here.' },
  new: { icon: 'check-check', title: 'Everything is decided', text: 'No invoice waits for a review.' },
  approved: {
    icon: 'stamp',
    title: 'No approved invoice waits to be posted',
    text: 'Approved invoices stay here until they are in the ledger.',
  },
  rejected: { icon: 'thumbs-up', title: 'No invoice is rejected', text: 'What was sent back for a correction stands here.' },
  posted: { icon: 'send', title: 'Nothing is posted and unpaid', text: 'Invoices in the ledger stay here until they are paid.' },
  settled: { icon: 'banknote', title: 'Nothing is settled yet', text: 'Invoices that are paid in full stand here.' },
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
    return { icon: 'flag-off', title: 'No invoice here has such flags', text: 'Choose other flags, or show all.', action: clear };
  if (filter.tab !== 'all') return EMPTY_TABS[filter.tab];
  if (sourceLabel !== undefined)
    return { icon: 'inbox', title: 'No invoice yet', text: `They appear here as soon as ${sourceLabel} has been read for the first time.` };
  return {
    icon: 'cable',
    title: 'No invoice yet',
    text: 'Connect the system that holds your invoices; they appear here after the first run.',
    action: { label: 'Connect', href: '/connections' },
  };
}
