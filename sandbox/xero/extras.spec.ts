import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { anyContactId, connectedSandbox, invoiceBody, type TestClient } from './test-client.fixture.js';
import type { Json, Wire } from './wire.fixture.js';

const KEY = 'webhook-key';
let client: TestClient;
let contactId: string;
let listener: Server;
let statuses: number[] = [];
const heard: { body: string; signature: string; status: number }[] = [];

beforeAll(async () => {
  client = await connectedSandbox();
  contactId = await anyContactId(client);
  listener = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const signature = String(request.headers['x-xero-signature']);
      const isGenuine = signature === createHmac('sha256', KEY).update(body).digest('base64');
      const status = statuses.shift() ?? (isGenuine ? 200 : 401);
      heard.push({ body, signature, status });
      response.statusCode = status;
      response.end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  listener.closeAllConnections();
  listener.close();
  await client.close();
});

const subscribe = () =>
  client.control('/options', { webhook: { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook`, key: KEY } });
const events = () => heard.filter(({ status }) => status === 200).flatMap(({ body }) => JSON.parse(body).events as Json[]);

describe('webhooks', () => {
  it('try the address first, with right and wrong signatures', async () => {
    await subscribe();
    const answer = await client.control('/webhooks', { intentToReceive: true });
    expect(answer.json).toEqual([
      { status: 200, signed: 'rightly' },
      { status: 401, signed: 'wrongly' },
      { status: 200, signed: 'rightly' },
      { status: 401, signed: 'wrongly' },
    ]);
    expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({
      events: [],
      firstEventSequence: 0,
      lastEventSequence: 0,
      entropy: expect.any(String),
    });
  });

  it('tell of created and changed invoices, payments included, once more after a failure', async () => {
    await subscribe();
    statuses = [500];
    const invoice = (await client.api('PUT', '/Invoices', invoiceBody('WH-1', contactId))).json['Invoices'][0] as Wire;
    const about = () => events().filter((event) => event['resourceId'] === invoice['InvoiceID']);
    await vi.waitFor(() => expect(about()).toHaveLength(1), { timeout: 15_000 });
    expect(about()[0]).toMatchObject({
      eventCategory: 'INVOICE',
      eventType: 'CREATE',
      tenantId: client.tenantId,
      tenantType: 'ORGANISATION',
      resourceUrl: `${client.sandbox.url}/api.xro/2.0/Invoices/${invoice['InvoiceID']}`,
    });
    expect(about()[0]?.['eventDateUtc']).not.toMatch(/Z$/);
    await client.control('/payments', { number: 'WH-1', amount: 1, date: '2026-11-20' });
    await vi.waitFor(() => expect(about().map((event) => event['eventType'])).toEqual(['CREATE', 'UPDATE']), { timeout: 15_000 });
    await client.control('/webhooks', { redeliver: 2 });
    expect(about()).toHaveLength(4);
  });

  it('keep what could not be delivered for the next batch', async () => {
    await subscribe();
    statuses = [500, 500];
    const before = heard.length;
    await client.api('PUT', '/Invoices', invoiceBody('WH-2', contactId));
    await vi.waitFor(() => expect(heard.length).toBe(before + 2), { timeout: 15_000 });
    const flushed = await client.control('/webhooks', { flush: true });
    expect(flushed.json).toEqual([{ status: 200, signed: 'rightly' }]);
    await client.control('/options', { webhook: null });
    expect((await client.control('/webhooks', { flush: true })).json).toEqual([]);
  });
});

describe('attachments and history', () => {
  it('take raw bytes, list them, give them back and replace by name', async () => {
    await client.api('PUT', '/Invoices', invoiceBody('ATT-1', contactId));
    const bytes = Uint8Array.from([0x25, 0x50, 0x44, 0x46, 0, 255]);
    const put = (name: string, query = '', type = 'application/pdf') =>
      client.api('PUT', `/Invoices/ATT-1/Attachments/${name}${query}`, bytes, { 'content-type': type });
    const [file] = (await put('ATT-1.pdf', '?IncludeOnline=true')).json['Attachments'] as [Wire];
    expect(file).toMatchObject({ FileName: 'ATT-1.pdf', MimeType: 'application/pdf', ContentLength: 6, IncludeOnline: true });
    const again = (await put('ATT-1.pdf')).json['Attachments'][0] as Wire;
    expect(again['AttachmentID']).toBe(file['AttachmentID']);
    expect((await client.api('GET', '/Invoices/ATT-1/Attachments')).json['Attachments']).toHaveLength(1);
    const content = await fetch(String(file['Url']), {
      headers: { authorization: `Bearer ${client.tokens.access_token}`, 'xero-tenant-id': client.tenantId },
    });
    expect(new Uint8Array(await content.arrayBuffer())).toEqual(bytes);
    expect((await client.api('GET', '/Invoices/ATT-1')).json['Invoices'][0]).toMatchObject({
      HasAttachments: true,
      Attachments: [{ FileName: 'ATT-1.pdf' }],
    });
    expect((await put('a%2Bb.pdf')).status).toBe(400);
    expect((await put('form.pdf', '', 'application/x-www-form-urlencoded')).status).toBe(501);
    for (let count = 2; count <= 10; count += 1) expect((await put(`file${count}.pdf`)).status).toBe(200);
    expect((await put('eleventh.pdf')).status).toBe(400);
  });

  it('keep notes', async () => {
    const put = await client.api('PUT', '/Invoices/ATT-1/History', { HistoryRecords: [{ Details: 'Posted by Countersign' }] });
    expect(put.json['HistoryRecords'][0]).toMatchObject({ Details: 'Posted by Countersign', User: 'System Generated' });
    const notes = (await client.api('GET', '/Invoices/ATT-1/History')).json['HistoryRecords'] as Json[];
    expect(notes.at(-1)).toMatchObject({ Details: 'Posted by Countersign' });
  });
});

describe('reference data and page', () => {
  it('knows the chart, the tax rates, the region and the items', async () => {
    const accounts = (await client.api('GET', '/Accounts')).json['Accounts'] as Json[];
    expect(accounts.find((account) => account['SystemAccount'] === 'ROUNDING')).toMatchObject({ Code: '860' });
    expect(accounts.filter((account) => account['Status'] === 'ARCHIVED')).toHaveLength(1);
    const where = encodeURIComponent('Type=="BANK" AND Status=="ACTIVE"');
    expect((await client.api('GET', `/Accounts?where=${where}`)).json['Accounts']).toHaveLength(2);
    const rates = (await client.api('GET', '/TaxRates')).json['TaxRates'] as Json[];
    expect(rates.find((rate) => rate['TaxType'] === 'OUTPUT')).toMatchObject({ EffectiveRate: 10, CanApplyToRevenue: true });
    expect((await client.api('GET', '/TrackingCategories')).json['TrackingCategories']).toMatchObject([{ Name: 'Region' }]);
    expect((await client.api('GET', '/Currencies')).json['Currencies']).toHaveLength(2);
    expect(
      (await client.api('PUT', '/Items', { Code: 'NEW', SalesDetails: { UnitPrice: 5, AccountCode: '220' } })).json['Items'][0],
    ).toMatchObject({ Code: 'NEW' });
    expect((await client.api('PUT', '/Items', { Code: 'new' })).status).toBe(400);
    expect((await client.api('GET', '/Items/NEW')).json.Items[0]?.['SalesDetails']).toEqual({ UnitPrice: 5, AccountCode: '220' });
    const byItem = await client.api(
      'PUT',
      '/Invoices',
      invoiceBody('ITEM-1', contactId, { LineItems: [{ Description: 'Cable', ItemCode: 'NEW', Quantity: 2 }] }),
    );
    expect(byItem.json['Invoices'][0]).toMatchObject({
      SubTotal: 10,
      TotalTax: 1,
      LineItems: [{ AccountCode: '220', Item: { Code: 'NEW' } }],
    });
  });

  it('shows what it holds, escaped', async () => {
    await client.api('PUT', '/Invoices', invoiceBody('<script>1', contactId));
    const page = await (await fetch(client.sandbox.url)).text();
    expect(page).toContain('OLD-001');
    expect(page).toContain('Kookaburra Freight Pty Ltd');
    expect(page).not.toContain('<script>');
  });
});
