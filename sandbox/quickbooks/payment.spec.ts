import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectedClient, faultCode, itemLine } from './connected-client.fixture.js';

describe('payments and credits', () => {
  let client: ConnectedClient;
  let CustomerRef: { value: string };
  beforeAll(async () => {
    client = await ConnectedClient.start();
    CustomerRef = { value: await client.customerId() };
  });
  afterAll(() => client.stop());

  const on = (Amount: number, TxnId: string, TxnType = 'Invoice') => ({ Amount, LinkedTxn: [{ TxnId, TxnType }] });
  const pay = (TotalAmt: number, Line: unknown[], more: Record<string, unknown> = {}) =>
    client.create('Payment', { CustomerRef, TotalAmt, TxnDate: '2026-11-02', Line, ...more });
  const refused = async (body: Record<string, unknown>) => faultCode(await client.post('/payment', { CustomerRef, ...body }));

  it('lowers the balance, links both ways and makes a new version of the invoice', async () => {
    const invoice = await client.invoice('P-1', 100);
    const payment = await pay(60, [on(40, invoice.Id)]);
    expect(payment).toMatchObject({ UnappliedAmt: 20, Line: [{ Amount: 40, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }] });
    const after = await client.read('Invoice', invoice.Id);
    expect(after).toMatchObject({ Balance: 60, LinkedTxn: [{ TxnId: payment.Id, TxnType: 'Payment' }], SyncToken: '1' });
  });

  it('uses a credit memo through a payment over less, or over nothing', async () => {
    const invoice = await client.invoice('P-2', 120);
    const credit = await client.create('CreditMemo', { CustomerRef, Line: [itemLine(80)] });
    expect(credit).toMatchObject({ RemainingCredit: 80, Balance: 80, TotalAmt: 80 });
    const payment = await pay(70, [on(120, invoice.Id), on(50, credit.Id, 'CreditMemo')]);
    expect(payment.UnappliedAmt).toBe(0);
    expect((await client.read('Invoice', invoice.Id)).Balance).toBe(0);
    expect(await client.read('CreditMemo', credit.Id)).toMatchObject({
      RemainingCredit: 30,
      LinkedTxn: [{ TxnId: payment.Id, TxnType: 'Payment' }],
    });
    const other = await client.invoice('P-3', 30);
    await pay(0, [on(30, other.Id), on(30, credit.Id, 'CreditMemo')]);
    expect((await client.read('Invoice', other.Id)).Balance).toBe(0);
    expect((await client.read('CreditMemo', credit.Id)).RemainingCredit).toBe(0);
  });

  it('moves with an update: lines left out are unlinked', async () => {
    const [first, second] = [await client.invoice('P-4', 50), await client.invoice('P-5', 50)];
    const payment = await pay(50, [on(50, first.Id)]);
    await client.create('Payment', { Id: payment.Id, SyncToken: '0', sparse: true, Line: [on(50, second.Id)] });
    expect(await client.read('Invoice', first.Id)).toMatchObject({ Balance: 50, LinkedTxn: [] });
    expect((await client.read('Invoice', second.Id)).Balance).toBe(0);
  });

  it.each(['operation=void', 'include=void', 'operation=update&include=void'])('voids with %s', async (query) => {
    const invoice = await client.invoice(`V-${query.length}`, 50);
    const payment = await pay(50, [on(50, invoice.Id)]);
    const voided = (await client.post(`/payment?${query}`, { Id: payment.Id, SyncToken: '0', sparse: true })).body.Payment;
    expect(voided).toMatchObject({ TotalAmt: 0, UnappliedAmt: 0, Line: [], PrivateNote: 'Voided' });
    expect(await client.read('Invoice', invoice.Id)).toMatchObject({ Balance: 50, LinkedTxn: [] });
  });

  it('deletes and gives the balance back', async () => {
    const invoice = await client.invoice('P-6', 50);
    const payment = await pay(50, [on(50, invoice.Id)]);
    expect(faultCode(await client.post('/invoice?operation=delete', { Id: invoice.Id, SyncToken: '1' }))).toBe('6000');
    await client.post('/payment?operation=delete', { Id: payment.Id, SyncToken: '0' });
    expect(await client.read('Invoice', invoice.Id)).toMatchObject({ Balance: 50, LinkedTxn: [], SyncToken: '2' });
    expect((await client.post('/invoice?operation=delete', { Id: invoice.Id, SyncToken: '2' })).status).toBe(200);
  });

  it('leaves the money unapplied when a paid invoice is voided', async () => {
    const invoice = await client.invoice('P-7', 50);
    const payment = await pay(50, [on(50, invoice.Id)]);
    await client.post('/invoice?operation=void', { Id: invoice.Id, SyncToken: '1' });
    expect(await client.read('Payment', payment.Id)).toMatchObject({ UnappliedAmt: 50, Line: [] });
  });

  it('refuses links that cannot be', async () => {
    const invoice = await client.invoice('P-8', 50);
    const stranger = await client.create('Invoice', { CustomerRef: { value: await client.customerId('Kite & Co') }, Line: [itemLine(10)] });
    expect(await refused({ TotalAmt: 60, Line: [on(60, invoice.Id)] })).toBe('6000');
    expect(await refused({ TotalAmt: 10, Line: [on(50, invoice.Id)] })).toBe('6000');
    expect(await refused({ TotalAmt: 10, Line: [on(10, stranger.Id)] })).toBe('620');
    expect(await refused({ TotalAmt: 10, Line: [on(10, invoice.Id, 'CreditMemo')] })).toBe('620');
    expect(await refused({ TotalAmt: 10, Line: [on(10, '99999')] })).toBe('610');
    expect(await refused({ Line: [] })).toBe('2020');
    expect((await client.read('Invoice', invoice.Id)).Balance).toBe(50);
  });

  it('is worked by the control routes as a bookkeeper would', async () => {
    await client.invoice('C-1', 100);
    const payment = (await client.control('/payments', { number: 'C-1', amount: '60.00', date: '2026-10-01' })).body;
    await client.control('/credits', { number: 'C-1', amount: '15.50' });
    const [shown] = await (await fetch(`${client.sandbox.url}/_sandbox/documents?number=C-1`)).json();
    expect(shown).toMatchObject({ Balance: 24.5, _payments: [{ TotalAmt: 60, TxnDate: '2026-10-01' }, { TotalAmt: 0 }], _attachments: [] });
    await client.control('/payments', { remove: payment.Id });
    expect((await client.query("select * from Invoice where DocNumber = 'C-1'")).body.QueryResponse.Invoice[0]?.Balance).toBe(84.5);
    expect((await client.control('/void', { number: 'C-1' })).body).toMatchObject({ TotalAmt: 0 });
    expect((await client.control('/void', { number: 'NONE' })).status).toBe(404);
    expect((await client.control('/payments', { number: 'C-1' })).status).toBe(400);
  });

  it('keeps money that is more than the invoice on the customer', async () => {
    await client.invoice('C-2', 10);
    expect((await client.control('/payments', { number: 'C-2', amount: 25 })).body).toMatchObject({ TotalAmt: 25, UnappliedAmt: 15 });
  });
});
