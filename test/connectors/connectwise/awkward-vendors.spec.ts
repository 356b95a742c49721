import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectorContext, MemoryLease } from '../../support/connector-context.js';
import { assertSums } from '../../../src/domain/invoice-sums.js';
import { MappingProblem } from '../../../src/ports/billing-source.js';
import { connectedPsa, FEW_INVOICES, pullAll, type ConnectedPsa } from './connected.fixture.js';
import { ConnectwiseConnector } from '../../../src/connectors/connectwise/connectwise.module.js';
import { mapInvoice } from '../../../src/connectors/connectwise/map/map-invoice.js';

const few = (options = {}, environment = {}) => connectedPsa(options, environment, FEW_INVOICES);
let psa: ConnectedPsa;
let server: Server | undefined;
afterEach(async () => {
  await psa.close();
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

describe('installations differ', () => {
  it('empty references may come as {}', async () => {
    psa = await few({ emptyRefs: true });
    const { invoices } = await pullAll(psa.source);
    for (const { payload } of invoices) assertSums(mapInvoice(payload).invoice.content);
    expect(invoices).toHaveLength(FEW_INVOICES);
  });

  it('totals that do not add up are set aside with both figures, and only those', async () => {
    psa = await few({ inconsistentTotals: true });
    const { invoices } = await pullAll(psa.source);
    const problems = invoices.flatMap(({ externalId, payload }) => {
      try {
        mapInvoice(payload);
        return [];
      } catch (error) {
        if (!(error instanceof MappingProblem)) throw error;
        expect(error.field).toBe('invoice.total');
        expect(error.message).toMatch(/subtotal [\d.-]+ (USD|AUD) and the sales tax [\d.-]+ \w+ do not make the total [\d.-]+/);
        return [externalId];
      }
    });
    expect(problems.toSorted()).toEqual(
      invoices
        .map(({ externalId }) => externalId)
        .filter((id) => id.endsWith('0'))
        .toSorted(),
    );
  });

  it('an older release calls consolidated invoices standard', async () => {
    psa = await few({ consolidatedType: false });
    const { invoices } = await pullAll(psa.source);
    const types = new Set(invoices.map(({ payload }) => mapInvoice(payload).invoice.content.type));
    expect(types.has('consolidated')).toBe(false);
    expect(types.has('standard')).toBe(true);
  });

  it('a type nobody has met yet stays what the PSA calls it', async () => {
    psa = await few();
    const { id } = await psa.stated('1205');
    await psa.control('PATCH', '/invoices/1205', { type: 'Subscription' });
    const [raw] = await psa.source.fetch([String(id)]);
    const { content } = mapInvoice(raw?.payload).invoice;
    expect([content.type, content.typeLabel]).toEqual(['other', 'Subscription']);
    assertSums(content);
  });
});

describe('a line that fails', () => {
  it('waits as long as the vendor asks, and goes on', async () => {
    psa = await few();
    await psa.control('POST', '/faults', { match: { path: '/finance/billingStatuses' }, mode: 'status', status: 429, retryAfter: 7 });
    expect(await psa.source.statuses()).toHaveLength(6);
    expect(psa.context.pacer.pauses).toEqual([7_000]);
    await psa.control('POST', '/faults', { match: { path: '/finance/billingStatuses' }, mode: 'status', status: 429, count: 5 });
    await expect(psa.source.statuses()).rejects.toMatchObject({ kind: 'rate_limited', details: { retryAfterMs: 30_000 } });
    expect(psa.context.pacer.inFlight).toBe(0);
  });

  it('is tried again after a server error, a few times', async () => {
    psa = await few();
    await psa.control('POST', '/faults', { match: { path: '/finance/billingStatuses' }, mode: 'status', status: 503, count: 2 });
    expect(await psa.source.statuses()).toHaveLength(6);
    expect(psa.requests()).toHaveLength(3);
  });

  it('is no more than a refusal: down, silent, half a text', async () => {
    psa = await few({}, { CONNECTWISE_TIMEOUT_MS: '1500' });
    await psa.control('POST', '/faults', { match: { path: '/finance/billingStatuses' }, mode: 'timeout' });
    await expect(psa.source.statuses()).rejects.toMatchObject({ kind: 'unavailable', details: { status: 0 } });
    await psa.control('POST', '/faults', { match: { path: '/finance/billingStatuses' }, mode: 'malformed' });
    await expect(psa.source.statuses()).rejects.toMatchObject({ kind: 'unreadable' });
    await psa.sandbox.close();
    const failure = (await psa.source.statuses().catch((error: unknown) => error)) as Error;
    expect(failure).toMatchObject({ kind: 'unavailable' });
    expect(failure.message).toMatch(/cannot be reached \(ECONNREFUSED\)/);
    psa = await few();
  });

  it('does not read 40 MB', async () => {
    psa = await few();
    const megabyte = Buffer.alloc(1_000_000, 0x20);
    let sent = 0;
    server = createServer((_request, response) => {
      response.setHeader('Content-Type', 'application/json');
      const more = (): void => {
        if (sent >= 80_000_000 || response.destroyed) return void response.end('[]');
        sent += megabyte.length;
        response.write(megabyte, () => setImmediate(more));
      };
      more();
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { source } = new ConnectwiseConnector({ CONNECTWISE_API_URL: `http://127.0.0.1:${port}` }).open(
      connectorContext(new MemoryLease(psa.credentials, () => Promise.reject(new Error('no'))), 'lumenit'),
    );
    await expect(source?.statuses()).rejects.toMatchObject({ kind: 'unreadable', message: expect.stringContaining('too large') });
    expect(sent).toBeLessThan(60_000_000);
  }, 30_000);

  it('stops when the process does', async () => {
    psa = await few();
    const stop = new AbortController();
    const { source } = psa.reopen({ signal: stop.signal });
    stop.abort();
    await expect(source.statuses()).rejects.toThrow();
  });
});

describe('a company that was moved to another code base', () => {
  it('is looked up again, once, and found', async () => {
    psa = await few();
    const lease = new MemoryLease({ ...psa.credentials, codebase: 'v2024_9/' }, () => Promise.reject(new Error('no')));
    const { source } = psa.reopen({ credentials: lease });
    expect(await source.statuses()).toHaveLength(6);
    expect(await source.locations()).toEqual([
      { externalId: '1', name: expect.any(String) },
      { externalId: '2', name: expect.any(String) },
    ]);
    const made = psa.sandbox.log.list().map(({ path }) => path.replace(/\?.*/, ''));
    expect(made).toEqual([
      '/v2024_9/apis/3.0/finance/billingStatuses',
      '/login/companyinfo/lumenit',
      '/v2025_1/apis/3.0/finance/billingStatuses',
      '/v2025_1/apis/3.0/finance/billingSetups',
    ]);
  });

  it('says that the company is unknown when the lookup knows no better', async () => {
    psa = await few();
    await psa.control('POST', '/faults', { match: { path: '/finance/billingStatuses' }, mode: 'status', status: 400, count: 2 });
    await expect(psa.source.statuses()).rejects.toMatchObject({ kind: 'grant_expired' });
    await expect(psa.source.statuses()).rejects.toMatchObject({ kind: 'grant_expired' });
    expect(psa.requests().filter((request) => request.includes('companyinfo'))).toHaveLength(1);
  });
});
