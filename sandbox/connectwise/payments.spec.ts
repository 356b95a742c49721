import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpecClient } from './spec-client.fixture.js';

let psa: SpecClient;
beforeEach(async () => void (psa = await SpecClient.start()));
afterEach(() => psa.stop());

interface Invoice {
  id: number;
  total: number;
  payments: number;
  credits: number;
  balance: number;
  _info: { lastUpdated: string };
}
interface Payment {
  id: number;
  amount: number;
  type: string;
  invoiceBalance: number;
}

async function openInvoice(): Promise<Invoice> {
  const found = await psa.get<Invoice[]>('/finance/invoices', {
    conditions: 'type = "Agreement" and total > 1000 and payments = 0',
    pageSize: '1',
  });
  const [invoice] = found.body;
  if (!invoice) throw new Error('the data has no open agreement invoice');
  return invoice;
}
const read = async (id: number) => (await psa.get<Invoice>(`/finance/invoices/${id}`)).body;

describe('payments', () => {
  it('lowers the balance with every payment and raises it when one goes', async () => {
    const before = await openInvoice();
    const path = `/finance/invoices/${before.id}/payments`;
    const first = await psa.call<Payment>('POST', path, { amount: 100.1, paymentDate: '2026-11-02T00:00:00Z' });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ type: 'Payment', amount: 100.1, invoice: { id: before.id } });
    const second = await psa.call<Payment>('POST', path, { amount: 200.2, paymentDate: '2026-11-03T00:00:00Z' });
    const paid = await read(before.id);
    expect(paid.payments).toBe(300.3);
    expect(paid.balance).toBe(Math.round((before.total - 300.3) * 100) / 100);
    expect(second.body.invoiceBalance).toBe(paid.balance);
    expect(paid._info.lastUpdated > before._info.lastUpdated).toBe(true);
    await psa.call('PATCH', `${path}/${first.body.id}`, [{ op: 'replace', path: 'amount', value: 50 }]);
    expect((await read(before.id)).payments).toBe(250.2);
    expect((await psa.call('DELETE', `${path}/${second.body.id}`)).status).toBe(204);
    expect(await read(before.id)).toMatchObject({ payments: 50, total: before.total });
    expect((await psa.get<Payment[]>(path)).body.map(({ id }) => id)).toEqual([first.body.id]);
  });

  it('counts an applied credit memo as credits', async () => {
    const before = await openInvoice();
    const [memo] = (await psa.get<Invoice[]>('/finance/invoices', { conditions: 'type = "CreditMemo" and total < 0', pageSize: '1' })).body;
    await psa.call('POST', `/finance/invoices/${before.id}/payments`, { type: 'Credit', amount: 60, credit: { id: memo?.id } });
    expect(await read(before.id)).toMatchObject({
      payments: 0,
      credits: 60,
      balance: Math.round((before.total - 60) * 100) / 100,
    });
  });

  it('refuses a payment without an amount or on an unknown invoice', async () => {
    const { id } = await openInvoice();
    const missing = await psa.call('POST', `/finance/invoices/${id}/payments`, { type: 'Payment' });
    expect(missing.body).toMatchObject({
      code: 'InvalidObject',
      message: 'invoicePayment object is invalid',
      errors: [{ code: 'MissingRequiredField', message: 'The amount field is required.', resource: 'invoicePayment', field: 'amount' }],
    });
    expect((await psa.call('POST', '/finance/invoices/99/payments', { amount: 1 })).status).toBe(404);
  });

  it('takes only one payment when the installation is that kind, and still lets it be changed', async () => {
    await psa.call('POST', '/_sandbox/options', { singlePaymentPerInvoice: true });
    const { id } = await openInvoice();
    const first = await psa.call<Payment>('POST', `/finance/invoices/${id}/payments`, { amount: 10 });
    const second = await psa.call('POST', `/finance/invoices/${id}/payments`, { amount: 10 });
    expect(second.status).toBe(400);
    const changed = await psa.call<Payment>('PATCH', `/finance/invoices/${id}/payments/${first.body.id}`, [
      { op: 'replace', path: 'amount', value: 20 },
    ]);
    expect(changed.body.amount).toBe(20);
    expect((await read(id)).payments).toBe(20);
  });

  it('keeps routing rows per invoice', async () => {
    const { id } = await openInvoice();
    const path = `/finance/invoices/${id}/routings`;
    const created = await psa.call<{ id: number }>('POST', path, { member: { identifier: 'marco' } });
    expect(created.body).toMatchObject({ member: { identifier: 'marco', name: 'Marco Alvarez' }, reviewedFlag: false });
    await psa.call('PATCH', `${path}/${created.body.id}`, [{ op: 'replace', path: 'reviewedFlag', value: true }]);
    expect((await psa.get(`${path}/${created.body.id}`)).body).toMatchObject({ reviewedFlag: true });
  });
});
