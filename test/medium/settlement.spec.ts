/** Goal: what a ledger's bookkeeper does with our documents is known here and in the PSA, once and to the cent. Real Postgres, real sandboxes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Decisions } from '../../src/billing/review/decisions.js';
import { Money } from '../../src/domain/money.js';
import { openBilling, type Billing, type OpenedBilling } from '../support/billing.js';
import { booked, psaInvoices } from '../support/books.js';

type Ledger = 'quickbooks' | 'xero';

let opened: OpenedBilling;
let billing: Billing;

beforeAll(async () => {
  opened = await openBilling();
  billing = opened.billing;
});

afterAll(async () => {
  await opened.close();
});

async function postedInvoice(ledger: Ledger): Promise<{ number: string; total: Money }> {
  const [number = ''] = await billing.reviewable(ledger, 1, 'i.total > 100');
  await billing.approveForGood(number);
  await billing.drain();
  const invoice = await billing.invoice(number);
  expect(invoice.state).toBe('posted');
  return { number, total: Money.of(invoice.total, invoice.currency) };
}

async function pay(ledger: Ledger, number: string, amount: Money, date = '2026-11-03'): Promise<string> {
  const made = (await billing.control(ledger, '/payments', { number, amount: amount.toText(), date })) as {
    Id?: string;
    PaymentID?: string;
  };
  return made.Id ?? made.PaymentID ?? '';
}

/** As the hourly schedule does: read the ledger, then tell the PSA. */
async function settle(ledger: Ledger): Promise<void> {
  // Rows may become visible a little after the time they carry, so nobody reads the very second of a change.
  billing.clock.advance(2_000);
  expect(await billing.run(ledger, 'settle')).toMatchObject({ state: 'succeeded' });
  await billing.drain();
}

async function expectTold(number: string, payments: { amount: string; type?: string }[], balance: Money, state: string): Promise<void> {
  const [psa, ...others] = await psaInvoices(billing.sandboxes, number);
  expect(others).toEqual([]);
  expect(psa?.payments.map(({ amount }) => amount).toSorted()).toEqual(payments.map(({ amount }) => amount).toSorted());
  expect(psa?.balance).toBe(balance.toText());
  const invoice = await billing.invoice(number);
  expect(invoice.state).toBe(state);
  expect(Money.of(invoice.balance, invoice.currency).equals(balance)).toBe(true);
}

