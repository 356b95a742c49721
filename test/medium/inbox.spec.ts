/** Goal: the list of invoices is complete, in order, and one tenant's alone, whatever the page size and filter. Real Postgres, as the app role. */
import 'reflect-metadata';
import type { TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InboxQuery, INBOX_TABS, type InvoiceFilter, type InboxItem } from '../../src/billing/queries/inbox-query.js';
import { Decisions } from '../../src/billing/review/decisions.js';
import { Reviewers } from '../../src/billing/review/reviewers.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aKey, aPerson, openReading } from '../support/queries.js';
import { aSeedInvoice, seedConnections, seedInvoices, type SeededSource } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

const COUNT = 130;
const ALL: InvoiceFilter = { tab: 'all', search: '' };

let database: TestDatabase;
let module: TestingModule;
let inbox: InboxQuery;
let source: SeededSource;
let ids: Map<string, string>;
let jo: Principal;
let stranger: Principal;

async function everything(caller: Principal, filter: InvoiceFilter, limit = 50): Promise<InboxItem[]> {
  const found: InboxItem[] = [];
  let cursor: string | undefined;
  do {
    const page = await inbox.list(caller, { ...filter, limit, ...(cursor && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor);
  return found;
}

beforeAll(async () => {
  database = await createTestDatabase();
  module = await openReading(database);
  inbox = module.get(InboxQuery);
  const here = await createTenant(database.ownerUrl, 'Here');
  const there = await createTenant(database.ownerUrl, 'There');
  source = await seedConnections(module, here);
  ids = await seedInvoices(
    module,
    source,
    Array.from({ length: COUNT }, (_, index) => aSeedInvoice(index)),
  );
  await seedInvoices(module, await seedConnections(module, there), [aSeedInvoice(0), aSeedInvoice(500)]);
  jo = aPerson(here, 'admin', 'jo@northlight.example');
  stranger = aPerson(there, 'owner');
  for (const number of ['10000', '10001', '10002']) await module.get(Decisions).reject(jo, ids.get(number) ?? '', 'Wrong hours');
  for (const number of ['10003', '10006']) await module.get(Reviewers).markViewed(jo, ids.get(number) ?? '');
});

afterAll(async () => {
  await module.close();
  await database.drop();
});

describe('Inbox.list', () => {
  it('brings every invoice exactly once and newest first, whatever the page size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: COUNT + 5 }),
        fc.constantFrom(...INBOX_TABS),
        fc.constantFrom('', 'kite', 'no such client'),
        async (limit, tab, search) => {
          const filter = { tab, search };
          const [paged, whole] = [await everything(jo, filter, limit), await everything(jo, filter, 200)];
          expect(paged.map((item) => item.id)).toEqual(whole.map((item) => item.id));
          expect(new Set(paged.map((item) => item.id)).size).toBe((await inbox.counts(jo, search))[tab]);
          expect(paged).toEqual(paged.toSorted((a, b) => b.date.localeCompare(a.date) || b.id.localeCompare(a.id)));
        },
      ),
      { numRuns: 25 },
    );
    expect(await everything(jo, ALL, 7)).toHaveLength(COUNT);
  });

  it('shows a tenant nothing of another', async () => {
    expect((await everything(stranger, ALL)).map((item) => item.number)).toEqual(['10500', '10000']);
    expect((await everything(stranger, ALL)).some((item) => ids.get(item.number) === item.id)).toBe(false);
    expect(await inbox.counts(stranger)).toMatchObject({ all: 2, rejected: 0 });
    expect(await inbox.position(stranger, ALL, ids.get('10000') ?? '')).toBeUndefined();
  });

  it.each([
    ['CAFÉ metropole', 'Café Métropole'],
    ['#10007', 'Kite & Co'],
    ['harbor DENTAL', 'Harborview Dental Group'],
    ['group 1001', 'Harborview Dental Group'],
  ])('finds %j without case, accents, order of words and #', async (search, name) => {
    const found = await everything(jo, { ...ALL, search });
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map((item) => item.customer.name))).toEqual(new Set([name]));
  });

  it.each(['%', '_', "' or true --", '\\'])('takes %j as text, not as a pattern', async (search) => {
    expect(await everything(jo, { ...ALL, search })).toEqual([]);
  });

  it('knows mine, unread and new', async () => {
    const counts = await inbox.counts(jo);
    // Every third invoice is routed to Jo; 10000 was rejected.
    expect(counts).toMatchObject({
      all: COUNT,
      rejected: 3,
      new: COUNT - 3,
      unread: COUNT - 5,
      mine: Math.ceil(COUNT / 3) - 1,
      approved: 0,
    });
    expect(await everything(jo, { ...ALL, tab: 'mine' })).toSatisfy((items: InboxItem[]) =>
      items.every((item) => item.reviewers.some((one) => one.email === jo.email)),
    );
    const [viewed] = await everything(jo, { ...ALL, search: '10003' });
    expect(viewed).toMatchObject({ unread: false, reviewers: [{ name: 'Jo Díaz', state: 'viewed' }] });
    expect(await inbox.counts(aKey(source.tenantId, 'owner'))).toMatchObject({ all: COUNT, mine: 0, unread: 0 });
  });

  it('filters by flags and by state', async () => {
    const errors = await everything(jo, { ...ALL, flags: 'error' });
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every((item) => item.flags.errors > 0)).toBe(true);
    const none = await everything(jo, { ...ALL, flags: 'none' });
    const any = await everything(jo, { ...ALL, flags: 'any' });
    expect(none.length + any.length).toBe(COUNT);
    expect((await everything(jo, { ...ALL, state: 'rejected' })).map((item) => item.number).toSorted()).toEqual([
      '10000',
      '10001',
      '10002',
    ]);
  });

  it('says where an invoice is going, and its money with the places of the currency', async () => {
    const [item] = await everything(jo, { ...ALL, search: '10004' });
    expect(item).toMatchObject({
      ledger: { connectionId: source.ledgerId, connector: 'xero', label: 'Xero' },
      total: { currency: 'USD', amount: expect.stringMatching(/^\d+\.\d\d$/) },
    });
  });

  it.each(['nonsense', Buffer.from('[1,2]').toString('base64url'), ''])('refuses the cursor %j', async (cursor) => {
    await expect(inbox.list(jo, { ...ALL, limit: 5, cursor })).rejects.toMatchObject({ kind: 'invalid', facts: { field: 'cursor' } });
  });
});

