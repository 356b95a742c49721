import { createServer, type RequestListener, type Server } from 'node:http';
import { outcomesOf } from '../../support/batch-outcomes.js';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AccountingApi } from 'xero-node/dist/gen/api/accountingApi.js';
import { connectorContext, MemoryLease } from '../../support/connector-context.js';
import { xeroEnvironmentFor } from '../../support/xero.js';
import type { Customer } from '../../../src/domain/customer.js';
import { callSdk, type SdkRules } from '../../../src/connectors/xero/sdk-transport.js';
import { XeroConnector } from '../../../src/connectors/xero/xero.module.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json =
  (text: string): RequestListener =>
  (_request, response) =>
    response.setHeader('Content-Type', 'application/json').end(text);
/** Longer than any machine needs for what does come. Only silence is waited for so shortly that it costs no time. */
const PATIENCE_MS = 60_000;
const SILENCE_MS = 200;
const rules = (writes: boolean, more: Partial<SdkRules> = {}): SdkRules => ({
  signal: new AbortController().signal,
  writes,
  timeoutMs: PATIENCE_MS,
  ...more,
});

function organisations(url: string, given: SdkRules) {
  const api = new AccountingApi(url);
  api.accessToken = 'secret-token';
  return callSdk(given, () => api.getOrganisations('t-1'));
}

const silence: RequestListener = () => undefined;
const FORTY_MB = `{"Organisations":[{"Name":"${'x'.repeat(40_000_000)}"}]}`;
const FAULTS: [name: string, listener: RequestListener, reading: string, writing: string][] = [
  ['of 40 MB', json(FORTY_MB), 'unreadable', 'outcome_unknown'],
  ['that never comes', silence, 'unavailable', 'outcome_unknown'],
  ['that is cut', (_request, response) => response.destroy(), 'unavailable', 'outcome_unknown'],
  ['that is a redirect', (_request, response) => response.writeHead(302, { Location: '/' }).end(), 'unreadable', 'outcome_unknown'],
  ['that ends in the middle', json('{"Organisations":[{"Name":'), 'unreadable', 'outcome_unknown'],
];

describe.each(FAULTS)('an answer %s', (_name, listener, reading, writing) => {
  it('is told by what was asked, although the SDK only rejects with text', async () => {
    const url = await serving(listener);
    const patience = { timeoutMs: listener === silence ? SILENCE_MS : PATIENCE_MS };
    await expect(organisations(url, rules(false, patience))).rejects.toMatchObject({ name: 'ConnectorError', kind: reading });
    await expect(organisations(url, rules(true, patience))).rejects.toMatchObject({ name: 'ConnectorError', kind: writing });
  }, 120_000);
});

