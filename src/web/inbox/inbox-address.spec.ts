import { expect, it } from 'vitest';
import { inboxFilter, inboxHref, invoiceHref, invoiceViewKey, tickedIds } from './inbox-address.js';

it('reads back what it wrote', () => {
  const filter = { tab: 'mine', search: 'Kite & Co #7', flags: 'error' } as const;
  const href = inboxHref(filter);
  expect(inboxFilter(Object.fromEntries(new URL(href, 'http://a').searchParams))).toEqual(filter);
});

it('leaves defaults out', () => {
  expect(inboxHref({ tab: 'all', search: '' })).toBe('/invoices');
  expect(invoiceHref('i 1', { tab: 'all', search: '' })).toBe('/invoices/i%201');
  expect(invoiceHref('i1', { tab: 'new', search: '' }, 'lines')).toBe('/invoices/i1?tab=new&view=lines');
});

it('falls back to the plain list for anything it does not know', () => {
  expect(inboxFilter({ tab: 'payroll', flags: ['a'], q: { a: 1 } })).toEqual({ tab: 'all', search: '' });
  expect(invoiceViewKey({ view: 'x' })).toBe('document');
  expect(tickedIds({})).toEqual([]);
});

it('ignores the hash that people type before a number', () => {
  expect(inboxFilter({ q: ' #1042 ' }).search).toBe('1042');
});
