/** Goal: every invoice of the PSA comes in exactly as it is there, once, whatever is wrong with its neighbours. Real Postgres, the real sandbox. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Interpret } from '../../src/billing/intake/interpret.js';
import { StaffReading } from '../../src/billing/intake/staff-reading.js';
import { Decisions } from '../../src/billing/review/decisions.js';
import { PLANTED } from '../../sandbox/connectwise/seed/planted.js';
import { Money } from '../../src/domain/money.js';
import type { MapInvoice } from '../../src/ports/billing-source.js';
import { VendorRecordRepository } from '../../src/billing/invoices/vendor-record.repository.js';
import { SyncRunRepository } from '../../src/jobs/sync-run.repository.js';
import { openBilling, type Billing, type OpenedBilling } from '../support/billing.js';
import { aSeedInvoice, mapSeed } from '../support/seed-invoices.js';

let opened: OpenedBilling;
let billing: Billing;

beforeAll(async () => {
  opened = await openBilling({ pull: false });
  billing = opened.billing;
});

afterAll(async () => {
  await opened.close();
});

async function psaTotals(): Promise<Map<string, string>> {
  const answer = await fetch(`${billing.sandboxes.connectwise.url}/_sandbox/documents`);
  const rows = (await answer.json()) as { invoiceNumber: string; total: number; currency: { currencyCode: string } }[];
  return new Map(rows.map((row) => [row.invoiceNumber, Money.of(String(row.total), row.currency.currencyCode).toText()]));
}

const edit = (number: string, change: unknown) => billing.control('connectwise', `/invoices/${number}`, change, 'PATCH');

describe('a pull', () => {
  it('brings all 420 invoices to the cent, and puts those that are open before the reviewers', async () => {
    const run = await billing.pull();
    expect(run).toMatchObject({ state: 'succeeded', expected: 420, fetched: 420, changed: 420, setAside: 0 });
    const rows = await billing.query<{ number: string; total: string; currency: string; state: string }>(
      'select number, total, currency, state from invoice where tenant_id = $1',
    );
    const ours = new Map(rows.map((row) => [row.number, Money.of(row.total, row.currency).toText()]));
    expect(ours).toEqual(await psaTotals());
    expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['in_review', 'skipped']));
  });

  it('finds the planted mistakes of every rule there is, and nothing else', async () => {
    const flags = await billing.query<{ rule: string; number: string }>(
      `select f.rule, i.number from flag f join invoice i on i.tenant_id = f.tenant_id and i.id = f.invoice_id where f.tenant_id = $1 and not f.gone`,
    );
    const found = new Map<string, Set<string>>();
    for (const { rule, number } of flags) found.set(rule, (found.get(rule) ?? new Set()).add(number));
    expect(found.size).toBeGreaterThanOrEqual(4);
    const byRule = new Map(PLANTED.map(({ rule, numbers }) => [rule.replace('credit-memo-positive', 'credit-memo-that-charges'), numbers]));
    for (const [rule, numbers] of found) expect([rule, [...numbers].toSorted()]).toEqual([rule, [...(byRule.get(rule) ?? [])].toSorted()]);
  });

  it('without a list that it can do without goes on, and its run says what is then not known', async () => {
    await billing.control('connectwise', '/options', { denied: ['members'] });
    const open = (await billing.reviewable('quickbooks', 5)).at(-1) ?? '';
    await edit(open, { topComment: 'Thank you for your patience' });
    const run = await billing.pull();
    await billing.control('connectwise', '/options', { denied: [] });
    expect(run).toMatchObject({ state: 'succeeded', changed: 1, setAside: 0 });
    expect(run.problem).toMatch(/^Not known: the e-mail addresses of the people/);
    expect((await billing.pull()).problem).toBeNull();
  });

  it('again changes nothing', async () => {
    const count = async () => (await billing.query('select count(*) from invoice_revision where tenant_id = $1'))[0];
    const before = await count();
    expect(await billing.pull()).toMatchObject({ state: 'succeeded', changed: 0, setAside: 0 });
    expect(await count()).toEqual(before);
  });

  it('of an edited invoice makes a revision, and ends the consent to the old one, of a single reviewer too', async () => {
    const [approved = '', seen = ''] = await billing.reviewable('quickbooks', 2);
    await billing.approve(approved);
    const first = await billing.invoice(seen);
    await billing.query(
      `insert into reviewer (tenant_id, id, invoice_id, email, name, decision) values ($1, gen_random_uuid(), $2, 'ann@example.com', 'Ann', 'waiting'), ($1, gen_random_uuid(), $2, 'bob@example.com', 'Bob', 'waiting')`,
      [first.id],
    );
    const ann = {
      ...billing.owner,
      role: 'member' as const,
      email: 'ann@example.com',
      actor: { kind: 'person' as const, id: first.id, label: 'Ann' },
    };
    expect(await billing.module.get(Decisions).approve(ann, first.id, await billing.render(seen))).toMatchObject({ final: false });
    for (const number of [approved, seen])
      await edit(number, { lines: { products: [{ description: 'Added later', quantity: 1, price: 12.5 }] } });
    await billing.pull();
    for (const number of [approved, seen]) {
      const invoice = await billing.invoice(number);
      expect(invoice.state).toBe('in_review');
      const rows = await billing.query<{ state: string }>('select state from approval where tenant_id = $1 and invoice_id = $2', [
        invoice.id,
      ]);
      expect(rows).toEqual([{ state: 'lapsed' }]);
      expect(
        await billing.query('select number from invoice_revision where tenant_id = $1 and invoice_id = $2 order by number', [invoice.id]),
      ).toEqual([{ number: 1 }, { number: 2 }]);
    }
    expect(await billing.postings(approved, 'document')).toMatchObject([{ state: 'skipped' }]);
    expect(await billing.query(`select distinct decision from reviewer where tenant_id = $1 and invoice_id = $2`, [first.id])).toEqual([
      { decision: 'waiting' },
    ]);
  });

  it('of a rejected invoice that was put right brings it back into review', async () => {
    const [number = ''] = await billing.reviewable('xero', 1);
    const { id } = await billing.invoice(number);
    await billing.module.get(Decisions).reject(billing.owner, id, 'Wrong rate');
    await edit(number, { lines: { products: [{ description: 'Put right', quantity: 1, price: 1 }] } });
    await billing.pull();
    expect((await billing.invoice(number)).state).toBe('in_review');
  });

  it('sets aside what cannot be understood, and takes it up when it can', async () => {
    const [wrongSum = '', unknownType = '', good = ''] = await billing.reviewable('xero', 3);
    const before = await billing.invoice(wrongSum);
    await edit(wrongSum, { total: 99_999.99 });
    const { store } = billing.sandboxes.connectwise;
    const row = store
      .all<{ id: number; invoiceNumber: string; type: string; _info: object }>('invoice')
      .find((one) => one.invoiceNumber === unknownType);
    await edit(unknownType, { topComment: 'touched' });
    const touched = store.get<object>('invoice', row?.id ?? 0);
    store.put('invoice', row?.id ?? 0, { ...touched, type: 'Hologram' });
    await edit(good, { lines: { products: [{ description: 'Fine', quantity: 1, price: 5 }] } });
    const run = await billing.pull();
    expect(run).toMatchObject({ state: 'succeeded', setAside: 1 });
    expect((await billing.invoice(wrongSum)).total).toBe(before.total);
    expect((await billing.invoice(good)).revisionId).not.toBe(before.revisionId);
    const problems = await billing.query<{ number: string; problem: string }>(
      'select number, problem from vendor_record where tenant_id = $1 and problem is not null order by number',
    );
    expect(problems).toEqual([{ number: wrongSum, problem: expect.stringContaining('do not make the total 99999.99') }]);
    // A type that nobody has heard of is still an invoice with lines and a total.
    expect(await billing.invoice(unknownType)).toMatchObject({ type: 'other', typeLabel: 'Hologram', state: 'in_review' });
    await edit(wrongSum, { topComment: 'recomputed' });
    await edit(unknownType, { type: row?.type });
    expect(await billing.pull()).toMatchObject({ state: 'succeeded', setAside: 0 });
    expect(await billing.query('select number from vendor_record where tenant_id = $1 and problem is not null')).toEqual([]);
  });

  it('takes {} for a reference that is not set', async () => {
    await billing.control('connectwise', '/options', { emptyRefs: true });
    const [number = ''] = await billing.reviewable('quickbooks', 1);
    const before = await billing.invoice(number);
    await edit(number, { topComment: 'looked at again' });
    expect(await billing.pull()).toMatchObject({ state: 'succeeded', setAside: 0 });
    expect((await billing.invoice(number)).total).toBe(before.total);
    await billing.control('connectwise', '/options', undefined, 'DELETE');
  });

  it('that meets a vendor which is down fails with a sentence and goes on later from where it was', async () => {
    await edit((await billing.reviewable('xero', 1))[0] ?? '', { topComment: 'while it is down' });
    await billing.fault('connectwise', { match: { path: '/finance/invoices' }, mode: 'status', status: 503, count: 50 });
    const failed = await billing.run('connectwise', 'pull');
    expect(failed).toMatchObject({ state: 'failed', problem: expect.stringContaining('ConnectWise PSA') });
    billing.sandboxes.connectwise.faults.clear();
    expect(await billing.pull()).toMatchObject({ state: 'succeeded' });
  });
});

describe('a sweep', () => {
  it('voids what was deleted, and nothing at all when the PSA shows nothing', async () => {
    const [number = ''] = await billing.reviewable('quickbooks', 1);
    await edit(number, { delete: true });
    expect(await billing.run('connectwise', 'sweep')).toMatchObject({ state: 'succeeded', fetched: 419, changed: 1 });
    expect((await billing.invoice(number)).state).toBe('void');
    const { store } = billing.sandboxes.connectwise;
    const rows = store.all<{ id: number }>('invoice');
    for (const { id } of rows) store.delete('invoice', id);
    expect(await billing.run('connectwise', 'sweep')).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('lists no invoice at all'),
    });
    for (const row of rows) store.put('invoice', row.id, row);
    const [states] = await billing.query<{ count: string }>(`select count(*) from invoice where tenant_id = $1 and state = 'void'`);
    expect(states?.count).toBe('1');
  });
});

describe('a sweep that somebody stops', () => {
  it('while it lists what is there changes nothing', async () => {
    const [number = ''] = await billing.reviewable('quickbooks', 1);
    await edit(number, { delete: true });
    const runs = billing.module.get(SyncRunRepository);
    const listed = vi.spyOn(billing.module.get(StaffReading), 'refresh').mockImplementationOnce(async (tenantId, connectionId) => {
      await billing.tx.run(tenantId, async () => {
        const [run] = await runs.latest(connectionId, 1);
        expect(await runs.finish(run?.id ?? '', 'cancelled', 'Stopped by Dana.')).toBe(true);
        expect(await runs.finish(run?.id ?? '', 'succeeded')).toBe(false);
      });
    });
    expect(await billing.run('connectwise', 'sweep')).toMatchObject({ state: 'cancelled', changed: 0, problem: 'Stopped by Dana.' });
    listed.mockRestore();
    expect((await billing.invoice(number)).state).toBe('in_review');
  });
});

describe('raw records', () => {
  const store = async (records: ReturnType<typeof aSeedInvoice>[], updatedAt = '2026-11-05T10:00:00Z') => {
    const raw = records.map((record) => ({
      externalId: record.invoice.context.externalId,
      number: record.invoice.content.number,
      updatedAt,
      payload: record,
    }));
    await billing.tx.run(billing.tenantId, () =>
      billing.module.get(VendorRecordRepository).store(billing.connections.connectwise, raw, billing.clock.now()),
    );
  };
  const interpret = (map: MapInvoice = mapSeed) =>
    billing.module.get(Interpret).everything(billing.tenantId, billing.connections.connectwise, map);

  it('come with characters that a database does not take, twice in a page, and with one that no column can hold', async () => {
    const [nul, huge, fine] = [aSeedInvoice(900), aSeedInvoice(901), aSeedInvoice(902)];
    nul.invoice.content.topComment = 'half a pair \ud83d and a NUL \0 here';
    huge.invoice.content.dueDate = '2026-02-31';
    await store([nul, nul, huge, fine]);
    const counts = await interpret();
    expect(counts).toEqual({ changed: 2, setAside: 1 });
    const [held] = await billing.query<{ comment: string }>(
      `select r.content ->> 'topComment' as comment from invoice i join invoice_revision r on r.tenant_id = i.tenant_id and r.id = i.revision_id where i.tenant_id = $1 and i.number = $2`,
      [nul.invoice.content.number],
    );
    expect(held?.comment).toBe('half a pair \ufffd and a NUL \ufffd here');
    const [aside] = await billing.query<{ problem: string }>(
      'select problem from vendor_record where tenant_id = $1 and problem is not null',
    );
    expect(aside?.problem).toMatch(/^The record cannot be stored: /);
  });

  it('that were read before a newer one was stored do not bring the older charge back', async () => {
    const newer = aSeedInvoice(910, { content: { topComment: 'newer' } });
    const older = aSeedInvoice(910, { content: { topComment: 'older' } });
    await store([newer], '2026-11-06T10:00:00Z');
    await interpret();
    await store([older], '2026-11-05T10:00:00Z');
    expect(await interpret()).toEqual({ changed: 0, setAside: 0 });
  });
});