describe.each(['quickbooks', 'xero'] as const)('%s', (ledger) => {
  it('a payment in full settles the invoice and is told once, however often it is read', async () => {
    const { number, total } = await postedInvoice(ledger);
    await pay(ledger, number, total);
    await settle(ledger);
    await settle(ledger);
    await expectTold(number, [{ amount: total.toText() }], Money.zero(total.currency), 'settled');
    expect((await booked(billing.sandboxes, number))[0]?.open).toBe('0.00');
    expect(await billing.postings(number, 'payment')).toMatchObject([{ state: 'posted', attempts: 1 }]);
  });

  it('two partial payments are two payments; the second settles', async () => {
    const { number, total } = await postedInvoice(ledger);
    const first = Money.of('40.01', total.currency);
    await pay(ledger, number, first);
    await settle(ledger);
    await expectTold(number, [{ amount: '40.01' }], total.minus(first), 'posted');
    await pay(ledger, number, total.minus(first), '2026-11-09');
    await settle(ledger);
    await expectTold(number, [{ amount: '40.01' }, { amount: total.minus(first).toText() }], Money.zero(total.currency), 'settled');
  });

  it('a payment that is taken back is taken back in the PSA, and may come again', async () => {
    const { number, total } = await postedInvoice(ledger);
    for (let time = 0; time < 2; time += 1) {
      const id = await pay(ledger, number, total);
      await settle(ledger);
      await expectTold(number, [{ amount: total.toText() }], Money.zero(total.currency), 'settled');
      await billing.control(ledger, '/payments', { remove: id });
      await settle(ledger);
      await expectTold(number, [], total, 'posted');
    }
  });

  it('a payment made and taken back between two readings is never told', async () => {
    const { number, total } = await postedInvoice(ledger);
    await billing.control(ledger, '/payments', { remove: await pay(ledger, number, total) });
    await settle(ledger);
    await expectTold(number, [], total, 'posted');
    expect(await billing.postings(number, 'payment')).toEqual([]);
  });

  it('a credit is told as a credit', async () => {
    const { number, total } = await postedInvoice(ledger);
    await billing.control(ledger, '/credits', { number, amount: '25.50', date: '2026-11-04' });
    await settle(ledger);
    await settle(ledger);
    await expectTold(number, [{ amount: '25.50' }], total.minus(Money.of('25.50', total.currency)), 'posted');
    expect((await psaInvoices(billing.sandboxes, number))[0]?.payments[0]?.type).toBe('Credit');
  });

  it('a document that is voided in the ledger is void here, and is not sent again', async () => {
    const { number } = await postedInvoice(ledger);
    await billing.control(ledger, '/void', { number });
    await settle(ledger);
    expect((await billing.invoice(number)).state).toBe('void');
    expect(await billing.postings(number, 'document')).toMatchObject([{ state: 'voided' }]);
    await billing.drain();
    expect(await booked(billing.sandboxes, number)).toMatchObject([{ voided: true }]);
    expect(await booked(billing.sandboxes, number)).toHaveLength(1);
  });

  it('a document that was voided in the ledger can be reopened, and is posted anew once somebody approves it anew', async () => {
    const { number, total } = await postedInvoice(ledger);
    const { id } = await billing.invoice(number);
    const decisions = billing.module.get(Decisions);
    await expect(decisions.reopen(billing.owner, id)).rejects.toMatchObject({ kind: 'conflict' });
    await billing.control(ledger, '/void', { number });
    await settle(ledger);
    expect(await billing.invoice(number)).toMatchObject({ state: 'void', voidCause: 'voided_in_ledger' });
    expect(
      await billing.query(`select state, ended_because as because from approval where tenant_id = $1 and invoice_id = $2`, [id]),
    ).toEqual([{ state: 'lapsed', because: 'The document was voided in the ledger.' }]);
    await decisions.reopen(billing.owner, id);
    await billing.check();
    await billing.drain();
    expect(await billing.invoice(number)).toMatchObject({ state: 'in_review', voidCause: null, ledgerConnectionId: null });
    expect(await booked(billing.sandboxes, number)).toMatchObject([{ voided: true }]);
    await billing.approveForGood(number);
    await billing.drain();
    expect(await billing.postings(number, 'document')).toMatchObject([{ state: 'voided' }, { state: 'posted', attempts: 1 }]);
    // A voided number stays taken in both ledgers.
    expect(await booked(billing.sandboxes, number)).toMatchObject([{ voided: true }]);
    expect(await booked(billing.sandboxes, `${number}-2`)).toMatchObject([{ voided: false, total: total.toText(), attachments: 1 }]);
    // The old document is read as voided once more, and that says nothing about the new one.
    await settle(ledger);
    expect((await billing.invoice(number)).state).toBe('posted');
    await pay(ledger, `${number}-2`, total);
    await settle(ledger);
    await expectTold(number, [{ amount: total.toText() }], Money.zero(total.currency), 'settled');
  });

  it('what changed in the PSA while the document was in the ledger is what is reviewed after a void', async () => {
    const { number, total } = await postedInvoice(ledger);
    const lines = { products: [{ description: 'Added after posting', quantity: 1, price: 44 }] };
    await billing.control('connectwise', `/invoices/${number}`, { lines }, 'PATCH');
    await billing.pull();
    expect(await billing.invoice(number)).toMatchObject({
      state: 'posted',
      changedAfterPosting: true,
      total: (await billing.invoice(number)).total,
    });
    await billing.control(ledger, '/void', { number });
    await settle(ledger);
    const before = await billing.invoice(number);
    await billing.module.get(Decisions).reopen(billing.owner, before.id);
    await billing.check();
    const after = await billing.invoice(number);
    expect(after).toMatchObject({ state: 'in_review', changedAfterPosting: false });
    expect(after.revisionId).not.toBe(before.revisionId);
    expect(Money.of(after.total, after.currency).equals(total)).toBe(false);
    expect(Money.of(after.balance, after.currency).toText()).toBe((await psaInvoices(billing.sandboxes, number))[0]?.balance);
    await billing.approveForGood(number);
    await billing.drain();
    expect(await booked(billing.sandboxes, `${number}-2`)).toMatchObject([{ total: Money.of(after.total, after.currency).toText() }]);
  });

  it('a payment that changes before and after it was told follows to the PSA, back to its first amount too', async () => {
    const { number, total } = await postedInvoice(ledger);
    const id = await pay(ledger, number, Money.of('60.00', total.currency));
    for (const amount of ['60.00', '45.00', '60.00']) {
      changePayment(ledger, id, amount);
      await settle(ledger);
      await expectTold(number, [{ amount }], total.minus(Money.of(amount, total.currency)), 'posted');
    }
    // Twice between two tellings.
    for (const amount of ['10.00', '60.00']) {
      changePayment(ledger, id, amount);
      billing.clock.advance(2_000);
      await billing.run(ledger, 'settle');
    }
    await billing.drain();
    await expectTold(number, [{ amount: '60.00' }], total.minus(Money.of('60.00', total.currency)), 'posted');
  });

  it('a payment on a document that nobody here knows to be booked yet is told as soon as it is known', async () => {
    const other = await postedInvoice(ledger);
    const [number = ''] = await billing.reviewable(ledger, 1, 'i.total > 100');
    await billing.approveForGood(number);
    const path = ledger === 'quickbooks' ? '/batch?requestid' : '/Invoices?';
    await billing.fault(ledger, { match: { path }, mode: 'drop-after-commit' });
    await billing.send(ledger);
    expect(await billing.postings(number, 'document')).toMatchObject([{ state: 'unknown' }]);
    const { total: amount, currency } = await billing.invoice(number);
    const total = Money.of(amount, currency);
    await pay(ledger, number, total);
    // Another one that is known, and late enough for the next reading to begin behind the first.
    billing.clock.advance(600_000);
    await pay(ledger, other.number, other.total);
    billing.clock.advance(600_000);
    expect(await billing.run(ledger, 'settle')).toMatchObject({ state: 'succeeded' });
    await billing.drain();
    await expectTold(number, [], total, 'posted');
    await settle(ledger);
    await expectTold(number, [{ amount: total.toText() }], Money.zero(total.currency), 'settled');
    await expectTold(other.number, [{ amount: other.total.toText() }], Money.zero(total.currency), 'settled');
  });

  it('a void of a document that nobody here knows to be booked yet is seen as soon as it is known', async () => {
    const other = await postedInvoice(ledger);
    const [number = ''] = await billing.reviewable(ledger, 1, 'i.total > 100');
    await billing.approveForGood(number);
    const path = ledger === 'quickbooks' ? '/batch?requestid' : '/Invoices?';
    await billing.fault(ledger, { match: { path }, mode: 'drop-after-commit' });
    await billing.send(ledger);
    expect(await billing.postings(number, 'document')).toMatchObject([{ state: 'unknown' }]);
    await billing.control(ledger, '/void', { number });
    // Another one that is known, and late enough for the next reading to begin behind the first.
    billing.clock.advance(600_000);
    await billing.control(ledger, '/void', { number: other.number });
    billing.clock.advance(600_000);
    expect(await billing.run(ledger, 'settle')).toMatchObject({ state: 'succeeded' });
    expect((await billing.invoice(other.number)).state).toBe('void');
    await billing.drain();
    await settle(ledger);
    // QuickBooks answers the same request as it did then; in Xero the number is looked up, which shows the void at once.
    const seen =
      ledger === 'quickbooks' ? { state: 'voided' } : { state: 'refused', cause: expect.stringContaining('voided there') as string };
    expect(await billing.postings(number, 'document')).toMatchObject([seen]);
    expect((await billing.invoice(number)).state).toBe(ledger === 'quickbooks' ? 'void' : 'approved');
    expect(await booked(billing.sandboxes, number)).toMatchObject([{ voided: true }]);
  });

  it('an installation that takes one payment for an invoice gets one, raised and lowered', async () => {
    await billing.control('connectwise', '/options', { singlePaymentPerInvoice: true });
    const { number, total } = await postedInvoice(ledger);
    const first = await pay(ledger, number, Money.of('30.00', total.currency));
    await pay(ledger, number, Money.of('12.25', total.currency), '2026-11-08');
    await settle(ledger);
    await expectTold(number, [{ amount: '42.25' }], total.minus(Money.of('42.25', total.currency)), 'posted');
    await billing.control(ledger, '/payments', { remove: first });
    await settle(ledger);
    await expectTold(number, [{ amount: '12.25' }], total.minus(Money.of('12.25', total.currency)), 'posted');
    await billing.control('connectwise', '/options', undefined, 'DELETE');
  });
});

/** As in the vendor's own pages: the bookkeeper corrects the amount of a payment. */
function changePayment(ledger: Ledger, id: string, amount: string): void {
  const { store, clock } = billing.sandboxes[ledger];
  if (ledger === 'quickbooks') {
    type Row = { Id: string; Line: { Amount: number }[]; MetaData: object };
    const row = store.get<Row>('Payment', id);
    const line = { ...row?.Line[0], Amount: Number(amount) };
    store.put('Payment', id, {
      ...row,
      TotalAmt: Number(amount),
      Line: [line],
      MetaData: { ...row?.MetaData, LastUpdatedTime: clock.now().toISOString() },
    });
  } else {
    const row = store.get<Record<string, unknown>>('payment', id);
    store.put('payment', id, { ...row, amount: Number(amount), updatedAt: clock.now().toISOString() });
  }
}
