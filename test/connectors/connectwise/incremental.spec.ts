import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BillingSource } from '../../../src/ports/billing-source.js';
import { connectedPsa, pages, pullAll, type ConnectedPsa } from './connected.fixture.js';
import { mapInvoice } from '../../../src/connectors/connectwise/map/map-invoice.js';

let psa: ConnectedPsa;
let source: BillingSource;
let known: string;
/** By how much our clock is ahead of the vendor's. */
let ahead = 0;
const MINUTE = 60_000;
const now = () => new Date(Date.now() + ahead);

/** Until nothing is news any more: what was written last is read again once its window has passed. */
async function settle(cursor?: string): Promise<string> {
  let at = cursor;
  for (;;) {
    const { invoices, cursor: next } = await pullAll(source, at);
    at = next;
    if (invoices.length === 0) return at;
  }
}

beforeAll(async () => {
  psa = await connectedPsa();
  source = psa.reopen({ clock: { now } }).source;
  known = await settle();
}, 60_000);
beforeEach(async () => {
  // Instants of the vendor have no fractions: the next change gets a second of its own.
  await psa.control('POST', '/clock', { advanceMs: 2_000 });
  ahead += 2_000;
});
afterEach(() => psa.control('DELETE', '/faults'));
afterAll(() => psa.close());

const totalOf = (payload: unknown) => mapInvoice(payload).invoice.content.total;

describe('an incremental read', () => {
  it('of nothing is four requests and an empty page', async () => {
    psa.requests();
    const read = await pages(source, known);
    expect(read.map(({ invoices }) => invoices.length)).toEqual([0, 0]);
    expect(psa.requests().map((request) => request.replace(/\?.*/, ''))).toEqual([
      'GET /finance/invoices',
      'GET /time/entries',
      'GET /expense/entries',
      'GET /procurement/products',
    ]);
    expect(read.at(-1)?.cursor).toBe(known);
  });

  it('brings an invoice that a person changed, again while more may come in the same window, and then no more', async () => {
    await psa.control('PATCH', '/invoices/1250', { customerPO: 'PO-77' });
    const first = await pullAll(source, known);
    expect(first.invoices.map(({ number }) => number)).toEqual(['1250']);
    expect(mapInvoice(first.invoices[0]?.payload).invoice.content.purchaseOrder).toBe('PO-77');
    const second = await pullAll(source, first.cursor);
    expect(second.invoices.map(({ number }) => number)).toEqual(['1250']);
    ahead += 15 * MINUTE;
    const third = await pullAll(source, second.cursor);
    expect(third.invoices.map(({ number }) => number)).toEqual(['1250']);
    const fourth = await pullAll(source, third.cursor);
    expect(fourth.invoices).toEqual([]);
    known = fourth.cursor;
  });

  it('brings an invoice whose product changed although the invoice says that it did not', async () => {
    const before = await psa.stated('1205');
    await psa.control('PATCH', '/invoices/1205', {
      lines: { products: [{ description: 'One more', price: 100, cost: 50, catalogItem: { id: 1, identifier: 'X', name: 'X' } }] },
    });
    const after = await psa.stated('1205');
    expect(after.total).toBeGreaterThan(before.total);
    // The vendor forgets to touch the header: only the row is new.
    const stale = psa.sandbox.store.get<{ _info: object }>('invoice', after.id);
    psa.sandbox.store.put('invoice', after.id, { ...stale, _info: { ...stale?._info, lastUpdated: '2026-08-02T10:00:00Z' } });
    psa.requests();
    const { invoices, cursor } = await pullAll(source, known);
    expect(invoices.map(({ number }) => number)).toEqual(['1205']);
    expect(totalOf(invoices[0]?.payload)).toBe(String(after.total));
    ahead += 15 * MINUTE;
    known = await settle(cursor);
  });

  it('goes on where a crash stopped it, page by page, without losing or repeating one', async () => {
    const moment = now();
    const clock = { now: () => moment };
    const whole = await pages(psa.reopen({ clock }).source);
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < whole.length; page += 1) {
      const { source: anew } = psa.reopen({ clock });
      for await (const next of anew.pull(cursor)) {
        seen.push(...next.invoices.map(({ externalId }) => externalId));
        cursor = next.cursor;
        break;
      }
    }
    expect(seen).toEqual(whole.flatMap(({ invoices }) => invoices.map(({ externalId }) => externalId)));
    expect(cursor).toBe(whole.at(-1)?.cursor);
    expect(new Set(seen).size).toBe(420);
  });

  it('finds what changed on a page that it had already passed', async () => {
    const early = new Date(Date.now() - 1_000);
    const { source: slow } = psa.reopen({ clock: { now: () => early } });
    let cursor = '';
    let isFirst = true;
    for await (const page of slow.pull(undefined)) {
      cursor = page.cursor;
      if (isFirst) await psa.control('PATCH', '/invoices/1201', { reference: 'changed while we read' });
      if (isFirst) await psa.control('PATCH', '/invoices/1600', { reference: 'changed later' });
      isFirst = false;
    }
    const { invoices } = await pullAll(psa.source, cursor);
    expect(invoices.map(({ number }) => number)).toContain('1201');
  });

  it('never misses a change when our clock runs days ahead of the vendor’s', async () => {
    const days = new Date(Date.now() + 5 * 86_400_000);
    const { source: hasty } = psa.reopen({ clock: { now: () => days } });
    const { cursor } = await pullAll(hasty);
    await psa.control('PATCH', '/invoices/1300', { reference: 'late' });
    const { invoices } = await pullAll(hasty, cursor);
    expect(invoices.map(({ number }) => number)).toContain('1300');
  });

  it('says so when its place cannot be read back', async () => {
    await expect(pages(psa.source, 'nonsense')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(pages(psa.source, '{"version":2}')).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('lists all ids, and a deleted invoice is no longer among them', async () => {
    const ids = async () => {
      const all: string[] = [];
      for await (const page of psa.source.listIds()) all.push(...page);
      return all;
    };
    const before = await ids();
    expect(before).toHaveLength(420);
    const { id } = await psa.stated('1610');
    await psa.control('PATCH', '/invoices/1610', { delete: true });
    expect((await ids()).filter((one) => one === String(id))).toEqual([]);
    expect(await psa.source.fetch([String(id)])).toEqual([]);
    expect(await psa.source.glance([String(id), 'no-number'])).toEqual([]);
  });

  it('glances at fifty invoices with one request', async () => {
    const ids: string[] = [];
    for await (const page of psa.source.listIds()) ids.push(...page);
    psa.requests();
    const glances = await psa.source.glance(ids.slice(0, 50));
    expect(psa.requests()).toHaveLength(1);
    const read = await psa.source.fetch(ids.slice(0, 50));
    expect(glances).toHaveLength(50);
    for (const glance of glances) {
      const { content, context } = mapInvoice(read.find(({ externalId }) => externalId === glance.externalId)?.payload).invoice;
      expect(glance).toEqual({
        externalId: context.externalId,
        updatedAt: context.updatedAt,
        statusExternalId: context.status.externalId,
        closed: context.status.closed,
        total: content.total,
      });
    }
  });
});
