import type { PostingItem } from '../../billing/queries/posting-query.js';
import type { Page } from '../../billing/queries/page.js';
import type { PostingState, PostingOperation } from '../../domain/posting-state.js';
import type { ShellView, Link, ProgressView, Tone } from '../shell/shell-view.js';
import { POSTING_TABS, postingsHref, type PostingAddress, type PostingTab } from './posting-address.js';
import { headsMove, runHeads, type RunFacts, type RunHeadView } from './run-heads.js';
import type { MoneyView } from '../templating/money-text.js';

export interface PostingRow {
  id: string;
  state: PostingState;
  stateLabel: string;
  stateIcon: string;
  tone?: Tone;
  /** 'Invoice', 'Credit note', 'Payment', 'Status' … */
  operationLabel: string;
  /** Empty for what has a name instead. */
  number: string;
  /** What a customer or an item is called. */
  name?: string;
  /** Absent for what belongs to no invoice: a customer, an item. */
  invoiceHref?: string;
  customer: string;
  amount?: MoneyView;
  /** Label of the connection it goes to. */
  destination: string;
  /** What happened, what it means, what to do. */
  cause?: string;
  vendorWords?: string;
  at: string;
  /** Deep links into both systems. */
  links: Link[];
  /** Where the cause is mended here, when it never left the house. */
  fix?: Link;
  /** Who looks after it. */
  assignedTo?: string;
  actions: { retryHref?: string; skipHref?: string; sendNowHref?: string; assign?: { href: string; people: AssigneeOption[] } };
}

interface AssigneeOption {
  value: string;
  selected: boolean;
}

export interface PostingsPage {
  shell: ShellView;
  tabs: { key: string; label: string; count: number; href: string; current: boolean; tone?: Tone }[];
  search: string;
  tab: string;
  runs: RunHeadView[];
  /** While something is on its way the heads look again by themselves. */
  runsMove: boolean;
  progress: ProgressView[];
  rows: PostingRow[];
  nextHref?: string;
  /** Rows on this page that can be tried again or skipped together. */
  bulk: boolean;
  /** What could not be done, and why. */
  problem?: string;
  empty: { icon: string; title: string; text: string; action?: Link };
}

interface PostingsFacts {
  page: Page<PostingItem>;
  counts: Readonly<Record<PostingState, number>>;
  address: PostingAddress;
  run: RunFacts;
  /** Those who can be given a posting. */
  people: readonly string[];
  mayManage: boolean;
  now: Date;
  problem?: string | undefined;
}

export function postingsPage(shell: ShellView, facts: PostingsFacts): PostingsPage {
  const { page, address, problem } = facts;
  const rows = page.items.map((item) => postingRow(item, facts));
  return {
    shell,
    tabs: tabs(facts),
    search: address.search,
    tab: address.tab,
    runs: runHeads(facts.run),
    runsMove: headsMove(facts.run),
    progress: [],
    rows,
    ...(page.next !== null && { nextHref: postingsHref(address, { cursor: page.next }) }),
    bulk: facts.mayManage && rows.some(({ actions }) => actions.retryHref !== undefined || actions.skipHref !== undefined),
    ...(problem !== undefined && { problem }),
    empty: emptyWords(address),
  };
}

export function postingRow(item: PostingItem, { people, mayManage, now }: Pick<PostingsFacts, 'people' | 'mayManage' | 'now'>): PostingRow {
  const { id, invoice, can } = item;
  const { label: stateLabel, icon: stateIcon, tone } = STATE_WORDS[item.state];
  const cause = item.cause ?? waiting(item, now) ?? stateSentence(item.state, item.connection.label);
  return {
    id,
    state: item.state,
    stateLabel,
    stateIcon,
    ...(tone && { tone }),
    operationLabel: operationLabel(item.operation, item.amount?.amount),
    number: item.number ?? invoice?.number ?? '',
    ...(item.name && { name: item.name }),
    ...(invoice && { invoiceHref: `/invoices/${invoice.id}` }),
    customer: invoice?.customer ?? '',
    ...(item.amount && { amount: item.amount }),
    destination: item.connection.label,
    ...(cause !== undefined && { cause }),
    ...(item.vendorWords && { vendorWords: item.vendorWords }),
    at: item.updatedAt,
    links: item.links,
    ...(mayManage &&
      neverSent(item) && {
        fix: { label: `Open the codes of ${item.connection.label}`, href: `/connections/${item.connection.id}#mapping` },
      }),
    ...(item.assignedTo && { assignedTo: item.assignedTo }),
    actions: mayManage ? actions(item, can, people) : {},
  };
}

