import { describe, expect, it } from 'vitest';
import type { PostingItem } from '../../billing/queries/posting-query.js';
import { postingAddress, postingsHref } from './posting-address.js';
import { postingRow } from './postings-presenter.js';

const NOW = new Date('2026-11-04T14:30:00Z');
const ITEM: PostingItem = {
  id: 'p1',
  operation: 'document',
  state: 'refused',
  connection: { id: 'c1', connector: 'books', label: 'Books', account: 'Org' },
  invoice: { id: 'i1', number: '1042', customer: 'Harbor Dental' },
  amount: { amount: '310.00', currency: 'AUD' },
  cause: 'Account 200 is archived.',
  attempts: 0,
  notBefore: '2026-11-04T14:00:00Z',
  createdAt: '2026-11-04T14:00:00Z',
  updatedAt: '2026-11-04T14:20:00Z',
  createdBy: 'Jo',
  assignedTo: 'Gone Person',
  links: [],
  can: { retry: true, skip: true, postNow: false },
};
const row = (parts: Partial<PostingItem> = {}, mayManage = true) =>
  postingRow({ ...ITEM, ...parts }, { people: ['Jo', 'Mia'], mayManage, now: NOW });

describe('a row', () => {
  it('offers what its state and the role allow', () => {
    expect(row().actions).toMatchObject({ retryHref: '/postings/p1/retry', skipHref: '/postings/p1/skip' });
    expect(row({}, false).actions).toEqual({});
    expect(row({ state: 'planned', can: { retry: false, skip: true, postNow: true } }).actions).toEqual({
      skipHref: '/postings/p1/skip',
      sendNowHref: '/postings/p1/now',
    });
  });

  it('keeps somebody who has left as the one it is assigned to', () => {
    expect(row().actions.assign?.people).toEqual([
      { value: 'Gone Person', selected: true },
      { value: 'Jo', selected: false },
      { value: 'Mia', selected: false },
    ]);
  });

  it('leads to the codes only when nothing was sent', () => {
    expect(row().fix?.href).toBe('/connections/c1#mapping');
    expect(row({ attempts: 1 }).fix).toBeUndefined();
    expect(row({ operation: 'status' }).fix).toBeUndefined();
  });

  it.each<[Partial<PostingItem>, string | undefined]>([
    [{}, 'Account 200 is archived.'],
    [{ state: 'planned', notBefore: '2026-11-04T14:30:10Z' }, 'Sent in a moment; until then the approval can be withdrawn.'],
    [{ state: 'planned' }, 'Next in line.'],
    [{ state: 'sending' }, 'On its way to Books.'],
    [{ state: 'posted' }, undefined],
  ])('says what happened and what next (%#)', (parts, cause) => {
    const { cause: own, ...bare } = ITEM;
    const item = parts.state ? { ...bare, ...parts } : { ...bare, ...(own && { cause: own }) };
    expect(postingRow(item, { people: [], mayManage: true, now: NOW }).cause).toBe(cause);
  });

  it('has a name where it belongs to no invoice, and the number of what is attached', () => {
    const { invoice: _none, amount: _nothing, ...bare } = ITEM;
    const contact = postingRow({ ...bare, operation: 'contact', name: 'Coral Sea Tours' }, { people: [], mayManage: true, now: NOW });
    expect(contact).toMatchObject({ operationLabel: 'Customer', name: 'Coral Sea Tours', number: '', customer: '' });
    expect(row({ operation: 'attachment', number: 'INV-1042' })).toMatchObject({ operationLabel: 'PDF', number: 'INV-1042' });
    expect(row()).not.toHaveProperty('name');
  });

  it('calls a negative document by its name', () => {
    expect(row({ amount: { amount: '-310.00', currency: 'AUD' } }).operationLabel).toBe('Credit note');
    expect(row().operationLabel).toBe('Invoice');
  });
});

it('an address is read back as it was written, and anything else is the plain list', () => {
  const address = { tab: 'refused', search: 'kite & co' } as const;
  const query = Object.fromEntries(new URL(postingsHref(address, { cursor: 'x' }), 'http://a').searchParams);
  expect(postingAddress(query)).toEqual(address);
  expect(postingAddress({ tab: ['refused'], q: 7 })).toEqual({ tab: 'all', search: '' });
  expect(postingsHref({ tab: 'all', search: '' })).toBe('/postings');
});
