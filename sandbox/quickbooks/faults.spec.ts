import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ConnectedClient, faultCode, itemLine } from './connected-client.fixture.js';
import { VENDOR_WITH_CUSTOMER_NAME } from './seed.js';

describe('refusals', () => {
  let client: ConnectedClient;
  let CustomerRef: { value: string };
  beforeAll(async () => {
    client = await ConnectedClient.start();
    CustomerRef = { value: await client.customerId() };
  });
  afterAll(() => client.stop());

  const invoice = (more: Record<string, unknown> = {}) => client.post('/invoice', { CustomerRef, Line: [itemLine(10)], ...more });
  function expectFault(answer: Answer, code: string, detail?: string): void {
    expect([answer.status, faultCode(answer)]).toEqual([400, code]);
    expect(answer.body.Fault?.type).toBe('ValidationFault');
    expect(answer.headers.get('intuit_tid')).toMatch(/^1-/);
    if (detail) expect(answer.body.Fault?.Error[0]?.Detail).toContain(detail);
  }

  it('6140: a number twice, unless duplicates are asked for or not minded', async () => {
    const first = await client.invoice('DUP-1', 10);
    expectFault(await invoice({ DocNumber: 'DUP-1' }), '6140', `DocNumber=DUP-1 is assigned to TxnType=Invoice with TxnId=${first.Id}`);
    const body = { CustomerRef, Line: [itemLine(10)], DocNumber: 'DUP-1' };
    expect((await client.post('/invoice?include=allowduplicatedocnum', body)).status).toBe(200);
    expect((await client.post('/creditmemo', body)).status).toBe(200);
    await client.control('/options', { warnDuplicateDocNumber: false });
    expect((await client.post('/invoice', body)).status).toBe(200);
    await client.control('/options', { warnDuplicateDocNumber: true });
  });

  it('6240: a name of a customer, a vendor or an employee, in any case of letters, inactive ones too', async () => {
    for (const DisplayName of ['harbor dental', VENDOR_WITH_CUSTOMER_NAME, 'Priya Nair']) {
      expectFault(await client.post('/customer', { DisplayName }), '6240');
    }
    const made = await client.create('Customer', { DisplayName: 'Gone Soon' });
    await client.post('/customer', { Id: made.Id, SyncToken: '0', sparse: true, Active: false });
    expectFault(await client.post('/customer', { DisplayName: 'gone soon (deleted)' }), '6240');
    expectFault(await client.post('/item', { Name: 'services', Type: 'Service', IncomeAccountRef: { value: '1' } }), '6240');
  });

  it('2500: references to nothing, and 610 to what was made inactive', async () => {
    expectFault(await invoice({ CustomerRef: { value: '99999' } }), '2500', 'Customers element id 99999 not found');
    expectFault(await invoice({ Line: [itemLine(10, { ItemRef: { value: '99999' } })] }), '2500', 'Items element id 99999');
    expectFault(await invoice({ SalesTermRef: { value: '99' } }), '2500');
    expectFault(await invoice({ DepartmentRef: { value: '99' } }), '2500');
    expectFault(
      await client.post('/item', { Name: 'X', Type: 'Service', IncomeAccountRef: { value: '999' } }),
      '2500',
      'Accounts element id 999',
    );
    const [inactive] = (await client.query('select * from Item where Active = false')).body.QueryResponse.Item;
    expectFault(await invoice({ Line: [itemLine(10, { ItemRef: { value: inactive?.Id } })] }), '610');
  });

  it('610: reading or changing what is not there', async () => {
    expectFault(await client.get('/invoice/99999'), '610');
    expectFault(await client.post('/invoice', { Id: '99999', SyncToken: '0', sparse: true }), '610');
  });

  it('2020: what is required and missing', async () => {
    expectFault(await client.post('/invoice', { CustomerRef }), '2020', 'Required parameter Line is missing in the request');
    expectFault(await client.post('/invoice', { Line: [itemLine(1)] }), '2020', 'CustomerRef');
    expectFault(await client.post('/customer', { Notes: 'nameless' }), '2020');
    const noAmount = { DetailType: 'SalesItemLineDetail', SalesItemLineDetail: {} };
    expectFault(await invoice({ Line: [noAmount] }), '2020');
    const made = await client.invoice('TOKEN-1', 1);
    expectFault(await client.post('/invoice', { Id: made.Id, sparse: true }), '2020', 'SyncToken');
  });

  it('2010: an unknown property, at any depth, and a body that is not JSON', async () => {
    expectFault(await invoice({ Foo: 1 }), '2010', 'Unrecognized field "Foo"');
    expectFault(await invoice({ Line: [itemLine(10, { Quantity: 1 })] }), '2010');
    expectFault(await client.call('POST', '/invoice', '{"half":'), '2010');
  });

  it('2030, 2050 and 2170: ids, lengths and words', async () => {
    expectFault(await client.get('/invoice/abc'), '2030', 'Supplied value:abc');
    expectFault(await invoice({ DocNumber: 'X'.repeat(22) }), '2050', 'Supplied length:22');
    expectFault(await invoice({ EmailStatus: 'Maybe' }), '2170');
    expectFault(await invoice({ Line: [{ Amount: 1, DetailType: 'NoSuchDetail' }] }), '2170');
  });

  it('6070 and 6100: amounts and tax codes of lines', async () => {
    expectFault(await invoice({ Line: [itemLine(11, { Qty: 2, UnitPrice: 5 })] }), '6070');
    expectFault(await invoice({ Line: [itemLine(10, { TaxCodeRef: { value: '2' } })] }), '6100');
    expect((await invoice({ Line: [itemLine(0.34, { Qty: 0.333, UnitPrice: 1.005 })] })).status).toBe(400);
    expect((await invoice({ Line: [itemLine(0.33, { Qty: 0.333, UnitPrice: 1.005 })] })).status).toBe(200);
  });

  it('5010: a version that is not the present one', async () => {
    const made = await client.invoice('STALE-1', 1);
    await client.post('/invoice', { Id: made.Id, SyncToken: '0', sparse: true, PrivateNote: 'a' });
    expectFault(await client.post('/invoice', { Id: made.Id, SyncToken: '0', sparse: true, PrivateNote: 'b' }), '5010');
    expect((await client.read('Invoice', made.Id)).PrivateNote).toBe('a');
  });

  it('6210: closed books, for new and for old documents', async () => {
    const made = await client.invoice('CLOSED-1', 1, { TxnDate: '2026-01-15' });
    await client.control('/options', { bookCloseDate: '2026-01-31' });
    expectFault(await invoice({ TxnDate: '2026-01-31' }), '6210');
    expectFault(await client.post('/invoice', { Id: made.Id, SyncToken: '0', sparse: true, TxnDate: '2026-02-02' }), '6210');
    expectFault(await client.post('/invoice?operation=void', { Id: made.Id, SyncToken: '0' }), '6210');
    expect((await invoice({ TxnDate: '2026-02-01' })).status).toBe(200);
    await client.control('/options', { bookCloseDate: null });
  });

  it('6000: names that a list cannot hold', async () => {
    expectFault(await client.post('/customer', { DisplayName: 'A: B' }), '6000');
    expectFault(await client.post('/customer', { DisplayName: 'A\tB' }), '6000');
  });

  it('can answer refusals with 200', async () => {
    await client.control('/options', { faultsAs200: true });
    const answer = await client.get('/invoice/99999');
    expect([answer.status, faultCode(answer)]).toEqual([200, '610']);
    await client.control('/options', { faultsAs200: false });
  });

  it('says loudly what it does not model', async () => {
    expect((await client.get('/reports/ProfitAndLoss')).status).toBe(501);
    expect((await client.post('/vendor', { DisplayName: 'X' })).status).toBe(501);
    expect((await invoice({ Line: [{ Amount: 1, DetailType: 'GroupLineDetail' }] })).status).toBe(501);
    const xml = await client.call('GET', '/preferences', undefined, { accept: 'application/xml' });
    expect([xml.status, xml.text.includes('SANDBOX')]).toEqual([501, true]);
  });

  it('speaks as the gateway does when told to fail', async () => {
    const fail = (status: number) => client.control('/faults', { match: { path: '/preferences' }, mode: 'status', status });
    await fail(401);
    expect((await client.get('/preferences')).body.fault).toMatchObject({ type: 'AUTHENTICATION', error: [{ code: '3200' }] });
    await fail(429);
    expect((await client.get('/preferences')).text).toContain('errorCode=003001');
    await fail(504);
    expect((await client.get('/preferences')).text).toContain('<Error code="6002">');
    expect((await client.get('/preferences')).status).toBe(200);
  });
});
