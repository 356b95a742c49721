// What the port promises, asked of every connector there is: a new one is under these tests as soon as it stands in the list.
import type { RequestListener } from 'node:http';
import { outcomesOf } from '../support/batch-outcomes.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CONNECTORS, type ConnectorEntry } from '../../src/connectors/index.js';
import { CONNECTOR_ERROR_KINDS, isConnectorError, type ConnectorError } from '../../src/ports/connector-error.js';
import type { Connector, Credentials, OpenConnector } from '../../src/ports/connector.js';
import { environmentOf, FakeVendor, NotingPacer } from '../support/fake-vendor.js';

const SECRET = 'secret-that-must-not-leak';
/** Whatever a connector keeps of a grant; it takes its own. */
const CREDENTIALS: Credentials = {
  accessToken: SECRET,
  refreshToken: SECRET,
  expiresIn: '1800',
  site: 'na.example.com',
  companyId: 'acme',
  publicKey: 'public',
  privateKey: SECRET,
};

/** What a status means, for every vendor. Where two kinds stand, vendors mean different things by it. */
const MEANINGS: [status: number, kinds: ConnectorError['kind'][]][] = [
  [302, ['unreadable']],
  [400, ['invalid']],
  [401, ['unauthorized']],
  [403, ['forbidden', 'grant_expired']],
  [404, ['not_found']],
  [405, ['invalid']],
  [409, ['invalid', 'unavailable']],
  [412, ['invalid']],
  [415, ['invalid']],
  [422, ['invalid']],
  [429, ['rate_limited']],
  [500, ['unavailable']],
  [502, ['unavailable']],
  [503, ['unavailable']],
  [504, ['unavailable']],
];

/** Bodies that a proxy, a gateway or the application itself sends with a failure. */
const BODIES: [name: string, text: string][] = [
  ['JSON', '{"message":"no"}'],
  ['HTML', '<html><body>no</body></html>'],
  ['nothing', ''],
  ['null', 'null'],
];

const NONSENSE: [name: string, answer: RequestListener, kind: ConnectorError['kind']][] = [
  ['a 200 of HTML', (_, response) => response.end('<html></html>'), 'unreadable'],
  ['a 200 of half a text', (_, response) => response.setHeader('content-type', 'application/json').end('{"half":'), 'unreadable'],
  ['a 200 of another shape', (_, response) => response.setHeader('content-type', 'application/json').end('7'), 'unreadable'],
  ['a broken line', (request) => void request.socket.destroy(), 'unavailable'],
];

const vendor = new FakeVendor();
let url: string;
beforeAll(async () => void (url = await vendor.start()));
afterAll(() => vendor.stop());

function connectorOf({ descriptor, connector: Made }: ConnectorEntry, address = url): Connector {
  return new Made(environmentOf(descriptor, address)) as Connector;
}

interface Opened extends OpenConnector {
  pacer: NotingPacer;
}

function opened(entry: ConnectorEntry, { address = url, signal = new AbortController().signal } = {}): Opened {
  const pacer = new NotingPacer();
  const credentials = { current: () => Promise.resolve(CREDENTIALS), renew: () => Promise.resolve({ ...CREDENTIALS }) };
  const context = { credentials, pacer, clock: { now: () => new Date('2026-11-20T10:00:00Z') }, signal, externalAccountId: '4620' };
  return { ...connectorOf(entry, address).open(context), pacer };
}

/** One reading call for every capability. */
function readings({ source, ledger, payments }: OpenConnector): [name: string, read: () => Promise<unknown>][] {
  return [
    ...(source ? [['statuses', () => source.statuses()] as [string, () => Promise<unknown>]] : []),
    ...(ledger ? [['profile', () => ledger.profile()] as [string, () => Promise<unknown>]] : []),
    ...(ledger ? [['find', () => ledger.find('invoice', ['1042'])] as [string, () => Promise<unknown>]] : []),
    ...(payments ? [['payments', () => payments.payments('1')] as [string, () => Promise<unknown>]] : []),
  ];
}

async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isConnectorError(error)) throw new Error(`A ConnectorError was expected, not ${String(error)}`, { cause: error });
  expect(`${JSON.stringify(error)} ${error.stack} ${JSON.stringify(error.details)}`).not.toContain(SECRET);
  return error;
}

