import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectedPsa, type ConnectedPsa } from './connected.fixture.js';
import { signature } from '../../../sandbox/connectwise/callbacks.js';

interface Delivery {
  url: string;
  rawBody: Buffer;
  headers: Record<string, string | undefined>;
}

let psa: ConnectedPsa;
let server: Server;
let address: string;
let deliveries: Delivery[] = [];
let waiting: ((delivery: Delivery) => void)[] = [];

beforeAll(async () => {
  psa = await connectedPsa({ callbackRetryDelaysMs: [1, 1] });
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      response.end();
      const delivery = { url: request.url ?? '', rawBody: Buffer.concat(parts), headers: request.headers as Record<string, string> };
      const next = waiting.shift();
      if (next) next(delivery);
      else deliveries.push(delivery);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/connectwise/c1?recordId=`;
});
afterEach(async () => {
  await psa.control('DELETE', '/faults');
  deliveries = [];
  waiting = [];
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await psa.close();
});

const callbacks = () => psa.sandbox.store.all<{ id: number; url: string; inactiveFlag: boolean }>('callback');
const delivered = (): Promise<Delivery> => {
  const first = deliveries.shift();
  return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve));
};
const verify = (delivery: Partial<Delivery>, credentials = psa.credentials) =>
  psa.connector.webhooks.verify({ rawBody: Buffer.from(''), headers: {}, ...delivery, credentials });
const changed = async (reference: string): Promise<Delivery> => {
  await psa.control('PATCH', '/invoices/1250', { reference });
  return delivered();
};
const forged = (body: object, key = 'attacker'): Delivery => {
  const rawBody = Buffer.from(JSON.stringify(body));
  return { url: '', rawBody, headers: { 'x-content-signature': signature(key, rawBody.toString('utf8')) } };
};

describe('registering callbacks', () => {
  it('is done once, and again when the vendor switched it off', async () => {
    await psa.connector.registerCallbacks(psa.context, address);
    await psa.connector.registerCallbacks(psa.context, address);
    expect(callbacks()).toMatchObject([{ url: address, inactiveFlag: false, type: 'invoice', level: 'owner', isSelfSuppressedFlag: true }]);
    const [entry] = callbacks();
    psa.sandbox.store.put('callback', entry?.id ?? 0, { ...entry, inactiveFlag: true });
    await psa.connector.registerCallbacks(psa.context, address);
    expect(callbacks()).toMatchObject([{ inactiveFlag: false }]);
  });

  it('survives a lost answer, and somebody who was quicker', async () => {
    await psa.connector.removeCallbacks(psa.context, address);
    await psa.control('POST', '/faults', { match: { method: 'POST', path: '/system/callbacks' }, mode: 'drop-after-commit' });
    await psa.connector.registerCallbacks(psa.context, address);
    expect(callbacks()).toHaveLength(1);
    await psa.connector.removeCallbacks(psa.context, address);
    await psa.connector.removeCallbacks(psa.context, address);
    expect(callbacks()).toEqual([]);
    await psa.control('POST', '/faults', { match: { method: 'POST', path: '/system/callbacks' }, mode: 'status', status: 403 });
    await expect(psa.connector.registerCallbacks(psa.context, address)).rejects.toMatchObject({ kind: 'forbidden' });
    await psa.connector.registerCallbacks(psa.context, address);
  });

  it('needs an address that the record id can be put behind', async () => {
    await expect(psa.connector.registerCallbacks(psa.context, 'https://x.example/hook')).rejects.toMatchObject({ kind: 'invalid' });
  });
});

describe('a callback', () => {
  it('is believed, names the invoice, and its key is fetched once', async () => {
    psa.requests();
    const first = await changed('one');
    expect(await verify(first)).toBe(true);
    expect(first.url).toMatch(/recordId=\d+&action=updated$/);
    const { id } = await psa.stated('1250');
    expect(psa.connector.webhooks.events(first.rawBody, 'lumenit')).toEqual([
      { externalAccountId: 'lumenit', resource: 'invoice', externalId: String(id) },
    ]);
    expect(await verify(await changed('two'))).toBe(true);
    expect(psa.requests().filter((request) => request.includes('callbackkey'))).toHaveLength(1);
  });

  it('is not believed with another body, signature, company or none at all', async () => {
    const real = await changed('three');
    expect(await verify({ ...real, rawBody: Buffer.concat([real.rawBody, Buffer.from(' ')]) })).toBe(false);
    expect(await verify({ ...real, headers: {} })).toBe(false);
    expect(await verify({ ...real, headers: { 'x-content-signature': 'short' } })).toBe(false);
    expect(await verify(real, { ...psa.credentials, companyId: 'someoneelse' })).toBe(false);
    expect(await psa.connector.webhooks.verify({ rawBody: real.rawBody, headers: real.headers })).toBe(false);
    expect(await verify(forged({ hello: 1 }))).toBe(false);
    expect(await verify({ rawBody: Buffer.from('no json'), headers: { 'x-content-signature': 'x' } })).toBe(false);
  });

  it('cannot make us ask another host, path or company for the key', async () => {
    const real = JSON.parse((await changed('four')).rawBody.toString('utf8')) as { Metadata: { key_url: string } };
    const url = new URL(real.Metadata.key_url);
    const elsewhere = [
      url.href.replace(url.port, String((server.address() as AddressInfo).port)),
      url.href.replace('http:', 'https:'),
      url.href.replace('index.rails', 'other.rails'),
      url.href.replace('companyName=lumenit', 'companyName=other'),
      url.href.replace(/id=[^&]+/, 'id=../../x'),
      url.href.replace('://', '://user@'),
      'not an address',
    ];
    deliveries = [];
    psa.requests();
    for (const key_url of elsewhere) expect(await verify(forged({ ...real, Metadata: { key_url } }))).toBe(false);
    expect(deliveries).toEqual([]);
    expect(psa.requests()).toEqual([]);
  });

  it('that is forged does not make us ask for the key each time', async () => {
    const real = JSON.parse((await changed('five')).rawBody.toString('utf8')) as object;
    psa.requests();
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await verify(forged(real))).toBe(false);
    expect(psa.requests()).toEqual([]);
  });

  it('whose key cannot be fetched is not believed', async () => {
    const real = JSON.parse((await changed('six')).rawBody.toString('utf8')) as { Metadata: { key_url: string } };
    const unknown = real.Metadata.key_url.replace(/id=[^&]+/, 'id=11111111-0000-4000-8000-000000000000');
    expect(await verify(forged({ ...real, Metadata: { key_url: unknown } }))).toBe(false);
    const other = real.Metadata.key_url.replace(/id=[^&]+/, 'id=22222222-0000-4000-8000-000000000000');
    await psa.control('POST', '/faults', { match: { path: 'callbackkey' }, mode: 'malformed' });
    expect(await verify(forged({ ...real, Metadata: { key_url: other } }))).toBe(false);
  });

  it('about time or an expense means its invoice; about a deleted row it means nothing', () => {
    const event = (body: object) => psa.connector.webhooks.events(Buffer.from(JSON.stringify({ CompanyId: 'LumenIT', ID: 5, ...body })));
    expect(event({ Type: 'time', Entity: JSON.stringify({ id: 5, invoice: { id: 77 } }) })).toEqual([
      { externalAccountId: 'lumenit', resource: 'invoice', externalId: '77' },
    ]);
    expect(event({ Type: 'expense', Entity: JSON.stringify({ id: 5 }) })).toEqual([]);
    expect(event({ Type: 'time', Entity: null })).toEqual([]);
    expect(event({ Type: 'company', Entity: null })).toEqual([{ externalAccountId: 'lumenit', resource: 'company', externalId: '5' }]);
    expect(() => event({ ID: 'x' })).toThrow(/cannot be read/);
  });
});
