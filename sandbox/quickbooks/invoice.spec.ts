import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConnectedClient, faultCode, itemLine } from './connected-client.fixture.js';

describe('invoice arithmetic', () => {
  let client: ConnectedClient;
  let CustomerRef: { value: string };
  beforeAll(async () => {
    client = await ConnectedClient.start();
    CustomerRef = { value: await client.customerId() };
  });
  beforeEach(() => client.control('/options', { customTxnNumbers: true, partnerTaxEnabled: true, multicurrency: false }));
  afterAll(() => client.stop());

  it('appends the subtotal, puts the discount after it, and taxes what is left', async () => {
    const invoice = await client.create('Invoice', {
      CustomerRef,
      ApplyTaxAfterDiscount: true,
      Line: [
        { Amount: 12, DetailType: 'DiscountLineDetail', DiscountLineDetail: { PercentBased: true, DiscountPercent: 10 } },
        itemLine(120, { Qty: 2, UnitPrice: 60, TaxCodeRef: { value: 'TAX' } }),
        { DetailType: 'DescriptionOnly', Description: 'Parts list attached', DescriptionLineDetail: {} },
      ],
    });
    expect(invoice.Line.map((line) => line.DetailType)).toEqual([
      'SalesItemLineDetail',
      'DescriptionOnly',
      'SubTotalLineDetail',
      'DiscountLineDetail',
    ]);
    expect(invoice.Line.map((line) => line.Id)).toEqual(['1', '2', undefined, '3']);
    expect(invoice.TxnTaxDetail.TotalTax).toBe(8.1);
    expect(invoice.TotalAmt).toBe(116.1);
    expect(invoice.Balance).toBe(116.1);
  });

  it('adds decimals exactly and rounds half up', async () => {
    const invoice = await client.create('Invoice', {
      CustomerRef,
      Line: [itemLine(0.1), itemLine(0.2), itemLine(1.01, { Qty: 0.5, UnitPrice: 2.01 })],
    });
    expect(invoice.TotalAmt).toBe(1.31);
  });

  it('honours an explicit TotalTax and shares it over the rates to the cent', async () => {
    const invoice = await client.create('Invoice', {
      CustomerRef,
      Line: [itemLine(100, { TaxCodeRef: { value: 'TAX' } })],
      TxnTaxDetail: { TotalTax: 7.01 },
    });
    expect(invoice.TotalAmt).toBe(107.01);
    expect(invoice.TxnTaxDetail.TaxLine.map((line) => line.Amount)).toEqual([5.61, 1.4]);
    const untaxed = await client.create('Invoice', { CustomerRef, Line: [itemLine(100)], TxnTaxDetail: { TotalTax: 7 } });
    expect(untaxed.TotalAmt).toBe(100);
  });

  it('taxes by the header code only when tax is not automated', async () => {
    await client.control('/options', { partnerTaxEnabled: false });
    const Line = [itemLine(100, { TaxCodeRef: { value: 'TAX' } })];
    expect((await client.create('Invoice', { CustomerRef, Line })).TotalAmt).toBe(100);
    const coded = await client.create('Invoice', { CustomerRef, Line, TxnTaxDetail: { TxnTaxCodeRef: { value: '2' } } });
    expect(coded.TotalAmt).toBe(107.5);
  });

  it('dates the payment by term, by the day of the month, or thirty days on', async () => {
    const due = async (TxnDate: string, termId?: string) => {
      const SalesTermRef = termId === undefined ? {} : { SalesTermRef: { value: termId } };
      return (await client.create('Invoice', { CustomerRef, TxnDate, ...SalesTermRef, Line: [itemLine(1)] })).DueDate;
    };
    expect(await due('2026-02-20', '2')).toBe('2026-03-07');
    expect(await due('2026-02-20', '3')).toBe('2026-03-22');
    expect(await due('2026-02-10', '5')).toBe('2026-02-20');
    expect(await due('2026-02-16', '5')).toBe('2026-03-20');
    expect(await due('2026-02-20')).toBe('2026-03-22');
  });

  it('fills the tax code by item and leaves the number empty when none was sent', async () => {
    const [hardware] = (await client.query("select * from Item where Name = 'Hardware'")).body.QueryResponse.Item;
    const line = { Amount: 10, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: hardware?.Id } } };
    const invoice = await client.create('Invoice', { CustomerRef, Line: [line] });
    expect(invoice.Line[0]?.SalesItemLineDetail?.TaxCodeRef.value).toBe('TAX');
    expect(invoice).not.toHaveProperty('DocNumber');
  });

  it('numbers by itself when custom numbers are off', async () => {
    await client.invoice('LUM-0099', 1);
    await client.control('/options', { customTxnNumbers: false });
    expect((await client.invoice('IGNORED', 1)).DocNumber).toBe('LUM-0100');
    expect((await client.get('/preferences')).body.Preferences.SalesFormsPrefs.CustomTxnNumbers).toBe(false);
    await client.control('/options', { customTxnNumbers: true });
    expect((await client.invoice('AUTO_GENERATE', 1)).DocNumber).toBe('LUM-0101');
  });

  it('updates sparsely without losing fields, fully by clearing them, and computes the tax of new lines anew', async () => {
    const made = await client.invoice('UPD-1', 100, { PrivateNote: 'ours', Line: [itemLine(100, { TaxCodeRef: { value: 'TAX' } })] });
    expect(made.TotalAmt).toBe(107.5);
    const sparse = await client.create('Invoice', {
      Id: made.Id,
      SyncToken: '0',
      sparse: true,
      Line: [itemLine(200, { TaxCodeRef: { value: 'TAX' } })],
    });
    expect(sparse).toMatchObject({
      SyncToken: '1',
      PrivateNote: 'ours',
      TotalAmt: 215,
      DocNumber: 'UPD-1',
      MetaData: { CreateTime: made.MetaData.CreateTime },
    });
    const full = await client.create('Invoice', { Id: made.Id, SyncToken: '1', CustomerRef, Line: [itemLine(50)] });
    expect(full).toMatchObject({ SyncToken: '2', TotalAmt: 50 });
    expect(full).not.toHaveProperty('PrivateNote');
  });

  it('takes back what it answered', async () => {
    const made = await client.invoice('ROUND-1', 100);
    const again = await client.create('Invoice', made);
    expect(again).toEqual({ ...made, SyncToken: '1', MetaData: again.MetaData });
  });

  it('voids to zero and deletes out of sight', async () => {
    const made = await client.invoice('VOID-1', 100, { PrivateNote: 'ours' });
    const voided = (await client.post('/invoice?operation=void', { Id: made.Id, SyncToken: '0' })).body.Invoice;
    expect(voided).toMatchObject({ SyncToken: '1', TotalAmt: 0, Balance: 0, PrivateNote: 'Voided - ours' });
    const deleted = (await client.post('/invoice?operation=delete', { Id: made.Id, SyncToken: '1' })).body;
    expect(deleted.Invoice).toEqual({ domain: 'QBO', status: 'Deleted', Id: made.Id });
    expect(faultCode(await client.get(`/invoice/${made.Id}`))).toBe('610');
    expect((await client.query("select * from Invoice where DocNumber = 'VOID-1'")).body.QueryResponse).toEqual({});
  });

  it('keeps the balance of the customer in step', async () => {
    const balance = async () => (await client.read('Customer', CustomerRef.value)).Balance;
    const before = await balance();
    const made = await client.invoice('BAL-1', 30.25);
    expect(await balance()).toBe(before + 30.25);
    await client.post('/invoice?operation=void', { Id: made.Id, SyncToken: '0' });
    expect(await balance()).toBe(before);
  });

  it('needs a currency once there are several', async () => {
    await client.control('/options', { multicurrency: true });
    const body = { CustomerRef, Line: [itemLine(1)] };
    expect(faultCode(await client.post('/invoice', body))).toBe('2020');
    expect(faultCode(await client.post('/invoice', { ...body, CurrencyRef: { value: 'EUR' } }))).toBe('6000');
    expect((await client.post('/invoice', { ...body, CurrencyRef: { value: 'USD' } })).status).toBe(200);
  });

  it('marks an invoice as mailed', async () => {
    const made = await client.invoice('MAIL-1', 5);
    const sent = (await client.call('POST', `/invoice/${made.Id}/send?sendTo=a%2Bb%40harbor.example`)).body.Invoice;
    expect(sent).toMatchObject({ EmailStatus: 'EmailSent', BillEmail: { Address: 'a+b@harbor.example' } });
  });
});