describe('a call of the SDK', () => {
  it('hands on a refusal with its headers and what was said', async () => {
    const url = await serving((_request, response) => {
      response
        .writeHead(403, { 'Content-Type': 'application/json', 'X-DayLimit-Remaining': '7' })
        .end('{"Detail":"AuthenticationUnsuccessful"}');
    });
    expect(await organisations(url, rules(false))).toMatchObject({
      ok: false,
      status: 403,
      headers: { 'x-daylimit-remaining': '7' },
      body: { Detail: 'AuthenticationUnsuccessful' },
    });
  });

  it('has sent nothing when it cannot connect, and stops when we stop', async () => {
    const caller = new AbortController();
    const url = await serving(() => caller.abort());
    const asked = organisations(url, rules(true, { signal: caller.signal }));
    await expect(asked).rejects.toMatchObject({ kind: 'outcome_unknown' });
    await new Promise((resolve) => {
      servers[0]?.closeAllConnections();
      servers.pop()?.close(resolve);
    });
    await expect(organisations(url, rules(true))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('keeps what was said, although the SDK loses an answer over one text that begins like a date', async () => {
    const url = await serving(json('{"Organisations":[{"Name":"/Date(oops","CreatedDateUTC":"/Date(nor this"}]}'));
    await expect(new AccountingApi(url).getOrganisations('t-1')).rejects.toBeDefined();
    expect(await organisations(url, rules(false, { timeoutMs: 60_000 }))).toMatchObject({
      ok: true,
      value: { Organisations: [{ Name: '/Date(oops', CreatedDateUTC: '/Date(nor this' }] },
    });
  });

  it('sends frozen text byte for byte, with what the SDK says about it', async () => {
    const heard: { body: string; url: string | undefined; type: string | undefined; key: unknown }[] = [];
    const url = await serving((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard.push({ body, url: request.url, type: request.headers['content-type'], key: request.headers['idempotency-key'] });
        response.setHeader('Content-Type', 'application/json').end('{"Invoices":[]}');
      });
    });
    const body = '{ "Invoices" : [ {"Total": 1.10 , "Unknown":"\\u0041"} ] }';
    const api = new AccountingApi(url);
    await callSdk(rules(true, { body, timeoutMs: 60_000 }), () => api.createInvoices('t-1', {}, false, 4, 'key-1'));
    expect(heard).toEqual([{ body, url: '/Invoices?summarizeErrors=false&unitdp=4', type: 'application/json', key: 'key-1' }]);
  });

  it('throws our own mistakes as they are', async () => {
    await expect(callSdk(rules(false), () => new AccountingApi('http://127.0.0.1:1').getOrganisations(undefined as never))).rejects.toThrow(
      /xeroTenantId/,
    );
  });

  it('leaves others that use the same HTTP client alone', async () => {
    const url = await serving((_request, response) => void setTimeout(() => response.end('{}'), 300));
    const api = new AccountingApi(url);
    await expect(api.getOrganisations('t-1')).resolves.toHaveProperty('body');
  });
});

describe('the connector against a vendor that answers nonsense', () => {
  const ledgerAt = (url: string) => {
    const context = connectorContext(new MemoryLease({ accessToken: 'a', refreshToken: 'r' }, (held) => Promise.resolve(held)), 't-1');
    const { ledger } = new XeroConnector(xeroEnvironmentFor(url, { XERO_TIMEOUT_MS: String(PATIENCE_MS) })).open(context);
    if (!ledger) throw new Error('no ledger');
    return { ledger, pacer: context.pacer };
  };
  const customer: Customer = { externalId: '1', name: 'Acme', address: { lines: [] }, deleted: false };
  const batch = { requestKey: 'k', kind: 'invoice' as const, members: [{ memberKey: 'm', number: '1', body: '{}' }] };

  it.each([
    ['40 MB', FORTY_MB],
    ['HTML', '<html>Hello</html>'],
    ['nothing', ''],
    ['another shape', '{"Organisations":7,"Invoices":7,"Contacts":7,"Payments":7}'],
    ['null', 'null'],
    ['half of it', '{"Invoices":[{'],
  ])(
    '(%s) reads nothing, and knows nothing of what it wrote',
    async (_name, text) => {
      const { ledger, pacer } = ledgerAt(await serving(json(text)));
      await expect(ledger.profile()).rejects.toMatchObject({ kind: 'unreadable' });
      await expect(ledger.codes()).rejects.toMatchObject({ kind: 'unreadable' });
      await expect(ledger.find('invoice', ['1'])).rejects.toMatchObject({ kind: 'unreadable' });
      await expect(ledger.settlements(undefined, '2026-11-01')).rejects.toMatchObject({ kind: 'unreadable' });
      await expect(ledger.ensure([{ kind: 'contact', key: 'k', marker: 'CS-1', customer }])).rejects.toMatchObject({ kind: 'unreadable' });
      expect(await outcomesOf(ledger.send(batch))).toMatchObject([{ state: 'unknown' }]);
      expect((await ledger.check()).ok).toBe(false);
      expect(pacer.inFlight).toBe(0);
    },
    120_000,
  );

  it('gives every turn back when the vendor is down', async () => {
    const { ledger, pacer } = ledgerAt('http://127.0.0.1:1');
    await expect(ledger.profile()).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(ledger.send(batch)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(pacer.inFlight).toBe(0);
  });
});
