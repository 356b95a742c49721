import { describe, expect, it } from 'vitest';
import { aBrand, aLine, anAustralianBrand, anInvoice, aTax, aTicket, aTimeEntry } from '../../../../test/support/invoices.js';
import { agreementWithAdditions, creditNote, productBundle, zeroTotal } from '../../../../test/support/sample-invoices.js';
import type { InvoiceContent } from '../../../domain/invoice.js';
import { toInvoiceView } from './view.js';

const view = (content: InvoiceContent, brand = aBrand()) => toInvoiceView({ content, brand, asOf: content.date });

describe('toInvoiceView', () => {
  it('is frozen to the last leaf, so that no template can reach anything live', () => {
    const result = view(productBundle());
    const thaw = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(thaw));
    expect(thaw(result)).toBe(true);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('refuses an invoice that does not add up', () => {
    expect(() => view(anInvoice({ total: '999.00' }))).toThrow(/the total says/);
  });

  it('refuses a logo that would have to be fetched', () => {
    expect(() => view(anInvoice(), aBrand({ logo: 'https://example.com/logo.png' }))).toThrow(/embedded/);
  });

  it.each([
    ['standard', 'Standard', 'Invoice', null],
    ['agreement', 'Agreement', 'Invoice', 'Agreement'],
    ['progress', 'Progress', 'Progress invoice', null],
    ['down_payment', 'Down Payment', 'Down payment invoice', null],
    ['other', 'Retainer', 'Invoice', 'Retainer'],
  ] as const)('titles %s', (type, typeLabel, title, kind) => {
    expect(view(anInvoice({ type, typeLabel }))).toMatchObject({ title, kind });
  });

  it('asks for the amount due by the due date, as of the day of issue', () => {
    const result = view(anInvoice());
    expect(result.due).toEqual({ label: 'Amount due', amount: '$100.00', note: 'Due Dec 2, 2026' });
    expect(result.asOf).toEqual({ label: 'Amount due as of Nov 2, 2026', amount: '$100.00' });
    expect(result.paymentInstructions).toContain('First Gulf Bank');
  });

  it('does not hide that a credit memo charges', () => {
    const lines = creditNote()
      .lines.slice(0, 1)
      .map((line) => ({ ...line, amount: '12.00' }));
    const charging = view({ ...creditNote(), lines, subtotal: '12.00', tax: '0.00', taxes: [], total: '12.00' });
    expect(charging.due).toMatchObject({ label: 'Amount due', amount: '$12.00' });
    expect(charging.total).toBe('$12.00');
  });

  it('asks nothing on a credit note or a zero total', () => {
    const credit = view(creditNote());
    expect(credit).toMatchObject({ title: 'Credit memo', total: '\u2212$698.72', asOf: null, paymentInstructions: null });
    expect(credit.due).toEqual({ label: 'Credit to your account', amount: '$698.72', note: 'Nothing to pay' });
    expect(credit.facts.map((fact) => fact.label)).not.toContain('Due');
    expect(view(creditNote(), aBrand({ locale: 'en-GB' })).title).toBe('Credit note');
    expect(view(zeroTotal())).toMatchObject({ due: { amount: '$0.00', note: 'Nothing to pay' }, asOf: null });
  });

  it('says "Tax invoice" where the law asks for it', () => {
    expect(view(agreementWithAdditions(), anAustralianBrand()).title).toBe('Tax invoice');
  });

  it('sums time per ticket, role and rate, with covered hours apart', () => {
    const workOrder = aTicket('5', 'Printer');
    const [section] = view(
      anInvoice({
        lines: [
          aTimeEntry(1, { workOrder, hours: '2.00', covered: '0.50', unitPrice: '100' }),
          aTimeEntry(2, { workOrder, hours: '1.00', unitPrice: '100' }),
          aTimeEntry(3, { workOrder, hours: '1.00', unitPrice: '150' }),
          aTimeEntry(4, { workOrder, hours: '0.25', unitPrice: '100', billable: 'no_charge' }),
          aTimeEntry(5, { workOrder, hours: '1.00', covered: '1.00', unitPrice: '180' }),
        ],
      }),
    ).sections;
    expect(section).toMatchObject({ title: 'Services', covered: true });
    expect(section?.groups).toHaveLength(1);
    expect(section?.groups[0]?.heading).toEqual({ code: '#5', text: 'Printer' });
    expect(section?.groups[0]?.rows.map((row) => [row.covered, row.quantity, row.price, row.amount])).toEqual([
      ['0.50', '2.50', '100.00', '250.00'],
      [null, '1.00', '150.00', '150.00'],
      [null, '0.25', null, 'No charge'],
      ['1.00', null, null, 'Covered'],
    ]);
  });

  it('groups an agreement with its additions and prints components under their parent without an amount', () => {
    const [agreement] = view(agreementWithAdditions(), anAustralianBrand()).sections;
    expect(agreement?.groups.map((group) => group.heading?.text)).toEqual(['Managed Services Gold', 'Backup and Recovery (Geelong)']);
    const products = view(productBundle()).sections.find((section) => section.title === 'Products');
    expect(products?.groups[0]?.rows[0]?.children.map((child) => child.text)).toContain('Docking station');
    expect(products?.total).toBe('$5,651.40');
  });

  it('appends the time, entry by entry, in the order of the days, and leaves prices out of work at a fixed fee', () => {
    const detail = view(
      anInvoice({ lines: [aTimeEntry(1, { date: '2026-10-09', notes: ' ' }), aTimeEntry(2, { date: '2026-10-02', notes: 'Patched' })] }),
    ).detail;
    expect(detail).toMatchObject({ priced: true, period: 'Oct 2, 2026 – Oct 9, 2026', hours: '2.00', amount: '$330.00' });
    expect(detail?.groups[0]?.entries.map((entry) => entry.notes)).toEqual(['Patched', 'Service time']);
    expect(view(productBundle()).detail?.priced).toBe(false);
    expect(view(anInvoice()).detail).toBeNull();
  });

  it('keeps "do not bill" work in the house, unless it is charged after all', () => {
    const free = aTimeEntry(1, { billable: 'do_not_bill', notes: 'internal' });
    const charged = aLine({ key: 'x', kind: 'expense', billable: 'do_not_bill', amount: '5.00', description: 'Toll' });
    const result = view(anInvoice({ lines: [free, charged] }));
    expect(JSON.stringify(result)).not.toContain('internal');
    expect(result.sections.map((section) => section.title)).toEqual(['Expenses']);
    expect(result.total).toBe('$5.00');
  });

  it('shows a component whose parent is missing rather than dropping it', () => {
    const orphan = aLine({ key: 'c', kind: 'component', description: 'Lost part', amount: '0', parentKey: 'gone' });
    const result = view(anInvoice({ lines: [aLine({ key: 'p', kind: 'product' }), orphan] }));
    expect(JSON.stringify(result.sections)).toContain('Lost part');
  });

  it('prints every tax under its own label', () => {
    const lines = [aLine({ key: 'p', kind: 'product', unitPrice: '200.00' })];
    const result = view(anInvoice({ lines, taxes: [aTax('State 6%', '6', lines), aTax('County 1.5%', '1.5', lines)] }));
    expect(result.subtotal).toBe('$200.00');
    expect(result.taxes).toEqual([
      { label: 'State 6%', amount: '$12.00' },
      { label: 'County 1.5%', amount: '$3.00' },
    ]);
    expect(result.total).toBe('$215.00');
  });
});
