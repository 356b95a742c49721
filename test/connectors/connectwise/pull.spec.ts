import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentHash } from '../../../src/domain/content-hash.js';
import { assertSums } from '../../../src/domain/invoice-sums.js';
import type { SourceInvoice } from '../../../src/domain/invoice.js';
import { Decimal } from '../../../src/domain/money.js';
import type { RawInvoice, SourcePage } from '../../../src/ports/billing-source.js';
import { connectedPsa, pages, type ConnectedPsa, type Stated } from './connected.fixture.js';
import { mapInvoice } from '../../../src/connectors/connectwise/map/map-invoice.js';
import { PLANTED, PLANTED_WORK_TYPE } from '../../../sandbox/connectwise/index.js';

let psa: ConnectedPsa;
let all: SourcePage[];
let raws: RawInvoice[];
let requests: string[];
const mapped = new Map<string, SourceInvoice>();

beforeAll(async () => {
  psa = await connectedPsa();
  all = await pages(psa.source);
  requests = psa.requests();
  raws = all.flatMap((page) => page.invoices);
  for (const raw of raws) mapped.set(raw.number, mapInvoice(raw.payload).invoice);
}, 60_000);
afterAll(() => psa.close());

const invoice = (number: string): SourceInvoice => {
  const found = mapped.get(number);
  if (!found) throw new Error(`no invoice ${number}`);
  return found;
};

describe('a full read of the sandbox', () => {
  it('brings all 420 invoices once, in five pages, and says so at the start', () => {
    expect(all.map(({ invoices }) => invoices.length)).toEqual([100, 100, 100, 100, 20, 0]);
    expect(new Set(raws.map(({ externalId }) => externalId)).size).toBe(420);
    expect(all[0]?.expected).toBe(420);
  });

  it('maps every one without a problem: sums hold and totals are the PSA’s own', async () => {
    const stated = (await psa.control('GET', '/documents')) as Stated[];
    expect(stated).toHaveLength(420);
    for (const one of stated) {
      const { content, context } = invoice(one.invoiceNumber);
      assertSums(content);
      const told = [content.subtotal, content.tax, content.total, context.balance, context.paid].map((text) =>
        new Decimal(text).toNumber(),
      );
      expect([one.invoiceNumber, ...told]).toEqual([one.invoiceNumber, one.subtotal, one.salesTax, one.total, one.balance, one.payments]);
    }
  });

  it('explains every tax by its levels, and needs no rounding lines', () => {
    for (const { content } of mapped.values()) {
      expect(content.lines.filter(({ key }) => key.startsWith('rounding:'))).toEqual([]);
      if (!new Decimal(content.tax).isZero()) expect(content.taxes.every(({ rate }) => rate !== undefined)).toBe(true);
      else expect(content.taxes).toEqual([]);
    }
    expect(invoice('1205').content.taxes.map(({ label }) => label)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\w+ [\d.]+%$/)]),
    );
  });

  it('stays within a small number of requests', () => {
    const kinds = new Map<string, number>();
    for (const request of requests) {
      const kind = request.replace(/\?.*/, '').replace(/\/\d+/g, '/…');
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    const perInvoice = kinds.get('GET /finance/invoices/…/routings') ?? 0;
    const open = [...mapped.values()].filter(({ context }) => !context.status.closed).length;
    expect(perInvoice).toBe(open);
    expect(requests.length - perInvoice).toBeLessThan(70);
    expect(Math.max(...requests.map((request) => request.length + psa.sandbox.url.length))).toBeLessThan(2_000);
  });

  it('never asks for internal notes, and keeps no links of the vendor', () => {
    expect(requests.filter((request) => /internalNotes/i.test(request))).toEqual([]);
    expect(JSON.stringify(raws)).not.toMatch(/internalNotes|_href|distributor/);
  });

  it('knows every kind of invoice', () => {
    const kinds = new Set([...mapped.values()].map(({ content }) => `${content.type} ${content.typeLabel}`));
    expect([...kinds].toSorted()).toEqual([
      'agreement Agreement',
      'consolidated Consolidated',
      'credit_memo Credit Memo',
      'down_payment Down Payment',
      'miscellaneous Miscellaneous',
      'progress Progress',
      'standard Standard',
    ]);
  });

  it('reads the long invoice whole', () => {
    const time = invoice('1391').content.lines.filter(({ kind }) => kind === 'time');
    expect(time.length).toBeGreaterThanOrEqual(300);
    expect(new Set(time.map(({ key }) => key)).size).toBe(time.length);
  });

  it('names children of agreements and prints components under their bundle', () => {
    const agreements = [...mapped.values()].filter(({ content }) => content.type === 'agreement');
    const withChild = agreements.filter(({ content }) => content.lines.filter(({ kind }) => kind === 'agreement').length === 2);
    expect(withChild.length).toBeGreaterThan(10);
    expect(withChild[0]?.content.lines.map(({ description }) => description)).toContain('Backup & Recovery');
    expect(requests.filter((request) => request.includes('/finance/info/invoice'))).toEqual([]);
    const components = [...mapped.values()].flatMap(({ content }) => content.lines.filter(({ kind }) => kind === 'component'));
    expect(components.length).toBeGreaterThan(10);
    expect(components.every(({ parentKey, amount }) => parentKey?.startsWith('product:') && amount === '0.00')).toBe(true);
  });

  it('tells who is to look at an invoice, with an address', () => {
    const routed = [...mapped.values()].flatMap(({ context }) => context.routing);
    expect(routed.length).toBeGreaterThan(150);
    expect(routed.every(({ email, name }) => /@/.test(email) && name.includes(' '))).toBe(true);
  });

  it('gives the same hash for the same payload, whichever way it was fetched', async () => {
    const some = raws.filter((_, index) => index % 17 === 0);
    const again = await psa.source.fetch(some.map(({ externalId }) => externalId));
    expect(again.length).toBe(some.length);
    for (const raw of again) {
      const before = some.find(({ externalId }) => externalId === raw.externalId);
      expect(raw.payload).toEqual(before?.payload);
      expect(contentHash(mapInvoice(JSON.parse(JSON.stringify(raw.payload))).invoice.content)).toBe(
        contentHash(invoice(raw.number).content),
      );
    }
  });
});

