/**
 * Goal: whatever goes wrong on a write route of a vendor, in the end there is exactly one of everything. Real Postgres, real
 * sandboxes, faults of the wire; the clock is put forward over the quarantine.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Money } from '../../src/domain/money.js';
import { openBilling, openStages, patience, type Billing, type OpenedBilling } from '../support/billing.js';
import { booked, contactsMarked, forgetContacts, psaInvoices } from '../support/books.js';

/** A status is answered without doing anything, and so is a time-out; the other two have done the work. */
const FAULTS = [
  { mode: 'drop-after-commit' },
  { mode: 'timeout' },
  { mode: 'malformed' },
  { mode: 'status', status: 500 },
  { mode: 'status', status: 503 },
  { mode: 'status', status: 429, retryAfter: 1 },
] as const;

type Ledger = 'quickbooks' | 'xero';

const ROUTES: [ledger: Ledger, what: string, match: { method: string; path: string }, which: string][] = [
  ['quickbooks', 'customers', { method: 'POST', path: '/batch?minorversion' }, 'new'],
  ['quickbooks', 'items', { method: 'POST', path: '/batch?minorversion' }, 'known'],
  ['quickbooks', 'invoices', { method: 'POST', path: '/batch?requestid' }, 'known'],
  ['quickbooks', 'credit memos', { method: 'POST', path: '/batch?requestid' }, 'credit'],
  ['quickbooks', 'attachments', { method: 'POST', path: '/upload' }, 'known'],
  ['xero', 'customers', { method: 'PUT', path: '/Contacts' }, 'new'],
  ['xero', 'invoices', { method: 'PUT', path: '/Invoices?' }, 'known'],
  ['xero', 'credit notes', { method: 'PUT', path: '/CreditNotes?' }, 'credit'],
  ['xero', 'attachments', { method: 'PUT', path: '/Attachments/' }, 'known'],
];

/** A time-out passes in real time, here some forty times over. Where a machine is so slow that more than these pass, it ends as well. */
const HASTE_MS = 500;

let opened: OpenedBilling;
let billing: Billing;
/** The same tenant in a process that gives up soon, for what never answers. */
let hasty: Billing;

beforeAll(async () => {
  opened = await openBilling();
  billing = opened.billing;
  hasty = billing.in(await openStages(opened.database, { ...opened.environment, ...patience(HASTE_MS) }, billing.clock));
  forgetContacts(billing.sandboxes);
  // A company that takes any number twice: nothing protects us but ourselves.
  await billing.control('quickbooks', '/options', { warnDuplicateDocNumber: false });
});

afterEach(() => {
  for (const sandbox of Object.values(billing.sandboxes)) sandbox.faults.clear();
});

afterAll(async () => {
  await hasty.module.close();
  await opened.close();
});

function handsFor({ mode }: { mode: string }): Billing {
  return mode === 'timeout' ? hasty : billing;
}

/** `new`: of a customer that the ledger does not have; `known`: of one that it has. */
async function pick(ledger: Ledger, which: string): Promise<string> {
  const known = `exists (select from external_ref e where e.tenant_id = i.tenant_id and e.kind = 'contact' and e.key = i.customer_id::text)`;
  const where = which === 'credit' ? 'i.total < 0' : `i.total > 0 and ${which === 'new' ? 'not ' : ''}${known}`;
  const [number] = await billing.reviewable(ledger, 1, where);
  if (number !== undefined) return number;
  const [other = ''] = await billing.reviewable(ledger, 1);
  return other;
}

async function expectOne(ledger: Ledger, number: string): Promise<void> {
  const invoice = await billing.invoice(number);
  const total = Money.of(invoice.total, invoice.currency);
  const held = await booked(billing.sandboxes, number);
  expect(held).toMatchObject([{ ledger, total: (total.isNegative() ? total.negated() : total).toText(), attachments: 1, voided: false }]);
  expect(held).toHaveLength(1);
  expect(contactsMarked(billing.sandboxes, ledger, invoice.customerId)).toBe(1);
  expect(await billing.postings(number)).toSatisfy((all: { state: string }[]) => all.every(({ state }) => state === 'posted'));
  expect((await billing.invoice(number)).state).toMatch(/posted|settled/);
}

describe.each(ROUTES)('%s, %s', (ledger, what, match, which) => {
  // The PSA has only a few credit memos for one of the ledgers.
  const faults = what === 'credit notes' ? FAULTS.slice(0, 3) : FAULTS;

  it.each(faults)('$mode $status', async (fault) => {
    const number = await pick(ledger, which);
    await billing.approveForGood(number);
    await billing.fault(ledger, { match, ...fault });
    await handsFor(fault).drain();
    await expectOne(ledger, number);
    if (what !== 'items') expect(billing.sandboxes[ledger].faults.list()).toEqual([]);
  });
});

describe.each(ROUTES.filter(([, what]) => what !== 'credit notes'))('%s, %s', (ledger, _what, match, which) => {
  it('all of them one after the other', async () => {
    const number = await pick(ledger, which);
    await billing.approveForGood(number);
    for (const fault of FAULTS) await billing.fault(ledger, { match, ...fault });
    await hasty.drain();
    await expectOne(ledger, number);
  });
});

