import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpecClient } from './spec-client.fixture.js';

let psa: SpecClient;
beforeEach(async () => void (psa = await SpecClient.start()));
afterEach(() => psa.stop());

type Invoice = Record<string, unknown> & {
  id: number;
  productTotal: number;
  salesTax: number;
  subtotal: number;
  total: number;
  _info: { lastUpdated: string };
};
const document = async (number: string) => (await psa.call<Invoice[]>('GET', `/_sandbox/documents?number=${number}`)).body[0];

describe('control', () => {
  it('edits an invoice as a person would', async () => {
    const before = await document('1205');
    const answer = await psa.call<Invoice>('PATCH', '/_sandbox/invoices/1205', { customerPO: 'X', status: { id: 2 } });
    expect(answer.body).toMatchObject({ customerPO: 'X', status: { id: 2, name: 'In Review' }, total: before?.total });
    expect(answer.body._info.lastUpdated > (before?._info.lastUpdated ?? '')).toBe(true);
    const trail = await psa.get<object[]>('/system/audittrail', { type: 'Invoice', id: '5205' });
    expect(trail.body).toMatchObject([{ text: 'Invoice edited', enteredBy: 'dana', auditType: 'Invoice' }]);
  });

  it('works totals out again when lines change, are added or go', async () => {
    const before = await document('1205');
    const rows = await psa.get<{ id: number; price: number; quantity: number; extPrice: number }[]>('/procurement/products', {
      conditions: 'invoice/id = 5205',
    });
    const [row] = rows.body;
    const edited = await psa.call<Invoice>('PATCH', '/_sandbox/invoices/1205', {
      lines: { products: [{ id: row?.id, price: (row?.price ?? 0) + 10 }] },
    });
    expect(edited.body.productTotal).toBeCloseTo((before?.productTotal ?? 0) + 10 * (row?.quantity ?? 0), 2);
    expect(edited.body.total).toBeCloseTo(edited.body.subtotal + edited.body.salesTax, 2);
    const added = await psa.call<Invoice>('PATCH', '/_sandbox/invoices/1205', {
      lines: { products: [{ description: 'Rack <screws>', quantity: 3, price: 1.25, cost: 1 }] },
    });
    expect(added.body.productTotal).toBeCloseTo(edited.body.productTotal + 3.75, 2);
    const removed = await psa.call<Invoice>('PATCH', '/_sandbox/invoices/1205', { lines: { products: [{ id: row?.id, delete: true }] } });
    expect(removed.body.productTotal).toBeLessThan(added.body.productTotal);
  });

  it('lets a test break an invoice on purpose', async () => {
    const answer = await psa.call<Invoice>('PATCH', '/_sandbox/invoices/1205', { type: 'Subscription', total: 1 });
    expect(answer.body).toMatchObject({ type: 'Subscription', total: 1 });
    expect((await psa.call('PATCH', '/_sandbox/invoices/1205', { colour: 'red' })).status).toBe(400);
    expect((await psa.call('PATCH', '/_sandbox/invoices/9', { customerPO: 'X' })).status).toBe(404);
  });

  it('switches between what nobody could verify', async () => {
    await psa.call('POST', '/_sandbox/options', { inconsistentTotals: true, consolidatedType: false });
    const types = await psa.call<Invoice[]>('GET', '/_sandbox/documents');
    expect(types.body.some(({ type }) => type === 'Consolidated')).toBe(false);
    expect(types.body.filter(({ total, subtotal, salesTax }) => Math.abs(total - subtotal - salesTax) > 0.001)).toHaveLength(42);
    expect((await psa.call('POST', '/_sandbox/options', { nonsense: 1 })).status).toBe(400);
  });

  it('shows an invoice with its payments', async () => {
    await psa.call('POST', '/finance/invoices/5202/payments', { amount: 5 });
    expect(await document('1202')).toMatchObject({ invoiceNumber: '1202', _payments: [{ amount: 5 }] });
    expect((await psa.call<unknown[]>('GET', '/_sandbox/documents')).body).toHaveLength(420);
  });

  it('takes documents as multipart only', async () => {
    const json = await psa.call('POST', '/system/documents', { recordType: 'Invoice', recordId: 5202 });
    expect(json.status).toBe(415);
    const form = new FormData();
    form.set('recordType', 'Invoice');
    form.set('recordId', '5202');
    form.set('title', 'Invoice 1202');
    form.set('file', new File([new Uint8Array([37, 80, 68, 70, 0, 255])], 'invoice 1202.pdf', { type: 'application/pdf' }));
    const created = await psa.call<{ id: number }>('POST', '/system/documents', form);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ title: 'Invoice 1202', fileName: 'invoice 1202.pdf', size: 6 });
    const list = await psa.get<{ id: number }[]>('/system/documents', { recordType: 'Invoice', recordId: '5202' });
    expect(list.body.map(({ id }) => id)).toEqual([created.body.id]);
    const download = await psa.get(`/system/documents/${created.body.id}/download`);
    expect(download.headers.get('content-disposition')).toContain('invoice 1202.pdf');
  });
});
