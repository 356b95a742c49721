import { describe, expect, it } from 'vitest';
import { contentOf, expenseRow, header, lineOf, productRow, timeRow } from './payload.fixture.js';

describe('lines', () => {
  it('of time charge what the PSA charges, and say what is covered', () => {
    const half = contentOf((payload) => {
      payload.time = [
        timeRow(1, {
          actualHours: 3,
          invoiceHours: 1,
          agreementHours: 2,
          extendedInvoiceAmount: 185,
          overageRate: 185,
          agreement: { id: 88, name: 'Gold' },
        }),
        timeRow(2, { actualHours: 1, invoiceHours: 0, agreementHours: 1, extendedInvoiceAmount: 0 }),
        timeRow(3, { billableOption: 'NoCharge', extendedInvoiceAmount: 375 }),
        timeRow(4, { billableOption: 'DoNotBill', extendedInvoiceAmount: 375 }),
        timeRow(5, { extendedInvoiceAmount: undefined, invoiceHours: 1.2666667 }),
      ];
      header(payload, { serviceTotal: 375 });
    });
    expect(lineOf('time:1', half)).toMatchObject({
      quantity: '1',
      unitPrice: '185',
      amount: '185.00',
      agreementName: 'Gold',
      hours: { worked: '3', billed: '1', covered: '2' },
    });
    expect(lineOf('time:2', half)).toMatchObject({ quantity: '0', unitPrice: '150', amount: '0.00' });
    expect(lineOf('time:3', half)).toMatchObject({ amount: '0.00', billable: 'no_charge' });
    expect(half.lines.map(({ key }) => key)).not.toContain('time:4');
    expect(lineOf('time:5', half)).toMatchObject({ quantity: '1.2666667', amount: '190.00' });
  });

  it('of products are net of cancelled pieces, and skip cancelled rows', () => {
    const products = contentOf((payload) => {
      payload.products = [
        productRow(2, { sequenceNumber: 2, quantity: 3, quantityCancelled: 1, price: 50, extPrice: 100, customerDescription: null }),
        productRow(1, { quantity: 1, price: 140, extPrice: 140, extCost: undefined, cost: 60, productClass: 'Agreement' }),
        productRow(3, { cancelledFlag: true, extPrice: 999 }),
      ];
    });
    expect(products.lines.filter(({ key }) => key.startsWith('product')).map(({ key, kind }) => [key, kind])).toEqual([
      ['product:1', 'addition'],
      ['product:2', 'product'],
    ]);
    expect(lineOf('product:2', products)).toMatchObject({
      quantity: '2',
      amount: '100.00',
      description: '1TB SATA SSD',
      unit: 'each',
      productCode: 'SSD-1TB',
    });
  });

  it('of a bundle are priced at the parent; its parts show what may be shown', () => {
    const part = (id: number, more: object) => ({
      id,
      parentId: 33107,
      quantity: 2,
      catalogItem: { id: 1, identifier: 'RAM', name: 'Memory' },
      price: 80,
      ...more,
    });
    const { lines } = contentOf((payload) => {
      payload.components = [
        part(3, { hideDescriptionFlag: true, hideItemIdentifierFlag: true }),
        part(2, { sequenceNumber: 2, hidePriceFlag: true, hideQuantityFlag: true, hideItemIdentifierFlag: true }),
        part(1, { sequenceNumber: 1, hideDescriptionFlag: true }),
      ];
    });
    const parts = lines.filter(({ kind }) => kind === 'component');
    expect(parts).toMatchObject([
      {
        key: 'component:1',
        description: 'RAM',
        productCode: 'RAM',
        quantity: '2',
        unitPrice: '80',
        amount: '0.00',
        parentKey: 'product:33107',
      },
      { key: 'component:2', description: 'Memory', quantity: '0', unitPrice: '0' },
    ]);
    expect(parts[1]).not.toHaveProperty('productCode');
  });

  it('of agreements name every part, or the agreement when nobody tells the parts', () => {
    const total = { agreementAmount: 500, subtotal: 1160.5, total: 1180.3, agreement: { id: 88, name: 'Gold' }, type: 'Agreement' };
    const parts = contentOf((payload) => {
      header(payload, total);
      payload.agreementParts = [
        { agreementRecId: 88, agreementName: 'Gold', agreementAmount: 420 },
        { agreementRecId: 188, agreementName: 'Backup', agreementAmount: 80, parentRecId: 88 },
        { agreementRecId: 189, agreementName: 'Free', agreementAmount: 0, parentRecId: 88 },
      ];
    });
    expect(parts.lines.filter(({ kind }) => kind === 'agreement')).toMatchObject([
      { key: 'agreement:88', description: 'Gold', amount: '420.00' },
      { key: 'agreement:188', description: 'Backup', amount: '80.00' },
    ]);
    const whole = contentOf((payload) => void header(payload, total));
    expect(lineOf('agreement:88', whole)).toMatchObject({ description: 'Gold', amount: '500.00' });
  });

  it('of expenses show what is billed', () => {
    expect(lineOf('expense:7710', contentOf())).toMatchObject({
      description: 'Mileage',
      unitPrice: '45.5',
      amount: '45.50',
      person: 'Jane Doe',
    });
    const free = contentOf((payload) => {
      payload.expenses = [expenseRow(1, { billableOption: 'NoCharge' }), expenseRow(2, { invoiceAmount: undefined, billAmount: 45.5 })];
    });
    expect(free.lines.filter(({ kind }) => kind === 'expense').map(({ amount }) => amount)).toEqual(['0.00', '45.50']);
  });

  it('say which order the work was for', () => {
    const order = (refs: object) =>
      lineOf(
        'time:1',
        contentOf((payload) => void (payload.time = [timeRow(1, { ticket: {}, ...refs })])),
      ).workOrder;
    expect(order({ project: { id: 7, name: 'Cloud' }, phase: { id: 8, name: 'Build' } })).toEqual({
      kind: 'project',
      number: '7',
      summary: 'Cloud',
    });
    expect(order({ phase: { id: 8, name: 'Build' } })).toEqual({ kind: 'phase', number: '8', summary: 'Build' });
    expect(order({})).toBeUndefined();
    const sold = contentOf(
      (payload) => void (payload.products = [productRow(1, { ticket: null, salesOrder: { id: 4, identifier: 'SO-4' } })]),
    );
    expect(lineOf('product:1', sold).workOrder).toEqual({ kind: 'sales_order', number: 'SO-4', summary: '' });
  });
});
