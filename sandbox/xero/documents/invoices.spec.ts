import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyContactId, connectedSandbox, invoiceBody, type TestClient } from '../test-client.fixture.js';
import type { Json, Wire } from '../wire.fixture.js';

let client: TestClient;
let contactId: string;
const body = (number: string, more: Json = {}) => invoiceBody(number, contactId, more);
const put = (invoices: Json[], query = '') => client.api('PUT', `/Invoices${query}`, { Invoices: invoices });
const post = (invoice: Json, query = '') => client.api('POST', `/Invoices${query}`, invoice);
const get = async (idOrNumber: string, query = '?unitdp=4') =>
  (await client.api('GET', `/Invoices/${idOrNumber}${query}`)).json['Invoices']?.[0] as Wire;
const messages = (element: Wire | undefined) => element?.ValidationErrors.map((error) => error.Message) ?? [];
const widget = {
  Description: 'Widget',
  Quantity: 3,
  UnitAmount: 19.9875,
  AccountCode: '200',
  TaxType: 'OUTPUT',
  Tracking: [{ Name: 'Region', Option: 'North' }],
};

beforeAll(async () => {
  client = await connectedSandbox();
  contactId = await anyContactId(client);
});
afterAll(() => client.close());

describe('creating', () => {
  it('answers the worked example of the fact sheet, one good and one bad, with 200', async () => {
    await put([body('FX-0900')]);
    const answer = await post(
      {
        Invoices: [
          body('FX-1001', { Reference: 'PO 77', LineAmountTypes: 'Exclusive', CurrencyCode: 'AUD', LineItems: [widget] }),
          body('FX-1001', { LineItems: [{ Description: 'Gadget', Quantity: 1, UnitAmount: 10, AccountCode: '999', TaxType: 'OUTPUT' }] }),
        ],
      },
      '?summarizeErrors=False&unitdp=4',
    );
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ Status: 'OK', DateTimeUTC: expect.stringMatching(/^\/Date\(\d+\)\/$/) });
    const [good, bad] = answer.json['Invoices'] as [Wire, Wire];
    expect(good).toMatchObject({
      Status: 'AUTHORISED',
      StatusAttributeString: 'OK',
      SubTotal: 59.96,
      TotalTax: 6,
      Total: 65.96,
      AmountDue: 65.96,
      AmountPaid: 0,
      HasErrors: false,
      Date: '/Date(1793577600000+0000)/',
      DateString: '2026-11-02T00:00:00',
      DueDateString: '2026-11-16T00:00:00',
      CurrencyCode: 'AUD',
      CurrencyRate: 1,
      LineItems: [
        { UnitAmount: 19.9875, LineAmount: 59.96, TaxAmount: 6, Quantity: 3, Tracking: [{ Name: 'Region', Option: 'North', Options: [] }] },
      ],
    });
    for (const unused of ['Payments', 'CreditNotes', 'AmountCredited']) expect(good).not.toHaveProperty(unused);
    expect(bad).toMatchObject({ StatusAttributeString: 'ERROR', HasErrors: true });
    expect(messages(bad)).toEqual(["Account code '999' is not a valid code for this document."]);
    // POST met its own first element by number: the update was refused, so the first stands.
    expect(bad['InvoiceID']).toBe(good['InvoiceID']);
  });

  it('refuses a number twice under PUT, beside what else is wrong, with the zero id', async () => {
    const line = { Description: 'Gadget', Quantity: 1, UnitAmount: 10, AccountCode: '999', TaxType: 'OUTPUT' };
    const answer = await put([body('FX-0900', { LineItems: [line] })], '?summarizeErrors=false');
    expect(answer.status).toBe(200);
    const [element] = answer.json['Invoices'] as [Wire];
    expect(element['InvoiceID']).toBe('00000000-0000-0000-0000-000000000000');
    expect(messages(element)).toEqual(['Invoice # must be unique.', "Account code '999' is not a valid code for this document."]);
  });

  it('rounds prices to two places without unitdp, and shows two places when reading without', async () => {
    const [invoice] = (await put([body('FX-2DP', { LineItems: [widget] })])).json['Invoices'] as [Wire];
    expect(invoice).toMatchObject({ SubTotal: 59.97, Total: 65.97, LineItems: [{ UnitAmount: 19.99 }] });
    await put([body('FX-4DP', { LineItems: [widget] })], '?unitdp=4');
    expect(await get('FX-4DP', '')).toMatchObject({ SubTotal: 59.96, LineItems: [{ UnitAmount: 19.99 }] });
    expect(await get('FX-4DP')).toMatchObject({ LineItems: [{ UnitAmount: 19.9875 }] });
  });

  it('summarises errors in a 400 by default, shows only the bad ones, and has saved the good', async () => {
    const answer = await put([body('SUM-1'), body('SUM-2', { LineItems: [{ ...widget, LineAmount: 60 }] })], '?unitdp=4');
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ ErrorNumber: 10, Type: 'ValidationException', Message: 'A validation exception occurred' });
    expect(answer.json['Elements']).toHaveLength(1);
    expect(messages(answer.json['Elements'][0])).toEqual(['The line total 60 does not match the expected line total 59.96']);
    expect(await get('SUM-1')).toMatchObject({ Total: 110 });
  });

  it.each<[string, Json, string | RegExp]>([
    ['an archived account', { LineItems: [{ ...widget, AccountCode: '240' }] }, "Account code '240' has been archived, or deleted."],
    ['a bank account', { LineItems: [{ ...widget, AccountCode: '090' }] }, "Account code '090' is not a valid code for this document."],
    [
      'an unknown tax',
      { LineItems: [{ ...widget, TaxType: 'NOPE' }] },
      'The TaxType code NOPE does not exist or cannot be used for this type of transaction.',
    ],
    [
      'a dead tax',
      { LineItems: [{ ...widget, TaxType: 'TAX001' }] },
      'The TaxType code TAX001 does not exist or cannot be used for this type of transaction.',
    ],
    [
      'a purchase tax',
      { LineItems: [{ ...widget, TaxType: 'INPUT' }] },
      "The TaxType code 'INPUT' cannot be used with account code '200'.",
    ],
    ['an unsubscribed currency', { CurrencyCode: 'EUR' }, 'Organisation is not subscribed to currency EUR'],
    ['no contact', { Contact: {} }, /^The Contact must contain at least 1 of the following elements/],
    ['PAID', { Status: 'PAID' }, 'Invoice not of valid status for modification'],
    ['no due date', { DueDate: undefined }, /due date/],
    ['no lines', { LineItems: [] }, /line items/],
    ['a negative total', { LineItems: [{ ...widget, Quantity: -1 }] }, /negative/],
    [
      'no account',
      { LineItems: [{ Description: 'x', Quantity: 1, UnitAmount: 1 }] },
      "Account code '' is not a valid code for this document.",
    ],
    ['a number of 256', { InvoiceNumber: 'N'.repeat(256) }, /255/],
    ['both discounts', { LineItems: [{ ...widget, DiscountRate: 10, DiscountAmount: 1 }] }, /Only one of/],
    ['a tracking option nobody made', { LineItems: [{ ...widget, Tracking: [{ Name: 'Region', Option: 'Mars' }] }] }, /Mars/],
    ['a Url to the vendor', { Url: 'https://go.xero.com/x' }, /Url/],
  ])('refuses %s', async (name, change, message) => {
    const answer = await put([body(`BAD ${name}`, change)], '?summarizeErrors=false');
    expect(answer.status).toBe(200);
    const found = messages(answer.json['Invoices'][0]);
    expect(found).toHaveLength(1);
    if (typeof message === 'string') expect(found[0]).toBe(message);
    else expect(found[0]).toMatch(message);
    expect((await client.api('GET', `/Invoices?InvoiceNumbers=${encodeURIComponent(`BAD ${name}`)}`)).json['Invoices']).toEqual([]);
  });

  it('warns where SentToContact comes too early, and saves', async () => {
    const [draft] = (await put([body('WARN-1', { Status: 'DRAFT', SentToContact: true })], '?summarizeErrors=false')).json['Invoices'] as [
      Wire,
    ];
    expect(draft).toMatchObject({
      StatusAttributeString: 'WARNING',
      SentToContact: false,
      Warnings: [{ Message: 'Only AUTHORISED invoices may have SentToContact updated.' }],
    });
  });

  it('takes tax from the account, a description alone as a line, and today of Melbourne as the date', async () => {
    client.sandbox.clock.moveTo(new Date('2026-11-20T20:00:00Z'));
    const lines = [{ Description: 'Only words' }, { Description: 'Labour', Quantity: 1, UnitAmount: 100, AccountCode: '200' }];
    const [invoice] = (await put([body('DEF-1', { Date: undefined, DueDate: '2026-12-01', LineItems: lines })])).json['Invoices'] as [Wire];
    expect(invoice).toMatchObject({
      Total: 110,
      DateString: '2026-11-21T00:00:00',
      LineItems: [{ Description: 'Only words' }, { TaxType: 'OUTPUT' }],
    });
    client.sandbox.clock.reset();
  });

  it('numbers what has no number and closes an approved zero at once', async () => {
    const lines = [{ Description: 'Free', Quantity: 1, UnitAmount: 0, AccountCode: '200' }];
    const [invoice] = (await put([body('x', { InvoiceNumber: undefined, LineItems: lines })])).json['Invoices'] as [Wire];
    expect(invoice).toMatchObject({ Status: 'PAID', Total: 0, InvoiceNumber: expect.stringMatching(/^INV-\d{4}$/) });
  });

  it('creates a contact for a new name, finds it again, and is changed by extra fields', async () => {
    const named = (number: string, Contact: Json) => put([body(number, { Contact })]);
    const [first] = (await named('CON-1', { Name: 'Fresh & Co' })).json['Invoices'] as [Wire];
    const [second] = (await named('CON-2', { Name: 'fresh & co', EmailAddress: 'a@fresh.example' })).json['Invoices'] as [Wire];
    expect(second['Contact']['ContactID']).toBe(first['Contact']['ContactID']);
    const contact = (await client.api('GET', `/Contacts/${first['Contact']['ContactID']}`)).json['Contacts'][0];
    expect(contact).toMatchObject({ EmailAddress: 'a@fresh.example', IsCustomer: true });
  });

  it('is a 404 without words for an unknown contact, and nothing of the batch is saved', async () => {
    const stranger = { ContactID: '7c0d5a52-64c5-4a5f-8f3a-0f2f5f1c3333' };
    const answer = await put([body('ALL-1'), body('ALL-2', { Contact: stranger })], '?summarizeErrors=false');
    expect([answer.status, answer.text]).toEqual([404, '']);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect((await client.api('GET', '/Invoices/ALL-1')).status).toBe(404);
  });

  it('refuses loudly what it does not model', async () => {
    expect(await put([body('L-1', { RepeatingInvoiceID: 'x' })])).toMatchObject({
      status: 501,
      text: expect.stringContaining('RepeatingInvoiceID'),
    });
    expect((await client.api('GET', '/Invoices?fields=all')).status).toBe(501);
    expect((await client.api('GET', '/Quotes')).status).toBe(501);
    expect((await client.api('GET', '/Invoices', undefined, { accept: '*/*' })).status).toBe(406);
    expect(await put([body('L-2', { Date: 'tomorrow' })])).toMatchObject({ status: 400, json: { Type: 'PostDataInvalidException' } });
  });
});

