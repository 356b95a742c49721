import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { aLine, anInvoice, aTax, aTicket, aTimeEntry } from '../../test/support/invoices.js';
import { canonical, contentHash } from './content-hash.js';
import type { InvoiceContent, InvoiceContext } from './invoice.js';

const lines = [
  aTimeEntry(7, { workOrder: aTicket('48213', 'Printer offline'), notes: 'Replaced the spooler.', agreementName: 'Care' }),
  aLine({ key: 'product:2', kind: 'product', productCode: 'AP-1', parentKey: 'time:7' }),
];
const full = anInvoice({
  lines,
  taxes: [aTax('Florida 6%', '6', lines)],
  purchaseOrder: 'PO-7',
  reference: 'R',
  shipTo: { name: 'Annex', address: { lines: ['1 Pier'] } },
  topComment: 'Hello',
  bottomComment: 'Thank you',
});

describe('the canonical form', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ a: undefined, b: { d: '', c: '0' } }, '{"b":{"c":"0","d":""}}'],
    [[undefined, {}], '[null,{}]'],
    ['line\n"quoted"', '"line\\n\\"quoted\\""'],
    [null, 'null'],
    [undefined, 'null'],
  ])('of %j is %s', (value, text) => {
    expect(canonical(value)).toBe(text);
  });

  it('keeps apart what JSON keeps apart, and is JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), (one) => {
        expect(canonical(JSON.parse(canonical(one)))).toBe(canonical(one));
      }),
    );
    expect(canonical(['1'])).not.toBe(canonical([1]));
    expect(canonical({ a: null })).not.toBe(canonical({}));
  });
});

describe('the content hash', () => {
  it('is this one for ever, unless the version is raised: approvals are held by it', () => {
    expect(contentHash(SMALL)).toBe('e07ed5af743825d4572d12157735c498c468da0c1342a8f399b1b0764e78e3c6');
  });

  it('is blind to the order of fields and to absent ones', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(contentHash(shuffled(full, seed) as InvoiceContent)).toBe(contentHash(full));
      }),
    );
    expect(contentHash({ ...SMALL, terms: undefined })).toBe(contentHash(SMALL));
  });

  it('sees every text, flag and place in every list', () => {
    const hash = contentHash(full);
    const places = leaves(full);
    expect(places.length).toBeGreaterThan(50);
    for (const path of places) {
      const after = structuredClone(full);
      const holder = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key) as object, after);
      const last = path.at(-1) ?? '';
      const was: unknown = Reflect.get(holder, last);
      Reflect.set(holder, last, typeof was === 'boolean' ? !was : `${String(was)}1`);
      expect(contentHash(after), path.join('.')).not.toBe(hash);
    }
    expect(contentHash({ ...full, lines: full.lines.toReversed() })).not.toBe(hash);
    expect(contentHash({ ...full, taxes: [] })).not.toBe(hash);
  });

  it('takes an amount as it is written, so that a mapper has to write it one way', () => {
    expect(contentHash({ ...SMALL, total: '1.0' })).not.toBe(contentHash(SMALL));
  });

  it('is of fields that the context has none of: status, balance and payments change without a new revision', () => {
    expectTypeOf<keyof InvoiceContent & keyof InvoiceContext>().toEqualTypeOf<never>();
    for (const field of ['status', 'balance', 'paid', 'credited', 'routing', 'updatedAt']) expect(Object.keys(full)).not.toContain(field);
  });
});

const SMALL: InvoiceContent = {
  number: '1042',
  type: 'standard',
  typeLabel: 'Standard',
  date: '2026-11-02',
  dueDate: '2026-12-02',
  customer: { name: 'Harborview', address: { lines: [] } },
  currency: 'USD',
  lines: [],
  taxes: [],
  subtotal: '1.00',
  tax: '0.00',
  total: '1.00',
};

function leaves(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return value === undefined ? [] : [path];
  return Object.entries(value).flatMap(([key, field]) => leaves(field, [...path, key]));
}

/** The same value with the fields of each object in another order, which follows from the seed. */
function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((one) => shuffled(one, seed));
  if (value === null || typeof value !== 'object') return value;
  const rank = (key: string) => Array.from(key).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0) + seed) % 1_009, 7);
  const entries = Object.entries(value).toSorted(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(entries.map(([key, field]) => [key, shuffled(field, seed)]));
}
