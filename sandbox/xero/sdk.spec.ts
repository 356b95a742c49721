import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Invoice, LineAmountTypes, XeroClient } from 'xero-node';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET } from './index.js';
import { anyContactId, connectedSandbox, REDIRECT_URI, type TestClient } from './test-client.fixture.js';

interface Issuer {
  Client: new (metadata: object) => XeroClient['openIdClient'];
}
// The vendor's client resolves its own copy of openid-client; ours must be the same one.
const fromSdk = createRequire(createRequire(import.meta.url).resolve('xero-node'));
const { Issuer } = fromSdk('openid-client') as { Issuer: new (metadata: object) => Issuer };

let client: TestClient;
let contactID: string;
let xero: XeroClient;

beforeAll(async () => {
  client = await connectedSandbox();
  contactID = await anyContactId(client);
  const base = client.sandbox.url;
  xero = new XeroClient({
    clientId: SANDBOX_CLIENT_ID,
    clientSecret: SANDBOX_CLIENT_SECRET,
    redirectUris: [REDIRECT_URI],
    scopes: ['offline_access'],
  });
  xero.accountingApi.basePath = `${base}/api.xro/2.0`;
  const issuer = new Issuer({ issuer: base, token_endpoint: `${base}/connect/token`, revocation_endpoint: `${base}/connect/revocation` });
  xero.openIdClient = new issuer.Client({
    client_id: SANDBOX_CLIENT_ID,
    client_secret: SANDBOX_CLIENT_SECRET,
    redirect_uris: [REDIRECT_URI],
  });
  xero.setTokenSet(client.tokens);
});
afterAll(() => client.close());

describe("the vendor's own client", () => {
  it('refreshes, writes, reads, pays, attaches', async () => {
    const refreshed = await xero.refreshToken();
    expect(refreshed.refresh_token).not.toBe(client.tokens.refresh_token);
    const api = xero.accountingApi;
    const invoice: Invoice = {
      type: Invoice.TypeEnum.ACCREC,
      invoiceNumber: 'SDK-1',
      contact: { contactID },
      date: '2026-11-02',
      dueDate: '2026-11-16',
      status: Invoice.StatusEnum.AUTHORISED,
      lineAmountTypes: 'Exclusive' as unknown as LineAmountTypes,
      lineItems: [{ description: 'Widget', quantity: 3, unitAmount: 19.9875, accountCode: '200', taxType: 'OUTPUT' }],
    };
    const created = await api.createInvoices(client.tenantId, { invoices: [invoice] }, false, 4, 'sdk-key-1');
    expect(created.body.invoices?.[0]).toMatchObject({ invoiceNumber: 'SDK-1', total: 65.96 });
    const invoiceID = created.body.invoices?.[0]?.invoiceID ?? '';
    const since = new Date(client.sandbox.clock.now().getTime() - 60_000);
    const list = await api.getInvoices(
      client.tenantId,
      since,
      'Type=="ACCREC" AND Date>=DateTime(2026,11,01)',
      'UpdatedDateUTC ASC',
      undefined,
      ['SDK-1'],
      undefined,
      undefined,
      1,
      undefined,
      undefined,
      4,
    );
    expect(list.body.invoices?.map((found) => found.invoiceID)).toEqual([invoiceID]);
    await api.createPayments(client.tenantId, {
      payments: [{ invoice: { invoiceID }, account: { code: '090' }, date: '2026-11-20', amount: 65.96 }],
    });
    const pdf = { headers: { 'Content-Type': 'application/pdf' } };
    await api.createInvoiceAttachmentByFileName(client.tenantId, invoiceID, 'SDK-1.pdf', Buffer.from('%PDF'), true, undefined, pdf);
    const read = await api.getInvoice(client.tenantId, invoiceID, 4);
    expect(read.body.invoices?.[0]).toMatchObject({ status: 'PAID', amountDue: 0, hasAttachments: true, payments: [{ amount: 65.96 }] });
  });

  it('meets refusals as it does with the real one', async () => {
    const rejection: unknown = await xero.accountingApi
      .getInvoice(client.tenantId, '7c0d5a52-64c5-4a5f-8f3a-0f2f5f1c3333')
      .catch((error: unknown) => error);
    expect(JSON.parse(String(rejection))).toMatchObject({ response: { statusCode: 404, body: '' } });
  });
});