describe('planted mistakes reach the rules', () => {
  const numbersOf = (rule: string): readonly string[] => PLANTED.find((planted) => planted.rule === rule)?.numbers ?? [];
  const found = (test: (one: SourceInvoice) => boolean): string[] =>
    [...mapped.values()]
      .filter(test)
      .map(({ content }) => content.number)
      .toSorted();

  it('products below cost and with a thin margin', () => {
    const margins = ({ content, context }: SourceInvoice) =>
      content.lines
        .filter(({ kind }) => kind === 'product' || kind === 'addition')
        .map((line) => ({ price: new Decimal(line.amount), cost: new Decimal(context.lineFacts[line.key]?.cost ?? 'NaN') }))
        .filter(({ price }) => price.gt(0));
    expect(found((one) => margins(one).some(({ price, cost }) => price.lt(cost)))).toEqual(numbersOf('product-below-cost'));
    const thin = ({ price, cost }: { price: Decimal; cost: Decimal }) => price.gte(cost) && price.minus(cost).div(price).lt('0.25');
    expect(found((one) => margins(one).some(thin))).toEqual(numbersOf('product-thin-margin'));
  });

  it('charged tickets without notes', () => {
    const silent = ({ content }: SourceInvoice) => {
      const time = content.lines.filter(({ kind, workOrder }) => kind === 'time' && workOrder?.kind === 'ticket');
      return time.some((line) => time.filter((other) => other.workOrder?.number === line.workOrder?.number).every(({ notes }) => !notes));
    };
    expect(found(silent)).toEqual(numbersOf('ticket-without-notes'));
  });

  it('credit memos that charge, invoices without a tax code, products that are not taxed', () => {
    expect(found(({ content }) => content.type === 'credit_memo' && new Decimal(content.total).gt(0))).toEqual(
      numbersOf('credit-memo-positive'),
    );
    expect(found(({ context }) => !context.hasTaxCode)).toEqual(numbersOf('no-tax-code'));
    const facts = (number: string) => Object.values(invoice(number).context.lineFacts);
    expect(numbersOf('no-tax-code').every((number) => facts(number).some(({ taxCodeMissing }) => taxCodeMissing))).toBe(true);
    const [notTaxed = ''] = numbersOf('product-not-taxable');
    const products = invoice(notTaxed).content.lines.filter(({ kind }) => kind === 'product');
    expect(products.map(({ taxable }) => taxable)).toContain(false);
  });

  it('free work, old work, flagged work types, large expenses', () => {
    const lines = ({ content }: SourceInvoice) => content.lines;
    const [free = '', hidden = ''] = numbersOf('non-billable-time');
    expect(found((one) => lines(one).some(({ billable }) => billable !== 'billable'))).toEqual([free]);
    const rows = (
      raws.find(({ number }) => number === hidden) as RawInvoice & { payload: { time: { id: number; billableOption: string }[] } }
    ).payload.time;
    const kept = rows.find(({ billableOption }) => billableOption === 'DoNotBill');
    expect(kept).toBeDefined();
    expect(lines(invoice(hidden)).map(({ key }) => key)).not.toContain(`time:${kept?.id}`);
    expect(
      found((one) => lines(one).some(({ date }) => Date.parse(date ?? one.content.date) < Date.parse(one.content.date) - 60 * 86_400_000)),
    ).toEqual(numbersOf('stale-time'));
    expect(found((one) => lines(one).some(({ workType }) => workType === PLANTED_WORK_TYPE))).toEqual(numbersOf('flagged-work-type'));
    expect(found((one) => lines(one).some(({ kind, amount }) => kind === 'expense' && new Decimal(amount).gte(500)))).toEqual(
      numbersOf('large-expense'),
    );
  });
});
