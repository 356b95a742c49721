import type { PostingItem } from '../../billing/queries/posting-query.js';
import type { Page } from '../../billing/queries/page.js';
import type { PostingState } from '../../domain/posting-state.js';
import type { ShellView } from '../shell/shell-view.js';
import { POSTING_TABS, postingsHref, type PostingAddress, type PostingTab } from './posting-address.js';
import { operationLabel, STATE_WORDS, stateSentence } from './posting-words.js';
import type { PostingRow, PostingsPage } from './postings-view.js';
import { headsMove, runHeads, type RunFacts } from './run-heads.js';

export interface PostingsFacts {
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
  return Date.parse(notBefore) > now.getTime() ? 'Sent in a moment; until then the decision can be taken back.' : 'Has its turn next.';
}

const TAB_LABELS: Readonly<Record<PostingTab, string>> = {
  all: 'All',
  refused: 'Refused',
  unknown: 'Unknown',
  waiting: 'Waiting',
  posted: 'Posted',
  ended: 'Left out',
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
  if (tab === 'refused') return { icon: 'check', title: 'Nothing was refused', text: 'Every system took what it was sent.', action: all };
  if (tab !== 'all') return { icon: 'send', title: `Nothing here`, text: 'No posting is in this state now.', action: all };
  return {
    icon: 'send',
    title: 'Nothing was written yet',
    text: 'The first approval plans the first posting.',
    action: { label: 'Go to the inbox', href: '/invoices' },
  };
}