describe.each(CONNECTORS.map((entry) => [entry.descriptor.key, entry] as const))('%s', (key, entry) => {
  const { descriptor } = entry;
  const { capabilities, limits, defaultIntervals } = descriptor;

  beforeEach(() => vendor.says(500, ''));

  describe('its descriptor', () => {
    it('is complete: key, label, limits, and settings that all may be absent', () => {
      expect(key).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(descriptor.label.trim()).not.toBe('');
      expect(Object.values(capabilities)).toContain(true);
      const counts = z.number().int().positive();
      expect(() => z.record(z.string(), counts).parse(limits)).not.toThrow();
      expect(limits.inFlight).toBeLessThanOrEqual(limits.perMinute);
      expect(descriptor.environment.safeParse({}).success).toBe(true);
      for (const name of Object.keys(descriptor.environment.shape)) expect(name).toMatch(/^[A-Z][A-Z0-9_]+$/);
    });

    it('looks regularly for what it can bring, and for nothing else', () => {
      expect([key, 'pull', defaultIntervals.pull !== undefined]).toEqual([key, 'pull', capabilities.billingSource]);
      expect([key, 'settle', defaultIntervals.settle !== undefined]).toEqual([key, 'settle', capabilities.accountingLedger]);
    });

    it('declares exactly what it opens', () => {
      const { source, ledger, payments } = opened(entry);
      expect([source, ledger, payments].map((port) => port !== undefined)).toEqual([
        capabilities.billingSource,
        capabilities.accountingLedger,
        capabilities.paymentSink,
      ]);
      const connector = connectorOf(entry);
      expect(connector.descriptor).toMatchObject({ key, label: descriptor.label, capabilities });
      expect(connector.mapInvoice !== undefined).toBe(capabilities.billingSource);
      const isCalledPerConnection = connector.webhooks?.shape === 'per-connection';
      expect([connector.registerCallbacks !== undefined, connector.removeCallbacks !== undefined]).toEqual([
        isCalledPerConnection,
        isCalledPerConnection,
      ]);
    });

    it('can be connected: a form with a name for every field, or a consent page with our state on it', () => {
      const { connect } = connectorOf(entry);
      if (connect.kind === 'form') {
        expect(new Set(connect.fields.map(({ name }) => name)).size).toBe(connect.fields.length);
        for (const { name, label } of connect.fields) expect([name, label].map((text) => text.trim())).not.toContain('');
        return;
      }
      const page = new URL(connect.authorizeUrl({ state: 'state-1', redirectUri: 'https://us.example/back', codeChallenge: 'c' }));
      expect(Object.fromEntries(page.searchParams)).toMatchObject({
        response_type: 'code',
        client_id: 'of-this-test',
        state: 'state-1',
        redirect_uri: 'https://us.example/back',
      });
    });

    it('lets nobody through whose call is not signed', async () => {
      const { webhooks } = connectorOf(entry);
      if (!webhooks) return;
      const rawBody = Buffer.from('{"Action":"updated","events":[],"eventNotifications":[]}');
      for (const headers of [{}, { 'x-xero-signature': 'AAAA', 'intuit-signature': 'AAAA', 'x-content-signature': 'AAAA' }])
        expect(await webhooks.verify({ rawBody, headers, credentials: CREDENTIALS })).toBe(false);
    });
  });

  describe('its errors', () => {
    it.each(MEANINGS)('say what %i means, whatever body it comes with', async (status, kinds) => {
      for (const [, text] of BODIES) {
        vendor.says(status, text, status < 400 ? { location: 'http://127.0.0.1:1/' } : {});
        const open = opened(entry);
        for (const [name, read] of readings(open)) {
          const { kind, message, details } = await failureOf(read());
          expect([key, name, kinds.includes(kind) ? kinds : kind]).toEqual([key, name, kinds]);
          expect(message).toMatch(/^[A-Z“"].*\.$/s);
          expect(message).toContain(descriptor.label);
          expect(details.status).toBe(status);
        }
        expect(open.pacer.inFlight).toBe(0);
      }
    });

    it('are total: no status is without a kind and a sentence', async () => {
      for (let status = 400; status < 600; status += 7) {
        vendor.says(status, '');
        for (const [, read] of readings(opened(entry))) {
          const { kind, message } = await failureOf(read());
          expect(CONNECTOR_ERROR_KINDS).toContain(kind);
          expect(message).toMatch(/\.$/);
        }
      }
    });

    it.each(NONSENSE)('tell %s from a refusal', async (_name, answer, kind) => {
      vendor.answer = answer;
      const open = opened(entry);
      for (const [name, read] of readings(open)) expect([name, (await failureOf(read())).kind]).toEqual([name, kind]);
      expect(open.pacer.inFlight).toBe(0);
    });

    it('say that nothing was sent to a vendor that is not there', async () => {
      const open = opened(entry, { address: 'http://127.0.0.1:1' });
      for (const [, read] of readings(open)) expect(await failureOf(read())).toMatchObject({ kind: 'unavailable', details: { status: 0 } });
      expect(open.pacer.inFlight).toBe(0);
    });

    it('become the health of a connection, never a failure of the check', async () => {
      for (const status of [401, 403, 404, 429, 503]) {
        vendor.says(status, '');
        const { source, ledger } = opened(entry);
        const report = await (source ?? ledger)?.check();
        expect(report).toMatchObject({ ok: false, sentence: expect.stringMatching(/\.$/) });
      }
    });
  });

  describe('a vendor that asks us to wait', () => {
    it('is heard before the place of that request is free', async () => {
      vendor.says(429, '', { 'retry-after': '9' });
      for (const [index, [name]] of readings(opened(entry)).entries()) {
        const open = opened(entry);
        await failureOf(readings(open)[index]?.[1]() ?? Promise.resolve());
        const { told } = open.pacer;
        expect([name, told.indexOf('pause 9000')]).not.toEqual([name, -1]);
        // Every place that was given back had told of the pause first.
        for (const [at, word] of told.entries()) if (word === 'done') expect([name, told[at - 1]]).toEqual([name, 'pause 9000']);
      }
    });
  });

  describe.runIf(capabilities.billingSource)('a place to go on from that cannot be read', () => {
    it.each(['', 'nonsense', '{}', 'null'])('is told, with what to do, and nothing is asked: %j', async (cursor) => {
      const open = opened(entry);
      const reading = (async () => {
        for await (const page of open.source?.pull(cursor) ?? []) expect(page).toBeUndefined();
      })();
      expect(await failureOf(reading)).toMatchObject({ kind: 'invalid', message: expect.stringContaining('full read') });
      expect(open.pacer.told).toEqual([]);
    });
  });

  describe('an abort', () => {
    it('ends a request that nobody answers, and gives its place back', async () => {
      vendor.answer = () => undefined;
      for (const [index] of readings(opened(entry)).entries()) {
        const stopping = new AbortController();
        const open = opened(entry, { signal: stopping.signal });
        const asked = failureOf(readings(open)[index]?.[1]() ?? Promise.resolve());
        setTimeout(() => stopping.abort(), 50);
        // Its own time-out is a minute: only the abort can end this within the patience of a test.
        expect((await asked).kind).toBe('unavailable');
        expect(open.pacer.inFlight).toBe(0);
      }
    });
  });

  describe.runIf(capabilities.accountingLedger)('a batch of documents', () => {
    const members = ['1041', '1042'].map((number, index) => ({ memberKey: `m${index}`, number, body: '{"Line":[]}' }));
    const batch = { requestKey: 'request-1', kind: 'invoice' as const, members };

    it.each([500, 502, 503, 504])('is unknown to the last member after %i', async (status) => {
      vendor.says(status, '');
      const { ledger } = opened(entry);
      // Only a vendor that promises to have done nothing may say so: that is an error, not an outcome.
      const outcome = await outcomesOf(ledger?.send(batch)).catch((error: unknown) => error);
      if (isConnectorError(outcome)) expect([status, outcome.kind]).toEqual([503, 'unavailable']);
      else expect(outcome).toEqual(members.map(() => expect.objectContaining({ state: 'unknown' }) as unknown));
    });

    it('that was refused before any member was looked at is turned down, with what to do', async () => {
      vendor.says(400, '{}');
      const answer = await opened(entry).ledger?.send(batch);
      expect(answer).toMatchObject({ state: 'turned_down', refusal: { state: 'refused', cause: expect.stringMatching(/\.$/) } });
    });

    it('whose line broke is unknown, and to a vendor that is not there nothing was sent', async () => {
      vendor.answer = (request) => void request.socket.destroy();
      expect(await outcomesOf(opened(entry).ledger?.send(batch))).toMatchObject([{ state: 'unknown' }, { state: 'unknown' }]);
      const away = opened(entry, { address: 'http://127.0.0.1:1' }).ledger;
      expect((await failureOf(away?.send(batch) ?? Promise.resolve())).kind).toBe('unavailable');
    });
  });
});
