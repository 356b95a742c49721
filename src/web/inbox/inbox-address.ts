import { FLAG_FILTERS, INBOX_TABS, type InvoiceFilter } from '../../billing/queries/inbox-query.js';

export { INBOX_TABS, type InboxTab } from '../../billing/queries/inbox-query.js';

/** What narrows the list. It lives in the address, so that a reload, a link and the back button keep it. */
export type InboxFilter = Omit<InvoiceFilter, 'state'>;

const INVOICE_VIEWS = ['document', 'lines', 'changes'] as const;
export type InvoiceViewKey = (typeof INVOICE_VIEWS)[number];

const MOST_TICKED = 500;

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

/** The filter of the page that an htmx request came from; the plain list for any other request. */
export function filterOfPage(address: unknown): InboxFilter {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  return inboxFilter(Object.fromEntries(url?.searchParams ?? []));
}

export function invoiceViewKey(query: Query): InvoiceViewKey {
  return INVOICE_VIEWS.find((value) => value === query['view']) ?? 'document';
}

/** Ids ticked for bulk work. */
export function tickedIds(query: Query): string[] {
  return typeof query['ticked'] === 'string' ? query['ticked'].split(',').slice(0, MOST_TICKED) : [];
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

/** The bytes with this hash never change, so the address may be kept for ever. */
export function documentHref(invoiceId: string, hash: string): string {
  return `/invoices/${encodeURIComponent(invoiceId)}/document.pdf?hash=${hash}`;
}
