import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectedQuickbooks, quickbooksEnvironmentFor } from '../../support/quickbooks.js';
import { QuickbooksConnector } from '../../../src/connectors/quickbooks/quickbooks.module.js';
import { SANDBOX_REALM_ID, SANDBOX_VERIFIER_TOKEN } from '../../../sandbox/quickbooks/index.js';
import { sign } from '../../../sandbox/quickbooks/webhook.js';
import { quickbooksWebhooks } from '../../../src/connectors/quickbooks/webhook.js';

const receiver = quickbooksWebhooks('token');
const events = (body: unknown) => receiver.events(Buffer.from(JSON.stringify(body)));

describe('the signature', () => {
  it('is over the raw bytes, for our token only', async () => {
    const rawBody = Buffer.from('[ {"a" : "é"} ]');
    const signed = { rawBody, headers: { 'intuit-signature': sign(rawBody.toString(), 'token') } };
    expect(await receiver.verify(signed)).toBe(true);
    expect(await receiver.verify({ ...signed, rawBody: Buffer.from('[{"a":"é"}]') })).toBe(false);
    expect(await quickbooksWebhooks('other').verify(signed)).toBe(false);
    expect(await quickbooksWebhooks(undefined).verify(signed)).toBe(false);
    expect(await quickbooksWebhooks('').verify({ rawBody, headers: { 'intuit-signature': sign(rawBody.toString(), '') } })).toBe(false);
    for (const wrong of ['', 'short', undefined])
      expect(await receiver.verify({ rawBody, headers: { 'intuit-signature': wrong } })).toBe(false);
  });
});

describe('the events', () => {
  it('of several companies, in either format', () => {
    const told = [
      { externalAccountId: '310687', resource: 'invoice', externalId: '412' },
      { externalAccountId: '9341452987650123457', resource: 'credit_note', externalId: '5000000000000503624' },
    ];
    const cloud = (type: string, intuitaccountid: string, intuitentityid: string) => ({ type, intuitaccountid, intuitentityid, data: {} });
    expect(
      events([
        cloud('qbo.invoice.updated.v1', '310687', '412'),
        cloud('qbo.creditmemo.voided.v2', '9341452987650123457', '5000000000000503624'),
        cloud('qbo.estimate.created.v1', '310687', '1'),
        cloud('nonsense', '310687', '1'),
        'nonsense',
      ]),
    ).toEqual(told);
    const entities = (...list: unknown[]) => ({ dataChangeEvent: { entities: list } });
    expect(
      events({
        eventNotifications: [
          { realmId: '310687', ...entities({ name: 'Invoice', id: '412', operation: 'Update' }, { name: 'Vendor', id: '1' }, 7) },
          { realmId: '9341452987650123457', ...entities({ name: 'CreditMemo', id: '5000000000000503624', operation: 'Void' }) },
          { realmId: '1' },
        ],
      }),
    ).toEqual(told);
  });

  it('payments and customers too', () => {
    const entities = [{ name: 'Payment', id: '7' }, { name: 'Customer', id: '8' }]; // prettier-ignore
    const body = { eventNotifications: [{ realmId: '1', dataChangeEvent: { entities } }] };
    expect(events(body).map(({ resource }) => resource)).toEqual(['payment', 'contact']);
  });

  it.each(['', '{"half":', '{"eventNotifications":7}', 'null', '"text"'])('a body that is none is refused: %s', (body) => {
    expect(() => receiver.events(Buffer.from(body))).toThrow(expect.objectContaining({ kind: 'unreadable' }));
  });
});

it.each(['legacy', 'cloudevents'])('what the sandbox sends in the format %s is verified and read', async (format) => {
  const quickbooks = await connectedQuickbooks();
  const { webhooks } = new QuickbooksConnector(
    quickbooksEnvironmentFor(quickbooks.sandbox.url, { QUICKBOOKS_WEBHOOK_TOKEN: SANDBOX_VERIFIER_TOKEN }),
  );
  let heard: (delivery: { rawBody: Buffer; headers: Record<string, string | undefined> }) => void;
  const delivery = new Promise<Parameters<typeof heard>[0]>((resolve) => (heard = resolve));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.end();
      heard({ rawBody: Buffer.concat(chunks), headers: request.headers as Record<string, string> });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await quickbooks.control('/options', { webhook: { url, verifierToken: SANDBOX_VERIFIER_TOKEN, format, windowMs: 10 } });
  const made = await quickbooks.api('POST', '/customer', { DisplayName: `Heard ${format}` });
  const told = await delivery;
  expect(await webhooks.verify(told)).toBe(true);
  expect(webhooks.events(told.rawBody)).toEqual([
    { externalAccountId: SANDBOX_REALM_ID, resource: 'contact', externalId: made.Customer.Id },
  ]);
  server.close();
  await quickbooks.close();
});
