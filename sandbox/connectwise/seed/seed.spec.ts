import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from 'decimal.js';
import { afterAll, describe, expect, it } from 'vitest';
import { SandboxStore } from '../../kit/store.js';
import type { Doc, InvoiceDoc } from '../documents.js';
import { seedPsa } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'psa-seed-'));
const stores: SandboxStore[] = [];
afterAll(() => {
  for (const store of stores) store.close();
  rmSync(folder, { recursive: true, force: true });
});

function seeded(seed: number): SandboxStore {
  const store = new SandboxStore(join(folder, `${stores.length}.sqlite`));
  stores.push(store);
  store.transaction(() => seedPsa(store, seed));
  return store;
}

const KINDS = [
  'invoice',
  'time',
  'expense',
  'product',
  'component',
  'agreement',
  'addition',
  'adjustment',
  'payment',
  'routing',
  'company',
  'site',
  'contact',
  'member',
  'taxCode',
  'taxLevel',
  '_meta',
];
const bytes = (store: SandboxStore) => JSON.stringify(KINDS.map((kind) => store.all(kind)));
const store = seeded(1);
const invoices = store.all<InvoiceDoc>('invoice');
const of = (kind: string, invoice: InvoiceDoc) => store.all<Doc>(kind).filter((line) => (line['invoice'] as Doc).id === invoice.id);
const total = (rows: Doc[], field: string) => rows.reduce((sum, row) => sum.plus(row[field] as number), new Decimal(0));
const cents = (value: Decimal) => value.toDecimalPlaces(2, Decimal.ROUND_HALF_UP).toNumber();

function checkTotals(invoice: InvoiceDoc): void {
  const [time, expenses, products] = [of('time', invoice), of('expense', invoice), of('product', invoice)];
  for (const row of time)
    expect(row['extendedInvoiceAmount']).toBe(cents(new Decimal(row['invoiceHours'] as number).times(row['hourlyRate'] as number)));
  for (const row of products) expect(row['extPrice']).toBe(cents(new Decimal(row['quantity'] as number).times(row['price'] as number)));
  expect(invoice.expenseTotal).toBe(cents(total(expenses, 'invoiceAmount')));
  expect(invoice.productTotal).toBe(cents(total(products, 'extPrice')));
  if (time.length > 0 && invoice.type !== 'Progress') expect(invoice.serviceTotal).toBe(cents(total(time, 'extendedInvoiceAmount')));
  const {
    serviceTotal,
    expenseTotal,
    productTotal,
    agreementAmount,
    serviceAdjustmentAmount,
    previousProgressApplied,
    downpaymentApplied,
  } = invoice;
  const subtotal = [
    serviceTotal,
    expenseTotal,
    productTotal,
    agreementAmount,
    serviceAdjustmentAmount,
    -previousProgressApplied,
    -downpaymentApplied,
  ];
  expect(invoice.subtotal).toBe(cents(subtotal.reduce((sum, part) => sum.plus(part), new Decimal(0))));
  expect(invoice.total).toBe(cents(new Decimal(invoice.subtotal).plus(invoice.salesTax)));
  expect(invoice.balance).toBe(cents(new Decimal(invoice.total).minus(invoice.payments).minus(invoice.credits)));
  expect(invoice.payments).toBe(cents(total(of('payment', invoice), 'amount')));
}

describe('the believable MSP', () => {
  it('is the same for the same seed and another for another', () => {
    expect(bytes(seeded(1))).toBe(bytes(store));
    expect(bytes(seeded(2))).not.toBe(bytes(store));
  });

  it('has about 420 invoices of all seven types over 40 customers in two offices', () => {
    expect(invoices).toHaveLength(420);
    expect(new Set(invoices.map(({ invoiceNumber }) => invoiceNumber)).size).toBe(420);
    expect(new Set(invoices.map(({ company }) => company.id)).size).toBe(40);
    expect([...new Set(invoices.map(({ type }) => type))].sort()).toEqual([
      'Agreement',
      'Consolidated',
      'CreditMemo',
      'DownPayment',
      'Miscellaneous',
      'Progress',
      'Standard',
    ]);
    for (const { locationId, currency, company } of invoices) {
      const { country } = store.get('company', company.id) as { country: Doc };
      expect([locationId, currency['currencyCode']]).toEqual(country['identifier'] === 'US' ? [1, 'USD'] : [2, 'AUD']);
    }
  });

  it('adds every invoice up to the cent', () => {
    for (const invoice of invoices) checkTotals(invoice);
  });

  it('taxes what each level taxes', () => {
    const australian = invoices.filter(({ taxCode, type }) => taxCode?.id === 21 && type !== 'CreditMemo');
    const untaxed = new Set(
      store
        .all<Doc>('product')
        .filter((row) => row['taxableFlag'] === false)
        .map((row) => (row['invoice'] as Doc).id),
    );
    const whole = australian.filter(({ id }) => !untaxed.has(id));
    expect(whole.length).toBeGreaterThan(80);
    for (const { salesTax, subtotal } of whole) expect(salesTax).toBe(cents(new Decimal(subtotal).times('0.1')));
    const hillsborough = invoices.filter(({ taxCode }) => taxCode?.id === 11);
    for (const { salesTax, productTotal } of hillsborough.filter(({ id }) => !untaxed.has(id)))
      expect(salesTax).toBe(cents(new Decimal(productTotal).times('0.075')));
    expect(new Set(store.all<Doc>('taxLevel').map((level) => level['taxLevel']))).toEqual(new Set([1, 2, 3]));
    expect(invoices.filter(({ taxableFlag }) => !taxableFlag).every(({ salesTax }) => salesTax === 0)).toBe(true);
  });

  it('has the hard cases', () => {
    expect(invoices.filter((invoice) => of('time', invoice).length === 300).map(({ invoiceNumber }) => invoiceNumber)).toEqual(['1391']);
    expect(invoices.filter(({ total: amount }) => amount === 0)).toHaveLength(6);
    expect(invoices.filter(({ downpaymentApplied }) => downpaymentApplied > 0)).toHaveLength(8);
    expect(invoices.filter(({ serviceAdjustmentAmount }) => serviceAdjustmentAmount < 0).length).toBeGreaterThan(3);
    const time = store.all<Doc>('time');
    expect(time.filter((row) => (row['agreementHours'] as number) > 0 && (row['invoiceHours'] as number) > 0).length).toBeGreaterThan(10);
    const text = time.map((row) => row['notes']).join('|');
    for (const piece of ['\n', '"', "'", '<x86>', '&', '🎧']) expect(text).toContain(piece);
    expect(invoices.some((invoice) => (invoice._sandbox?.agreements ?? []).some(({ parentRecId }) => parentRecId))).toBe(true);
    expect(store.all('component').length).toBeGreaterThan(10);
    const oldest = invoices.filter(({ date }) => date.startsWith('2026-08'));
    const closed = oldest.filter(({ status }) => status.isClosed).length / oldest.length;
    expect(closed).toBeGreaterThan(0.1);
    expect(closed).toBeLessThan(0.2);
    const open = invoices.filter(({ status }) => !status.isClosed);
    expect(open.filter(({ status }) => status.id === 1).length / open.length).toBeGreaterThan(0.9);
  });
});
