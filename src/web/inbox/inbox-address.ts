export const INBOX_TABS = ['all', 'mine', 'unread', 'new', 'approved', 'rejected', 'posted'] as const;
export type InboxTab = (typeof INBOX_TABS)[number];

export const FLAG_FILTERS = ['any', 'error', 'warning', 'none'] as const;
export type FlagFilter = (typeof FLAG_FILTERS)[number];

/** What narrows the list. It lives in the address, so that a reload, a link and the back button keep it. */
export interface InboxFilter {
  tab: InboxTab;
  search: string;
  /** Absent: invoices with and without flags. */
  flags?: FlagFilter;
}

export const INVOICE_VIEWS = ['document', 'lines', 'changes'] as const;
export type InvoiceViewKey = (typeof INVOICE_VIEWS)[number];

type Query = Readonly<Record<string, unknown>>;

/** Unknown values fall back to the plain list: an old link must not fail. */
export function inboxFilter(query: Query): InboxFilter {
  const flags = FLAG_FILTERS.find((value) => value === query['flags']);
  return {
    tab: INBOX_TABS.find((value) => value === query['tab']) ?? 'all',
    search: typeof query['q'] === 'string' ? query['q'].trim().replace(/^#/, '').slice(0, 200) : '',
    ...(flags && { flags }),
  };
}

export function invoiceViewKey(query: Query): InvoiceViewKey {
  return INVOICE_VIEWS.find((value) => value === query['view']) ?? 'document';
}

/** Ids ticked for bulk work. */
export function tickedIds(query: Query): string[] {
  return typeof query['ticked'] === 'string' ? query['ticked'].split(',').slice(0, 500) : [];
}

/** '/invoices?tab=mine&q=harbor'; defaults are left out. */
export function inboxHref(filter: InboxFilter, extra: Readonly<Record<string, string>> = {}): string {
  return address('/invoices', filter, extra);
}

export function invoiceHref(id: string, filter: InboxFilter, view: InvoiceViewKey = 'document'): string {
  return address(`/invoices/${encodeURIComponent(id)}`, filter, view === 'document' ? {} : { view });
}

function address(path: string, filter: InboxFilter, extra: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams();
  if (filter.tab !== 'all') query.set('tab', filter.tab);
  if (filter.search !== '') query.set('q', filter.search);
  if (filter.flags) query.set('flags', filter.flags);
  for (const [name, value] of Object.entries(extra)) query.set(name, value);
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}
