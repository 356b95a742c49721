import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyContactId, connectedSandbox, invoiceBody, type TestClient } from '../test-client.fixture.js';
import type { Json, Wire } from '../wire.fixture.js';

let client: TestClient;
let contactId: string;
const create = async (number: string, more: Json = {}) =>
  (await client.api('PUT', '/Invoices', invoiceBody(number, contactId, more))).json['Invoices'][0] as Wire;
const read = async (number: string) => (await client.api('GET', `/Invoices/${number}`)).json['Invoices'][0] as Wire;
const payment = (invoice: Json, Amount: number, more: Json = {}) => ({
  Invoice: { InvoiceID: invoice['InvoiceID'] },
  Account: { Code: '090' },
  Date: '2026-11-20',
  Amount,
  ...more,
});
const put = (payments: Json[], query = '') => client.api('PUT', `/Payments${query}`, { Payments: payments });
const firstMessage = (element: Wire) => element.ValidationErrors[0]?.Message;

beforeAll(async () => {
  client = await connectedSandbox();
  contactId = await anyContactId(client);
});
afterAll(() => client.close());

describe('payments', () => {
  it('settle an invoice, embedded in it from then on, and open it again when deleted', async () => {
    const invoice = await create('PAY-1');
    const answer = await put([payment(invoice, 60, { Reference: 'EFT 9' })]);
    expect(answer.json['Payments'][0]).toMatchObject({
      Amount: 60,
      BankAmount: 60,
      Date: '/Date(1795132800000+0000)/',
      PaymentType: 'ACCRECPAYMENT',
      Status: 'AUTHORISED',
      HasAccount: true,
      Account: { Code: '090', Name: 'Business Account' },
      Invoice: { InvoiceNumber: 'PAY-1', AmountDue: 50, AmountPaid: 60, Status: 'AUTHORISED', LineItems: [] },
    });
    const second = (await put([payment(invoice, 50)])).json['Payments'][0] as Wire;
    expect(await read('PAY-1')).toMatchObject({
      Status: 'PAID',
      AmountDue: 0,
      AmountPaid: 110,
      FullyPaidOnDate: '/Date(1795132800000+0000)/',
      Payments: [{ Amount: 60 }, { Amount: 50 }],
    });
    const removed = await client.api('POST', `/Payments/${second['PaymentID']}`, { Status: 'DELETED' });
    expect(removed.json['Payments'][0]).toMatchObject({ Status: 'DELETED' });
    const reopened = await read('PAY-1');
    expect(reopened).toMatchObject({ Status: 'AUTHORISED', AmountDue: 50, Payments: [{ Amount: 60 }] });
    expect(reopened).not.toHaveProperty('FullyPaidOnDate');
    expect((await client.api('POST', `/Payments/${second['PaymentID']}`, { Status: 'DELETED' })).status).toBe(400);
    expect((await client.api('POST', `/Payments/${second['PaymentID']}`, { Amount: 1 })).status).toBe(400);
  });

  it('refuse too much, a draft, an account that takes none; the refused one still looks like a payment', async () => {
    const invoice = await create('PAY-2');
    const draft = await create('PAY-3', { Status: 'DRAFT' });
    const answer = await put(
      [payment(invoice, 110.01), payment(draft, 1), payment(invoice, 1, { Account: { Code: '200' } }), payment(invoice, 10)],
      '?summarizeErrors=false',
    );
    const [tooMuch, notApproved, noAccount, good] = answer.json['Payments'] as [Wire, Wire, Wire, Wire];
    expect(tooMuch).toMatchObject({
      Status: 'AUTHORISED',
      HasValidationErrors: true,
      StatusAttributeString: 'ERROR',
      PaymentID: expect.any(String),
    });
    expect(firstMessage(tooMuch)).toBe('Payment amount exceeds the amount outstanding on this document');
    expect(firstMessage(notApproved)).toBe('Payments can only be made against Authorised documents');
    expect(firstMessage(noAccount)).toContain('Account');
    expect(good).toMatchObject({ StatusAttributeString: 'OK', Amount: 10 });
    expect((await client.api('GET', `/Payments/${tooMuch['PaymentID']}`)).status).toBe(404);
    expect(await read('PAY-2')).toMatchObject({ AmountPaid: 10 });
  });

  it('are listed by page, filter and date of change, the deleted ones too', async () => {
    const invoice = await create('PAY-4');
    client.sandbox.clock.advance(120_000);
    const since = client.sandbox.clock.now().toISOString();
    client.sandbox.clock.advance(2_000);
    const made = (await client.api('POST', '/Payments', payment(invoice, 10))).json['Payments'][0] as Wire;
    await client.control('/payments', { remove: made['PaymentID'] });
    const changed = await client.api('GET', '/Payments?page=1', undefined, { 'if-modified-since': since });
    expect(changed.json['Payments']).toMatchObject([
      { PaymentID: made['PaymentID'], Status: 'DELETED', Invoice: { InvoiceNumber: 'PAY-4' } },
    ]);
    const where = encodeURIComponent(`Status=="AUTHORISED" AND Invoice.InvoiceID==guid("${invoice['InvoiceID']}")`);
    expect((await client.api('GET', `/Payments?where=${where}`)).json['Payments']).toEqual([]);
  });

  it('take one under POST', async () => {
    const invoice = await create('PAY-5');
    expect((await client.api('POST', '/Payments', { Payments: [payment(invoice, 1), payment(invoice, 1)] })).status).toBe(400);
  });

  it('need an invoice that exists', async () => {
    expect((await put([payment({ InvoiceID: '7c0d5a52-64c5-4a5f-8f3a-0f2f5f1c3333' }, 1)])).status).toBe(404);
  });
});