describe('changing', () => {
  const create = async (number: string, more: Json = {}) => (await put([body(number, more)], '?unitdp=4')).json['Invoices'][0] as Wire;

  it('walks the statuses and no others', async () => {
    await create('ST-1', { Status: 'DRAFT' });
    for (const status of ['SUBMITTED', 'DRAFT', 'AUTHORISED', 'VOIDED']) {
      const answer = await post({ InvoiceNumber: 'ST-1', Type: 'ACCREC', Status: status });
      expect(answer.json['Invoices'][0]).toMatchObject({ Status: status });
    }
    expect(await get('ST-1')).toMatchObject({ Status: 'VOIDED', AmountDue: 110 });
    const back = await post({ InvoiceNumber: 'ST-1', Status: 'AUTHORISED' });
    expect(back.status).toBe(400);
    expect(messages(back.json['Elements'][0])).toEqual(['Invoice not of valid status for modification']);
  });

  it('echoes the wanted status on a refusal', async () => {
    const { InvoiceID } = await create('ST-2');
    const answer = await post({ InvoiceID, Status: 'DELETED' }, '?summarizeErrors=false');
    expect(answer.json['Invoices'][0]).toMatchObject({ InvoiceID, Status: 'DELETED', StatusAttributeString: 'ERROR' });
    expect(await get('ST-2')).toMatchObject({ Status: 'AUTHORISED' });
  });

  it('updates lines with an id, adds those without, drops those not sent, and leaves all when none are sent', async () => {
    const line = (Description: string) => ({ Description, Quantity: 1, UnitAmount: 10, AccountCode: '200', TaxType: 'OUTPUT' });
    const before = await create('LN-1', { LineItems: [line('one'), line('two')] });
    const kept = before.LineItems[0]?.['LineItemID'];
    await post({ InvoiceID: before['InvoiceID'], LineItems: [{ LineItemID: kept, UnitAmount: 20 }, line('three')] });
    const after = await get('LN-1');
    expect(after).toMatchObject({
      SubTotal: 30,
      LineItems: [{ LineItemID: kept, Description: 'one', UnitAmount: 20 }, { Description: 'three' }],
    });
    await post({ InvoiceID: before['InvoiceID'], Reference: 'new' });
    expect((await get('LN-1'))['LineItems']).toEqual(after['LineItems']);
  });

  it('lets only words change once money stands against it', async () => {
    const invoice = await create('PP-1');
    await client.control('/payments', { number: 'PP-1', amount: '10', date: '2026-11-10' });
    const line = invoice['LineItems'][0] as Wire;
    const refused = await post({ InvoiceID: invoice['InvoiceID'], LineItems: [{ LineItemID: line['LineItemID'], UnitAmount: 1 }] });
    expect(messages(refused.json['Elements'][0])).toEqual([
      'This document cannot be edited as it has a payment or credit note allocated to it.',
    ]);
    const voided = await post({ InvoiceID: invoice['InvoiceID'], Status: 'VOIDED' });
    expect(messages(voided.json['Elements'][0])[0]).toContain('payment or credit note allocated');
    const reworded = await post({
      InvoiceID: invoice['InvoiceID'],
      Reference: 'later',
      LineItems: [{ LineItemID: line['LineItemID'], Description: 'Other words' }],
    });
    expect(reworded.json['Invoices'][0]).toMatchObject({ Reference: 'later', LineItems: [{ Description: 'Other words' }] });
  });

  it('keeps a voided number taken, or gives it back when told to', async () => {
    await create('VN-1');
    await client.control('/void', { number: 'VN-1' });
    expect((await put([body('VN-1')])).status).toBe(400);
    await client.control('/options', { numbersFreeAfterVoid: true });
    expect((await put([body('VN-1')])).status).toBe(200);
    await client.control('/options', { numbersFreeAfterVoid: false });
  });

  it('keeps locked periods shut', async () => {
    await client.control('/options', { periodLockDate: '2026-11-02' });
    const answer = await put([body('LOCK-1')]);
    expect(messages(answer.json['Elements'][0])).toEqual([
      'The document date cannot be before the period lock date, currently set at 2 November 2026',
    ]);
    expect((await put([body('LOCK-2', { Date: '2026-11-03' })])).status).toBe(200);
    await client.control('/options', { periodLockDate: null });
  });

  it('foresees a second currency', async () => {
    const invoice = await create('USD-1', { CurrencyCode: 'USD' });
    expect(invoice).toMatchObject({ CurrencyCode: 'USD', CurrencyRate: 0.65, Total: 110 });
    const paid = await client.control('/payments', { number: 'USD-1', amount: 65, date: '2026-11-10' });
    expect(paid.json).toMatchObject({ Amount: 65, BankAmount: 100 });
  });
});

