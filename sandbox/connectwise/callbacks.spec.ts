import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { vi } from 'vitest';
import { SpecClient } from './spec-client.fixture.js';

interface Delivery {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}
let psa: SpecClient;
let receiver: Server;
let deliveries: Delivery[];
let answers: number[];

beforeEach(async () => {
  psa = await SpecClient.start();
  deliveries = [];
  answers = [];
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      deliveries.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.statusCode = answers.shift() ?? 200;
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  await psa.call('POST', '/_sandbox/options', { callbackRetryDelaysMs: [20, 40] });
});
afterEach(async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await psa.stop();
});

const address = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?recordId=`;
const register = (extra: object = {}) =>
  psa.call('POST', '/system/callbacks', { url: address(), objectId: 0, type: 'Invoice', level: 'Owner', ...extra });
const arrived = (count: number) => vi.waitFor(() => expect(deliveries.length).toBeGreaterThanOrEqual(count), { timeout: 15_000 });
const quiet = () => new Promise((resolve) => setTimeout(resolve, 200));
const edit = (body: object) => psa.call('PATCH', '/_sandbox/invoices/1202', body);

describe('callbacks', () => {
  it('registers once, fills in the rest and refuses what it cannot mean', async () => {
    const created = await register();
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ objectId: 1, type: 'invoice', level: 'owner', payloadVersion: '3.0.0', inactiveFlag: false });
    expect((await register()).body).toMatchObject({ errors: [{ code: 'ObjectExists', resource: 'callbackEntry', field: 'objectId' }] });
    const wrong = await register({ url: 'nowhere', level: 'board' });
    expect(wrong.body).toMatchObject({ errors: [{ message: 'Invalid URL' }, { field: 'level' }] });
  });

  it('tells of an edit with a signature that holds over the raw bytes', async () => {
    await register();
    await edit({ customerPO: 'PO "7" <&> 🐠' });
    await arrived(1);
    const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = deliveries;
    expect(url).toBe('/hook?recordId=5202&action=updated');
    const envelope = JSON.parse(body) as { Action: string; ID: number; Type: string; Entity: string; Metadata: { key_url: string } };
    expect(envelope).toMatchObject({ Action: 'updated', ID: 5202, Type: 'invoice', CompanyId: 'lumenit', MemberId: 'dana' });
    expect(JSON.parse(envelope.Entity)).toMatchObject({ id: 5202, customerPO: 'PO "7" <&> 🐠' });
    const { signing_key: key } = JSON.parse(await (await fetch(envelope.Metadata.key_url)).text()) as { signing_key: string };
    const hashed = createHash('sha256').update(key, 'utf8').digest();
    expect(headers['x-content-signature']).toBe(createHmac('sha256', hashed).update(Buffer.from(body)).digest('base64'));
  });

  it('tries again after 429 but not after 500', async () => {
    await register();
    answers = [429, 404, 200];
    await edit({ reference: 'one' });
    await arrived(3);
    answers = [500];
    await edit({ reference: 'two' });
    await quiet();
    expect(deliveries).toHaveLength(4);
  });

  it('says that an invoice is gone without saying what it was', async () => {
    await register();
    expect((await edit({ delete: true })).status).toBe(204);
    await arrived(1);
    expect(deliveries[0]?.url).toContain('action=deleted');
    expect(JSON.parse(deliveries[0]?.body ?? '{}')).toMatchObject({ Action: 'deleted', Entity: null, ID: 5202 });
    expect((await psa.get('/finance/invoices/5202')).status).toBe(404);
  });

  it('keeps quiet about the own changes of a member who asked for that, and about other companies', async () => {
    await register({ isSelfSuppressedFlag: true });
    await register({ level: 'company', objectId: 999 });
    await psa.call('PATCH', '/finance/invoices/5202', [{ op: 'replace', path: 'reference', value: 'mine' }]);
    await quiet();
    expect(deliveries).toHaveLength(0);
    await edit({ reference: 'theirs' });
    await arrived(1);
  });

  it('switches a callback off after three failing days in a row', async () => {
    const { body } = await register();
    for (let day = 0; day < 3; day += 1) {
      answers = [500];
      await edit({ reference: `day ${day}` });
      await arrived(day + 1);
      await quiet();
      await psa.call('POST', '/_sandbox/clock', { advanceMs: 86_400_000 });
    }
    expect((await psa.get(`/system/callbacks/${String(body['id'])}`)).body).toMatchObject({ inactiveFlag: true });
  });
});