describe('credit notes', () => {
  it('are created, allocated in a second call, and opened again when undone', async () => {
    const invoice = await create('CRED-1');
    const body = { ...invoiceBody('unused', contactId), Type: 'ACCRECCREDIT', InvoiceNumber: undefined, CreditNoteNumber: 'CR-9' };
    const note = (await client.api('PUT', '/CreditNotes', body)).json['CreditNotes'][0] as Wire;
    expect(note).toMatchObject({ Status: 'AUTHORISED', RemainingCredit: 110, Total: 110, Allocations: [] });
    expect(note['ID']).toBe(note['CreditNoteID']);
    const path = `/CreditNotes/${note['CreditNoteID']}/Allocations`;
    const allocate = (Amount: number) => client.api('PUT', path, { Amount, Invoice: { InvoiceID: invoice['InvoiceID'] } });
    const allocation = (await allocate(100)).json['Allocations'][0] as Wire;
    expect(await read('CRED-1')).toMatchObject({
      AmountCredited: 100,
      AmountDue: 10,
      CreditNotes: [{ CreditNoteNumber: 'CR-9', AppliedAmount: 100 }],
    });
    expect((await allocate(10.01)).status).toBe(400);
    await allocate(10);
    expect(await read('CRED-1')).toMatchObject({ Status: 'PAID', AmountDue: 0 });
    expect((await client.api('GET', '/CreditNotes/CR-9')).json['CreditNotes'][0]).toMatchObject({ Status: 'PAID', RemainingCredit: 0 });
    const undone = await client.api('DELETE', `${path}/${allocation['AllocationID']}`);
    expect(undone.json).toMatchObject({ AllocationID: allocation['AllocationID'], IsDeleted: true });
    expect(undone.json).not.toHaveProperty('Status');
    expect(await read('CRED-1')).toMatchObject({ Status: 'AUTHORISED', AmountDue: 100, AmountCredited: 10 });
  });

  it('come from the control route too, with the documents of a number in vendor shape', async () => {
    await create('CRED-2');
    expect((await client.control('/credits', { number: 'CRED-2', amount: 33.33, date: '2026-11-21' })).status).toBe(200);
    await client.control('/payments', { number: 'CRED-2', amount: '6.67', date: '2026-11-22' });
    const documents = (await (await fetch(`${client.sandbox.url}/_sandbox/documents?number=CRED-2`)).json()) as Json[];
    expect(documents).toMatchObject([
      {
        InvoiceNumber: 'CRED-2',
        AmountDue: 70,
        AmountCredited: 33.33,
        Payments: [{ Amount: 6.67 }],
        CreditNotes: [{ AppliedAmount: 33.33 }],
      },
    ]);
    expect(await client.control('/payments', { number: 'CRED-2', amount: 71, date: '2026-11-22' })).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining('exceeds') },
    });
    expect((await client.control('/void', { number: 'CRED-2' })).status).toBe(400);
    expect((await client.control('/payments', { number: 'NOBODY', amount: 1, date: '2026-11-22' })).status).toBe(400);
  });
});