describe('listing', () => {
  const list = async (query: string, headers = {}) => (await client.api('GET', `/Invoices?${query}`, undefined, headers)).json;

  it('pages in full and clamps the size; without a page it is a summary of all', async () => {
    const page = await list('page=1&pageSize=2');
    expect(page['pagination']).toMatchObject({ page: 1, pageSize: 2 });
    expect(page['Invoices']).toHaveLength(2);
    expect(page.Invoices[0]?.LineItems).toHaveLength(1);
    expect((await list('page=1&pageSize=5000'))['pagination']['pageSize']).toBe(1000);
    expect((await list('page=999'))['Invoices']).toEqual([]);
    const all = await list('');
    expect(all).not.toHaveProperty('pagination');
    expect(all['Invoices'][0]).not.toHaveProperty('LineItems');
    expect(Object.keys(all.Invoices[0]?.Contact ?? {})).toEqual(['ContactID', 'Name']);
    expect(await list('Statuses=PAID')).toHaveProperty('pagination');
  });

  it('filters by lists, search and where', async () => {
    await put([body('LIST-A', { Reference: 'find me' }), body('LIST-B')]);
    const numbers = async (query: string) => (await list(query))['Invoices'].map((invoice) => String(invoice['InvoiceNumber'])).toSorted();
    expect(await numbers('InvoiceNumbers=LIST-A,list-b')).toEqual(['LIST-A', 'LIST-B']);
    expect(await numbers('SearchTerm=FIND')).toEqual(['LIST-A']);
    expect(await numbers(`where=${encodeURIComponent('InvoiceNumber=="LIST-A" OR Reference=="find me"')}`)).toEqual(['LIST-A']);
    expect(await numbers('createdByMyApp=true&SearchTerm=OLD-')).toEqual([]);
    const { InvoiceID } = await get('LIST-B');
    expect(await numbers(`IDs=${InvoiceID}`)).toEqual(['LIST-B']);
    expect((await client.api('GET', '/Invoices?where=Nope%3D%3D1')).json).toMatchObject({ Type: 'QueryParseException' });
  });

  it('orders, and gives what changed since', async () => {
    const dates = (await list('page=1&order=Date%20DESC'))['Invoices'].map((invoice) => String(invoice['DateString']));
    expect(dates).toEqual([...dates].sort().reverse());
    client.sandbox.clock.advance(60_000);
    const since = client.sandbox.clock.now().toISOString();
    client.sandbox.clock.advance(2_000);
    await put([body('SINCE-1')]);
    const changed = await list('page=1', { 'if-modified-since': since });
    expect(changed['Invoices'].map((invoice) => invoice['InvoiceNumber'])).toEqual(['SINCE-1']);
  });
});