describe('a request that arrives after we gave up', () => {
  it.each(ROUTES.filter(([, what]) => ['customers', 'invoices', 'attachments'].includes(what)))(
    '%s, %s',
    async (ledger, _what, match, which) => {
      const number = await pick(ledger, which);
      await billing.approveForGood(number);
      await billing.fault(ledger, { match, mode: 'hold' });
      await hasty.send(ledger);
      for (let look = 0; look < 2; look += 1) {
        await hasty.reconcile(ledger);
        await hasty.send(ledger);
      }
      billing.sandboxes[ledger].faults.release();
      await billing.drain();
      await expectOne(ledger, number);
    },
  );

  it.each(ROUTES.filter(([, what]) => what === 'invoices'))(
    '%s, %s, and nobody can say even when asked once more: only the quarantine keeps it from being sent anew',
    async (ledger, _what, match, which) => {
      const number = await pick(ledger, which);
      await billing.approveForGood(number);
      await billing.fault(ledger, { match, mode: 'hold' });
      await billing.fault(ledger, { match, mode: 'timeout' });
      await hasty.send(ledger);
      await hasty.reconcile(ledger);
      expect(await booked(billing.sandboxes, number)).toEqual([]);
      await hasty.reconcile(ledger);
      await hasty.send(ledger);
      expect(await billing.postings(number, 'document')).toMatchObject([{ state: 'unknown', attempts: 1 }]);
      billing.sandboxes[ledger].faults.release();
      await expect.poll(() => booked(billing.sandboxes, number)).toHaveLength(1);
      await billing.drain();
      await expectOne(ledger, number);
    },
  );

  it('with a payment for the PSA', async () => {
    const number = await pick('xero', 'known');
    await billing.approveForGood(number);
    await billing.drain();
    await billing.control('xero', '/payments', { number, amount: '10.00', date: '2026-11-03' });
    billing.clock.advance(2_000);
    await billing.run('xero', 'settle');
    await billing.fault('connectwise', { match: { method: 'POST', path: '/payments' }, mode: 'hold' });
    await hasty.send('connectwise');
    await hasty.reconcile('connectwise');
    await hasty.send('connectwise');
    billing.sandboxes.connectwise.faults.release();
    await billing.drain();
    expect((await psaInvoices(billing.sandboxes, number))[0]?.payments).toMatchObject([{ amount: '10.00' }]);
    expect((await psaInvoices(billing.sandboxes, number))[0]?.payments).toHaveLength(1);
  });
});

describe.each(ROUTES.filter(([, what]) => what === 'invoices'))('%s, %s, booked without our knowing', (ledger, _what, match, which) => {
  it.each([503, 429, 400, 404])('and a %i when asked once more says nothing about the first request', async (status) => {
    const number = await pick(ledger, which);
    await billing.approveForGood(number);
    await billing.fault(ledger, { match, mode: 'drop-after-commit' });
    await billing.fault(ledger, { match, mode: 'status', status, retryAfter: 1 });
    await billing.drain();
    await expectOne(ledger, number);
    expect(billing.sandboxes[ledger].faults.list()).toEqual([]);
  });
});

describe('the PSA', () => {
  it.each(FAULTS)('is told the status once, $mode $status', async (fault) => {
    const number = await pick('xero', 'known');
    await billing.fault('connectwise', { match: { method: 'PATCH', path: '/finance/' }, ...fault });
    await billing.approveForGood(number);
    await handsFor(fault).drain();
    expect(await psaInvoices(billing.sandboxes, number)).toMatchObject([{ status: 'Ready to Send' }]);
    expect(billing.sandboxes.connectwise.faults.list()).toEqual([]);
    await expectOne('xero', number);
  });

  it.each(FAULTS)('is told a payment once, and its removal once, $mode $status', async (fault) => {
    const number = await pick('quickbooks', 'known');
    await billing.approveForGood(number);
    await billing.drain();
    const { total, currency } = await billing.invoice(number);
    const amount = Money.of(total, currency).toText();
    const payment = (await billing.control('quickbooks', '/payments', { number, amount, date: '2026-11-03' })) as { Id: string };
    await billing.fault('connectwise', { match: { method: 'POST', path: '/payments' }, ...fault });
    await billing.run('quickbooks', 'settle');
    await handsFor(fault).drain();
    expect(await psaInvoices(billing.sandboxes, number)).toMatchObject([
      { balance: '0.00', payments: [{ type: 'Payment', amount, date: '2026-11-03' }] },
    ]);
    expect((await psaInvoices(billing.sandboxes, number))[0]?.payments).toHaveLength(1);
    expect((await billing.invoice(number)).state).toBe('settled');
    await billing.control('quickbooks', '/payments', { remove: payment.Id });
    await billing.fault('connectwise', { match: { method: 'DELETE', path: '/payments/' }, ...fault });
    await billing.run('quickbooks', 'settle');
    await handsFor(fault).drain();
    expect(await psaInvoices(billing.sandboxes, number)).toMatchObject([{ balance: amount, payments: [] }]);
    expect((await psaInvoices(billing.sandboxes, number))[0]?.payments).toEqual([]);
    expect((await billing.invoice(number)).state).toBe('posted');
    expect(billing.sandboxes.connectwise.faults.list()).toEqual([]);
  });
});
