import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SandboxStore } from '../../kit/store.js';
import type { Doc, InvoiceDoc } from '../documents.js';
import { seedPsa } from './index.js';
import { PLANTED, PLANTED_KEYWORDS, PLANTED_WORK_TYPE, type PlantedRule } from './planted.js';

const folder = mkdtempSync(join(tmpdir(), 'psa-planted-'));
const stores = [1, 20_261_121].map((seed) => {
  const store = new SandboxStore(join(folder, `${seed}.sqlite`));
  store.transaction(() => seedPsa(store, seed));
  return { seed, store };
});
afterAll(() => {
  for (const { store } of stores) store.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Found {
  invoice: InvoiceDoc;
  time: Doc[];
  expenses: Doc[];
  products: Doc[];
  previous: InvoiceDoc | undefined;
}

const DAY_MS = 86_400_000;
const number = (row: Doc, field: string) => row[field] as number;
const notes = (row: Doc) => ((row['notes'] as string | undefined) ?? '').trim();
const margin = (row: Doc) => (number(row, 'price') - number(row, 'cost')) / number(row, 'price');
const age = (row: Doc, invoice: InvoiceDoc) => (Date.parse(invoice.date) - Date.parse(String(row['timeStart']))) / DAY_MS;

/** What each rule looks for, written down apart from the code that plants it. */
const DETECTORS: Record<PlantedRule, (found: Found) => boolean> = {
  'product-below-cost': ({ products }) => products.some((row) => number(row, 'price') < number(row, 'cost')),
  'product-thin-margin': ({ products }) => products.some((row) => margin(row) >= 0 && margin(row) < 0.25),
  'agreement-amount-changed': ({ invoice, previous }) => previous !== undefined && previous.total !== invoice.total,
  'ticket-without-notes': ({ time }) => {
    const tickets = new Set(time.map((row) => (row['ticket'] as Doc | undefined)?.id));
    return [...tickets].some((id) => time.filter((row) => (row['ticket'] as Doc | undefined)?.id === id).every((row) => notes(row) === ''));
  },
  'thin-notes': ({ time }) => time.some((row) => notes(row).length > 0 && notes(row).length < 40),
  'credit-memo-positive': ({ invoice }) => invoice.type === 'CreditMemo' && invoice.total > 0,
  'non-billable-time': ({ time }) => time.some((row) => row['billableOption'] !== 'Billable'),
  'stale-time': ({ invoice, time }) => time.some((row) => age(row, invoice) > 60),
  'flagged-work-type': ({ time }) => time.some((row) => (row['workType'] as Doc)['name'] === PLANTED_WORK_TYPE),
  'no-tax-code': ({ invoice }) => invoice.taxCode === undefined,
  'product-not-taxable': ({ products }) => products.some((row) => row['taxableFlag'] !== true),
  'large-expense': ({ expenses }) => expenses.some((row) => number(row, 'invoiceAmount') >= 500),
  keyword: ({ time, products, expenses }) =>
    PLANTED_KEYWORDS.some((word) => JSON.stringify([time, products, expenses]).toLowerCase().includes(word)),
};

describe.each(stores)('planted mistakes, seed $seed', ({ store }) => {
  const invoices = store.all<InvoiceDoc>('invoice');
  const lines = (kind: string, invoice: InvoiceDoc) => store.all<Doc>(kind).filter((row) => (row['invoice'] as Doc).id === invoice.id);
  const agreementOf = (invoice: InvoiceDoc) => (invoice['agreement'] as Doc | undefined)?.id;
  const previousOf = (invoice: InvoiceDoc) =>
    agreementOf(invoice) === undefined
      ? undefined
      : invoices.filter((other) => agreementOf(other) === agreementOf(invoice) && other.date < invoice.date).at(-1);
  const all: Found[] = invoices.map((invoice) => ({
    invoice,
    time: lines('time', invoice),
    expenses: lines('expense', invoice),
    products: lines('product', invoice),
    previous: previousOf(invoice),
  }));

  it.each(PLANTED)('$rule is on its invoices and nowhere else', ({ rule, numbers }) => {
    expect(numbers.length).toBeGreaterThanOrEqual(2);
    const found = all.filter(DETECTORS[rule]).map(({ invoice }) => invoice.invoiceNumber);
    expect(found).toEqual(numbers);
  });

  it('leaves them open, and at least 70 % of all invoices clean', () => {
    const planted = new Set(PLANTED.flatMap(({ numbers }) => numbers));
    expect(invoices.filter(({ invoiceNumber, status }) => planted.has(invoiceNumber) && status.isClosed)).toEqual([]);
    expect(planted.size / invoices.length).toBeLessThan(0.3);
  });
});
