import { describe, expect, it } from 'vitest';
import type { InboxItem } from '../../billing/queries/inbox-query.js';
import { listView, type ListFacts } from './list-presenter.js';

const item: InboxItem = {
  id: '0199f2c4-0000-7000-8000-000000000001',
  number: '1042',
  type: 'agreement',
  typeLabel: 'Agreement',
  state: 'in_review',
  customer: { id: 'c', name: 'Kite & Co' },
  date: '2026-11-02',
  dueDate: '2026-12-02',
  total: { amount: '310.00', currency: 'USD' },
  balance: { amount: '310.00', currency: 'USD' },
  flags: { errors: 0, warnings: 1, infos: 2 },
  reviewers: [{ name: 'Jo Díaz', email: 'jo@lumen.example', state: 'waiting' }],
  unread: true,
  changedAfterPosting: false,
};
const counts = { all: 3, mine: 1, unread: 2, new: 2, approved: 0, rejected: 0, posted: 1, settled: 0 };
const usd = { count: 2, total: { amount: '620.00', currency: 'USD' } };
const aud = { count: 1, total: { amount: '5.00', currency: 'AUD' } };

function list(over: Partial<ListFacts> = {}) {
  return listView({
    page: { items: [item], next: null },
    counts,
    sums: [usd, aud],
    filter: { tab: 'all', search: '' },
    mayDecide: true,
    ...over,
  });
}

describe('a row', () => {
  it('wears the colour of its worst open flag and counts them all', () => {
    expect(list().rows[0]?.flags).toEqual({ count: 3, tone: 'warning' });
  });

  it('says a state only where the tab does not', () => {
    const approved = { items: [{ ...item, state: 'approved' as const }], next: null };
    expect(list({ page: approved }).rows[0]?.showState).toBe(true);
    expect(list({ page: approved, filter: { tab: 'approved', search: '' } }).rows[0]?.showState).toBe(false);
    expect(list().rows[0]?.showState).toBe(false);
  });

  it('can be ticked only while it is in review, by those who may decide', () => {
    expect(list().rows[0]?.bulkValue).toBe(`${item.id}:=310.00 USD`);
    expect(list({ page: { items: [{ ...item, state: 'posted' }], next: null } }).rows[0]?.bulkValue).toBeUndefined();
    expect(list({ mayDecide: false }).rows[0]?.bulkValue).toBeUndefined();
  });

  it('that is open is read', () => {
    expect(list({ currentId: item.id }).rows[0]).toMatchObject({ current: true, unread: false });
  });
});

describe('the list', () => {
  it('never adds different currencies', () => {
    expect(list().sums).toEqual([usd.total, aud.total]);
    expect(list().matches).toBe(3);
  });

  it('keeps its filter on tabs and on the next page', () => {
    const filter = { tab: 'mine', search: 'kite', flags: 'error' } as const;
    const view = list({ filter, page: { items: [], next: 'abc' } });
    expect(view.nextHref).toBe('/invoices?tab=mine&q=kite&flags=error&cursor=abc');
    expect(view.tabs.find(({ key }) => key === 'posted')?.href).toBe('/invoices?tab=posted&q=kite&flags=error');
  });

  it.each<[Partial<ListFacts>, string]>([
    [{ filter: { tab: 'all', search: 'zebra' } }, 'No invoice matches “zebra”'],
    [{ filter: { tab: 'all', search: '', flags: 'error' } }, 'No invoice has these flags'],
    [{ filter: { tab: 'mine', search: '' } }, 'No invoice is waiting for you'],
  ])('says why it is empty: %j', (over, title) => {
    expect(list(over).empty.title).toBe(title);
  });

  it('leads to connecting a system while none is connected', () => {
    expect(list().empty.action?.href).toBe('/connections');
    expect(list({ sourceLabel: 'Harbor PSA' }).empty.text).toContain('Harbor PSA');
  });
});
