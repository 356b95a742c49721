import { promisify } from 'node:util';
import OAuthClient from 'intuit-oauth';
import QuickBooks from 'node-quickbooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectedClient, itemLine } from './connected-client.fixture.js';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REALM_ID } from './constants.js';
import type { WireBody, WireEntity } from './wire.fixture.js';

/** The library hands out what lies under the entity's name for some calls, and the whole answer for others. */
type Given = WireEntity & WireBody & WireBody['CompanyInfo'] & WireBody['Preferences'];
type Call =
  | `${'create' | 'update' | 'get' | 'void' | 'delete'}Invoice`
  | `${'create' | 'void'}Payment`
  | 'findInvoices'
  | 'batch'
  | 'changeDataCapture'
  | 'upload'
  | 'getCompanyInfo'
  | 'getPreferences';
type Library = Record<Call, (...given: unknown[]) => Promise<Given>>;

/** Promises instead of callbacks. */
function promising(library: object): Library {
  return new Proxy(library, { get: (target, name) => promisify(Reflect.get(target, name)).bind(target) }) as Library;
}

/** The vendor's two client libraries, pointed here, must find what they expect: they were written for the real service. */
describe("the vendor's own libraries", () => {
  let client: ConnectedClient;
  let books: Library;
  let CustomerRef: { value: string };
  beforeAll(async () => {
    client = await ConnectedClient.start();
    CustomerRef = { value: await client.customerId() };
    // Its types name exports that the module, which is the class itself, does not have at run time.
    const Client = QuickBooks as unknown as typeof QuickBooks.QuickBooks;
    const qbo = new Client(
      SANDBOX_CLIENT_ID,
      SANDBOX_CLIENT_SECRET,
      client.accessToken,
      false,
      SANDBOX_REALM_ID,
      true,
      false,
      null,
      '2.0',
      '',
    );
    qbo.endpoint = `${client.sandbox.url}/v3/company/`;
    books = promising(qbo);
  });
  afterAll(() => client.stop());

  it('exchanges, refreshes and revokes tokens', async () => {
    const oauth = new OAuthClient({
      clientId: SANDBOX_CLIENT_ID,
      clientSecret: SANDBOX_CLIENT_SECRET,
      environment: 'sandbox',
      redirectUri: 'http://127.0.0.1:9/callback',
    });
    const { url } = client.sandbox;
    oauth.setAuthorizeURLs({
      authorizeEndpoint: `${url}/connect/oauth2`,
      tokenEndpoint: `${url}/oauth2/v1/tokens/bearer`,
      revokeEndpoint: `${url}/v2/oauth2/tokens/revoke`,
      userInfoEndpoint: `${url}/v1/openid_connect/userinfo`,
    });
    const first = (await oauth.createToken((await client.decide('connect')).toString())).getToken();
    expect(first.realmId).toBe(SANDBOX_REALM_ID);
    const second = (await oauth.refreshUsingToken(first.refresh_token ?? '')).getToken();
    expect(second.refresh_token).not.toBe(first.refresh_token);
    await oauth.revoke({ refresh_token: second.refresh_token });
    await expect(oauth.refreshUsingToken(second.refresh_token ?? '')).rejects.toThrow('invalid_grant');
  });

  it('creates, replays, finds, changes, voids and deletes', async () => {
    const body = { CustomerRef, DocNumber: 'LIB-1', Line: [itemLine(10)] };
    const made = await books.createInvoice({ ...body, requestId: 'lib-1' });
    expect((await books.createInvoice({ ...body, requestId: 'lib-1' })).Id).toBe(made.Id);
    expect((await books.findInvoices({ DocNumber: 'LIB-1' })).QueryResponse.Invoice).toHaveLength(1);
    const changed = await books.updateInvoice({ Id: made.Id, SyncToken: '0', PrivateNote: 'x' });
    expect(changed).toMatchObject({ SyncToken: '1', DocNumber: 'LIB-1' });
    const payment = await books.createPayment({
      CustomerRef,
      TotalAmt: 4,
      Line: [{ Amount: 4, LinkedTxn: [{ TxnId: made.Id, TxnType: 'Invoice' }] }],
    });
    expect((await books.voidPayment({ Id: payment.Id, SyncToken: '0' })).TotalAmt).toBe(0);
    expect((await books.getInvoice(made.Id)).Balance).toBe(10);
    expect((await books.voidInvoice({ Id: made.Id, SyncToken: '3' })).Invoice.TotalAmt).toBe(0);
    expect((await books.deleteInvoice({ Id: made.Id, SyncToken: '4' })).Invoice.status).toBe('Deleted');
  });

  it('batches, captures changes, uploads and reads the company', async () => {
    const batch = await books.batch([
      { bId: '1', operation: 'create', Invoice: { CustomerRef, DocNumber: 'LIB-2', Line: [itemLine(10)] } },
    ]);
    const Id = batch.BatchItemResponse[0]?.Invoice.Id;
    const cdc = await books.changeDataCapture(['Invoice'], new Date(Date.now() - 60_000).toISOString());
    expect(cdc.CDCResponse[0]?.QueryResponse[0]?.Invoice.map((invoice) => invoice.Id)).toContain(Id);
    const attachable = await books.upload('a.pdf', 'application/pdf', Buffer.from('%PDF'), 'Invoice', Id);
    expect(attachable.AttachableRef[0]?.EntityRef).toEqual({ type: 'Invoice', value: Id });
    expect((await books.getCompanyInfo(SANDBOX_REALM_ID)).CompanyName).toBe('Lumen IT LLC');
    expect((await books.getPreferences()).SalesFormsPrefs.CustomTxnNumbers).toBe(true);
    await expect(books.getInvoice('99999')).rejects.toMatchObject({ response: { data: { Fault: { Error: [{ code: '610' }] } } } });
  });
});
