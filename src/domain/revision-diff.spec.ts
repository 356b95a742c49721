import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aCustomer, aLine, anInvoice, aTax, aTicket, aTimeEntry } from '../../test/support/invoices.js';
import { contentHash } from './content-hash.js';
import type { InvoiceContent } from './invoice.js';
import { revisionDiff } from './revision-diff.js';

const lines = [
  aLine({ key: 'product:1', kind: 'product', description: 'Access point', quantity: '2', unitPrice: '149.50' }),
  aTimeEntry(7, { workOrder: aTicket('48213', 'Printer offline'), notes: 'Replaced the spooler.' }),
];
const before = anInvoice({ lines, taxes: [aTax('Florida 6%', '6', lines)], purchaseOrder: 'PO-7' });

function changed(over: Partial<InvoiceContent>): ReturnType<typeof revisionDiff> {
  return revisionDiff(before, { ...before, ...over });
}

describe('revisionDiff', () => {
  it('says nothing about the same charge, in whichever order its fields come', () => {
    expect(revisionDiff(before, Object.fromEntries(Object.entries(before).toReversed()) as unknown as InvoiceContent)).toEqual([]);
  });

  it('names fields in words, with money and dates as they are', () => {
    expect(changed({ dueDate: '2026-12-24', total: '1.00' })).toEqual([
      { kind: 'changed', what: 'Due date', path: 'dueDate', before: before.dueDate, after: '2026-12-24' },
      {
        kind: 'changed',
        what: 'Total',
        path: 'total',
        before: { amount: before.total, currency: 'USD' },
        after: { amount: '1.00', currency: 'USD' },
      },
    ]);
  });

  it('tells what came and what went', () => {
    expect(changed({ purchaseOrder: undefined, topComment: 'Thank you' })).toEqual([
      { kind: 'removed', what: 'Purchase order', path: 'purchaseOrder', before: 'PO-7' },
      { kind: 'added', what: 'Comment above the lines', path: 'topComment', after: 'Thank you' },
    ]);
  });

  it('prints a party as one text', () => {
    const [change] = changed({ customer: aCustomer({ attention: 'Jo Díaz' }) });
    expect(change).toMatchObject({
      what: 'Bill to',
      after: 'Harborview Dental Group, Jo Díaz, 410 Bayshore Blvd, Suite 300, Tampa, FL, 33606, HARB-0042',
    });
  });

  it('follows lines by their key', () => {
    const [first, second] = lines;
    if (!first || !second) throw new Error('two lines');
    const added = aLine({ key: 'product:2', kind: 'product', description: 'Bracket', unitPrice: '9.00' });
    expect(changed({ lines: [{ ...second, notes: 'Called.' }, added] })).toEqual([
      {
        kind: 'removed',
        what: 'Line: Access point',
        path: 'lines.product:1',
        lineKey: 'product:1',
        before: { amount: '299.00', currency: 'USD' },
      },
      {
        kind: 'changed',
        what: 'Line 1, Service time: Notes',
        path: 'lines.time:7.notes',
        lineKey: 'time:7',
        before: 'Replaced the spooler.',
        after: 'Called.',
      },
      { kind: 'added', what: 'Line 2, Bracket', path: 'lines.product:2', lineKey: 'product:2', after: { amount: '9.00', currency: 'USD' } },
    ]);
    expect(changed({ lines: [second, first] })).toEqual([{ kind: 'changed', what: 'Order of the lines', path: 'lines' }]);
    expect(
      changed({ lines: [{ ...first, billable: 'no_charge', taxable: false }, second] }).map(({ what, before: was, after }) => [
        what,
        was,
        after,
      ]),
    ).toEqual([
      ['Line 1, Access point: Taxable', 'yes', 'no'],
      ['Line 1, Access point: Billed', 'yes', 'no charge'],
    ]);
  });

  it('follows taxes by their place', () => {
    expect(changed({ taxes: [] })).toMatchObject([{ kind: 'removed', what: 'Tax, Florida 6%' }]);
    expect(changed({ taxes: before.taxes.map((tax) => ({ ...tax, rate: '7' })) })).toEqual([
      { kind: 'changed', what: 'Tax, Florida 6%: Rate', path: 'taxes.0.rate', before: '6', after: '7' },
    ]);
  });

  it('says something exactly when the content hash differs', () => {
    const paths = leaves(before);
    fc.assert(
      fc.property(fc.subarray(paths, { maxLength: 3 }), fc.constantFrom('7.25', '2027-01-01', 'other'), (touched, value) => {
        const after = structuredClone(before);
        for (const path of touched) set(after, path, isAmount(path) ? '7.25' : value);
        expect(revisionDiff(before, after).length > 0).toBe(contentHash(before) !== contentHash(after));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps each amount in its own currency', () => {
    expect(changed({ currency: 'AUD' })[0]).toEqual({ kind: 'changed', what: 'Currency', path: 'currency', before: 'USD', after: 'AUD' });
  });
});

/** Paths of all text fields; `currency` has its own test, since amounts are read in it, and a line's key is what it is followed by. */
function leaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value === 'string') return ['currency', 'key'].includes(path.at(-1) ?? '') ? [] : [path];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, field]) => leaves(field, [...path, key]));
}

function isAmount(path: readonly string[]): boolean {
  return ['amount', 'unitPrice', 'subtotal', 'tax', 'total'].includes(path.at(-1) ?? '');
}

function set(target: object, path: readonly string[], value: string): void {
  const holder = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key) as object, target);
  Reflect.set(holder, path.at(-1) ?? '', value);
}
