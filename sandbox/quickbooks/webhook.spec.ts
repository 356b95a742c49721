import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectedClient } from './connected-client.fixture.js';
import { SANDBOX_REALM_ID } from './constants.js';

describe('webhooks', () => {
  let client: ConnectedClient;
  let receiver: Server;
  let received: { body: string; signature: unknown }[];
  let statuses: number[];
  beforeEach(async () => {
    received = [];
    statuses = [];
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ body: Buffer.concat(chunks).toString('utf8'), signature: request.headers['intuit-signature'] });
        response.writeHead(statuses.shift() ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    client = await ConnectedClient.start();
  });
  afterEach(async () => {
    await client.stop();
    await new Promise((resolve) => receiver.close(resolve));
  });

  const listen = (more: Record<string, unknown>) => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    return client.control('/options', { webhook: { url, verifierToken: 'verify-me', windowMs: 20, ...more } });
  };
  const arrived = (count: number) => vi.waitFor(() => expect(received).toHaveLength(count), { timeout: 15_000 });

  it('signs the exact bytes of cloud events, one array for changes that come together', async () => {
    await listen({ format: 'cloudevents' });
    const invoice = await client.invoice('W-1', 10);
    await arrived(1);
    const [{ body, signature } = { body: '', signature: '' }] = received;
    expect(signature).toBe(createHmac('sha256', 'verify-me').update(body).digest('base64'));
    expect(JSON.parse(body)).toMatchObject([
      { specversion: '1.0', type: 'qbo.invoice.created.v1', intuitentityid: invoice.Id, intuitaccountid: SANDBOX_REALM_ID, data: {} },
    ]);
    await client.control('/payments', { number: 'W-1', amount: 10 });
    await arrived(2);
    const types = JSON.parse(received[1]?.body ?? '[]').map((event: { type: string }) => event.type);
    expect(types).toEqual(['qbo.payment.created.v1', 'qbo.invoice.updated.v1']);
  });

  it('sends the legacy form, twice and newest first when told to', async () => {
    await listen({ format: 'legacy', copies: 2, reversed: true, windowMs: 100 });
    const invoice = await client.invoice('W-2', 10);
    await client.control('/void', { number: 'W-2' });
    await arrived(2);
    expect(received[0]).toEqual(received[1]);
    expect(JSON.parse(received[0]?.body ?? '{}')).toMatchObject({
      eventNotifications: [
        {
          realmId: SANDBOX_REALM_ID,
          dataChangeEvent: { entities: [{ name: 'Invoice', id: invoice.Id, operation: 'Void' }, { operation: 'Create' }] },
        },
      ],
    });
  });

  it('tries again until it is answered with success', async () => {
    statuses = [500, 503];
    await listen({ retryMs: [10, 10, 10] });
    await client.invoice('W-3', 10);
    await arrived(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    const deliveries = await (await fetch(`${client.sandbox.url}/_sandbox/webhooks`)).json();
    expect(deliveries).toMatchObject([{ statuses: [500, 503, 200] }]);
  });

  it('signs and sends any body that a test needs', async () => {
    expect((await client.control('/webhooks', { body: '[]' })).status).toBe(409);
    await listen({});
    await client.control('/webhooks', { body: '[ {"intuitaccountid":"1"}, {"intuitaccountid":"2"} ]' });
    expect(received[0]?.body).toBe('[ {"intuitaccountid":"1"}, {"intuitaccountid":"2"} ]');
  });
});