describe('Inbox.sums', () => {
  it('adds up the filter, not the page', async () => {
    const [sum] = await inbox.sums(jo, { ...ALL, search: 'kite' });
    const items = await everything(jo, { ...ALL, search: 'kite' });
    const cents = items.reduce((all, item) => all + BigInt(item.total.amount.replace('.', '')), 0n);
    expect(sum).toEqual({ count: items.length, total: { amount: String(cents).replace(/(\d\d)$/, '.$1'), currency: 'USD' } });
  });
});

describe('Inbox.position', () => {
  it('names the place and the neighbours of every invoice', async () => {
    const items = await everything(jo, { ...ALL, tab: 'new', search: 'kite' });
    for (const [index, item] of items.entries()) {
      expect(await inbox.position(jo, { ...ALL, tab: 'new', search: 'kite' }, item.id)).toEqual({
        index: index + 1,
        of: items.length,
        ...(items[index - 1] && { previousId: items[index - 1]?.id }),
        ...(items[index + 1] && { nextId: items[index + 1]?.id }),
      });
    }
  });

  it('still leads on from an invoice that has left the filter', async () => {
    const rejected = ids.get('10001') ?? '';
    const all = await everything(jo, ALL);
    const waiting = new Set((await everything(jo, { ...ALL, tab: 'new' })).map((item) => item.id));
    const behind = all.slice(all.findIndex((item) => item.id === rejected) + 1).find((item) => waiting.has(item.id));
    expect(behind).toBeDefined();
    expect((await inbox.position(jo, { ...ALL, tab: 'new' }, rejected))?.nextId).toBe(behind?.id);
  });
});
