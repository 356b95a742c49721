import type { PostingState } from '../../domain/posting-state.js';

/** The tabs, and which states each of them shows. */
export const POSTING_TABS = {
  all: undefined,
  refused: ['refused'],
  unknown: ['unknown'],
  waiting: ['planned', 'sending'],
  posted: ['posted'],
  ended: ['skipped', 'voided'],
} as const satisfies Record<string, readonly PostingState[] | undefined>;

export type PostingTab = keyof typeof POSTING_TABS;

/** What narrows the list; it lives in the address. */
export interface PostingAddress {
  tab: PostingTab;
  search: string;
}

const TABS = Object.keys(POSTING_TABS) as PostingTab[];
const LONGEST_SEARCH = 200;

/** Unknown values fall back to the plain list: an old link must not fail. */
export function postingAddress(query: Readonly<Record<string, unknown>>): PostingAddress {
  const search = query['q'];
  return {
    tab: TABS.find((tab) => tab === query['tab']) ?? 'all',
    search: typeof search === 'string' ? search.trim().replace(/^#/, '').slice(0, LONGEST_SEARCH) : '',
  };
}

/** '/postings?tab=refused&q=harbor'; defaults are left out. */
export function postingsHref({ tab, search }: PostingAddress, extra: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ ...(tab !== 'all' && { tab }), ...(search !== '' && { q: search }), ...extra }).toString();
  return query === '' ? '/postings' : `/postings?${query}`;
}