function actions(item: PostingItem, can: PostingItem['can'], people: readonly string[]): PostingRow['actions'] {
  const href = `/postings/${item.id}`;
  const options = item.assignedTo === undefined || people.includes(item.assignedTo) ? people : [item.assignedTo, ...people];
  return {
    ...(can.retry && { retryHref: `${href}/retry` }),
    ...(can.skip && { skipHref: `${href}/skip` }),
    ...(can.postNow && { sendNowHref: `${href}/now` }),
    ...(item.state === 'refused' && {
      assign: { href: `${href}/assignment`, people: options.map((value) => ({ value, selected: value === item.assignedTo })) },
    }),
  };
}

/** Refused while it was prepared: a code is missing or the sums cannot be met there. */
function neverSent({ state, operation, attempts, vendorWords }: PostingItem): boolean {
  return state === 'refused' && operation === 'document' && attempts === 0 && vendorWords === undefined;
}

function waiting({ state, notBefore }: PostingItem, now: Date): string | undefined {
  if (state !== 'planned') return undefined;
  return Date.parse(notBefore) > now.getTime() ? 'Sent in a moment; until then the approval can be withdrawn.' : 'Next in line.';
}

const TAB_LABELS: Readonly<Record<PostingTab, string>> = {
  all: 'All',
  refused: 'Refused',
  unknown: 'Unknown',
  waiting: 'Waiting',
  posted: 'Posted',
  ended: 'Skipped',
};

function tabs({ counts, address }: PostingsFacts): PostingsPage['tabs'] {
  return (Object.keys(POSTING_TABS) as PostingTab[]).map((key) => {
    const states: readonly PostingState[] = POSTING_TABS[key] ?? (Object.keys(counts) as PostingState[]);
    return {
      key,
      label: TAB_LABELS[key],
      count: states.reduce((all, state) => all + counts[state], 0),
      href: postingsHref({ ...address, tab: key }),
      current: key === address.tab,
      ...(key === 'refused' && { tone: 'error' as const }),
      ...(key === 'unknown' && { tone: 'warning' as const }),
    };
  });
}

function emptyWords({ tab, search }: PostingAddress): PostingsPage['empty'] {
  const all = { label: 'Show all', href: '/postings' };
  if (search !== '')
    return {
      icon: 'search-x',
      title: `No posting matches “${search}”`,
      text: 'Search by the number of the invoice or its customer.',
      action: all,
    };
  if (tab === 'refused') return { icon: 'check', title: 'Nothing was refused', text: 'Every posting was accepted.', action: all };
  if (tab !== 'all') return { icon: 'send', title: `Nothing here`, text: 'No posting is in this state now.', action: all };
  return {
    icon: 'send',
    title: 'No postings yet',
    text: 'They appear after the first approval.',
    action: { label: 'Go to the inbox', href: '/invoices' },
  };
}

const STATE_WORDS: Readonly<Record<PostingState, { label: string; icon: string; tone?: Tone }>> = {
  planned: { label: 'Waiting', icon: 'clock' },
  sending: { label: 'Sending', icon: 'send' },
  posted: { label: 'Posted', icon: 'check', tone: 'good' },
  refused: { label: 'Refused', icon: 'circle-x', tone: 'error' },
  unknown: { label: 'Checking', icon: 'circle-question-mark', tone: 'warning' },
  skipped: { label: 'Skipped', icon: 'circle-minus' },
  voided: { label: 'Voided', icon: 'ban' },
};

const OPERATION_LABELS: Readonly<Record<PostingOperation, string>> = {
  document: 'Invoice',
  contact: 'Customer',
  item: 'Item',
  attachment: 'PDF',
  payment: 'Payment',
  status: 'Status',
  note: 'Note',
};

function operationLabel(operation: PostingOperation, amount: string | undefined): string {
  return operation === 'document' && amount?.startsWith('-') ? 'Credit note' : OPERATION_LABELS[operation];
}

/** What a state means for the one who waits, where the posting itself says nothing. */
function stateSentence(state: PostingState, destination: string): string | undefined {
  if (state === 'sending') return `On its way to ${destination}.`;
  if (state === 'unknown') return `Checking in ${destination} whether it arrived. It is never sent twice; there is nothing to do.`;
  if (state === 'voided') return `It was voided in ${destination}.`;
  return undefined;
}
