/** Goal: one can follow a request into the job it asked for and out to the vendor, and hears of every error, without a word of anybody's data. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { Controller, Get, Module, Param } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppModule } from '../../src/app.module.js';
import { instrumentedConnector } from '../../src/connections/instrumented-connector.js';
import { CONNECTORS } from '../../src/connectors/index.js';
import { createHttp } from '../../src/connectors/kit/http.js';
import { Public } from '../../src/identity/requires.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { configureHttp } from '../../src/platform/http/configure-http.js';
import { createLog } from '../../src/platform/telemetry/log.js';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { VendorTraffic } from '../../src/platform/telemetry/vendor-traffic.js';
import { watchRequests } from '../../src/platform/telemetry/watch-requests.js';
import type { Connector } from '../../src/ports/connector.js';
import { JobWorker } from '../../src/jobs/job-worker.js';
import { JobQueue } from '../../src/jobs/job-queue.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';
import { createTenant } from '../support/tenant.js';
import { testKey } from '../support/test-key.js';

/** npm tells its scripts; a container starts without npm. */
vi.hoisted(() => delete process.env['npm_package_version']);

const nobody = '0199f0a0-0000-7000-8000-0000000000aa';
let receiver: OtlpReceiver;
let vendor: Server;
let vendorUrl: string;
let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let tenantId: string;

/** A connector as the registry hands it out: wrapped, with a client of the connectors' own kind inside. */
function pretendConnector(): Connector {
  const http = createHttp({ label: 'Pretend', timeoutMs: 2_000, reach: 'operators' });
  const page = async (path: string): Promise<number> => (await http.get(`${vendorUrl}${path}?token=s3cr3t`)).status;
  const source = {
    check: () => page('/ok'),
    pull: async function* () {
      for (const path of ['/ok', '/busy']) yield await page(path);
    },
  };
  const connect = { kind: 'form', connect: () => page('/gone') };
  return instrumentedConnector({
    descriptor: { key: 'pretend', label: 'Pretend' },
    connect,
    open: () => ({ source }),
  } as unknown as Connector);
}

@Controller('planted/:id')
class Planted {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly jobs: JobQueue,
  ) {}

  @Get('ask')
  @Public('planted by a test to ask for a job')
  async ask(@Param('id') id: string): Promise<string> {
    await this.tx.run(tenantId, () => this.jobs.enqueue('posting.reconcile', id));
    const connector = pretendConnector();
    const { source } = connector.open({} as never) as unknown as { source: { check(): Promise<number>; pull(): AsyncIterable<number> } };
    await source.check();
    for await (const _status of source.pull());
    await (connector.connect as unknown as { connect(): Promise<number> }).connect().catch(() => undefined);
    return 'ok';
  }
}

@Module({ controllers: [Planted] })
class PlantedModule {}

async function spanWhere(wanted: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
  const deadline = performance.now() + 100_000;
  for (;;) {
    const found = receiver.spans.find(wanted);
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`Not among ${receiver.spans.map(({ name }) => name).join(', ')}`);
    await after(50);
  }
}

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  vendor = createServer((request, response) => {
    if (request.url?.startsWith('/gone')) return void request.socket.destroy();
    response.statusCode = request.url?.startsWith('/busy') ? 429 : 200;
    response.setHeader('date', new Date(Date.now() - 60_000).toUTCString()).end('{}');
  });
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
  vendorUrl = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
  database = await createTestDatabase();
  tenantId = await createTenant(database.ownerUrl, 'Traces');
  const config = loadConfig(
    {
      SANDBOX: 'on',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      COUNTERSIGN_KEYS: `k1:${testKey.toString('base64')}`,
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
    },
    CONNECTORS.map((entry) => entry.descriptor),
  );
  const module = await Test.createTestingModule({ imports: [AppModule.of(config), PlantedModule] }).compile();
  app = module.createNestApplication<NestExpressApplication>({ rawBody: true, bodyParser: false, logger: false });
  app.use(watchRequests(createLog({ level: 'silent', role: 'all', readable: false }), app.get(Metrics)));
  configureHttp(app, { https: false });
  await app.listen(0, '127.0.0.1');
  await app.get(JobWorker).start();
  url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  expect((await fetch(`${url}/planted/${nobody}/ask?code=s3cr3t`, { headers: { cookie: 'a=s3cr3t' } })).status).toBe(200);
});

afterAll(async () => {
  await app.close();
  await database.drop();
  vendor.close();
  await receiver.close();
});

describe('a trace', () => {
  it('leads from the request through its transaction to the job, whose payload carries nothing', async () => {
    const request = await spanWhere(({ name }) => name === 'GET /planted/:id/ask');
    expect(request).toMatchObject({ kind: 2, attributes: { 'http.response.status_code': '200' } });
    const transaction = await spanWhere((span) => span.parentSpanId === request.spanId && span.links.length > 0);
    const job = await spanWhere(({ name }) => name === 'work posting.reconcile');
    expect(receiver.raw()).toMatch(/"service\.version","value":\{"stringValue":"\d+\.\d+\.\d+"/);
    expect(transaction.traceId).toBe(request.traceId);
    expect(transaction.links[0]).toMatchObject({ traceId: job.traceId, spanId: job.parentSpanId });
    expect(job.attributes).toMatchObject({ 'countersign.tenant_id': tenantId, 'countersign.subject_id': nobody });
    expect(job.traceId).toBe(job.attributes['messaging.message.id']?.replaceAll('-', ''));
    await spanWhere((span) => span.name === 'tenant transaction' && span.traceId === job.traceId);
  });

  it('shows each request to a vendor: connector, host, method, status, and no address', async () => {
    const request = await spanWhere(({ name }) => name === 'GET /planted/:id/ask');
    await spanWhere(({ name, failed }) => name === 'GET pretend' && failed);
    const calls = receiver.spans.filter(({ name }) => name === 'GET pretend');
    expect(calls.map(({ attributes }) => attributes['http.response.status_code'])).toEqual(['200', '200', '429', '0']);
    for (const { traceId, kind, attributes } of calls) {
      expect({ traceId, kind }).toEqual({ traceId: request.traceId, kind: 3 });
      expect(Object.keys(attributes).toSorted()).toEqual([
        'countersign.connector',
        'http.request.method',
        'http.response.status_code',
        'server.address',
      ]);
    }
    // The exporter's own requests are no traffic of ours.
    expect(receiver.spans.some(({ name }) => name.startsWith('POST'))).toBe(false);
  });

  it('carries an error as an exception, which is how error trackers hear of it', async () => {
    const job = await spanWhere((span) => span.name === 'work posting.reconcile' && span.exceptions.length > 0);
    expect(job.failed).toBe(true);
    expect(job.exceptions[0]).toMatchObject({ 'exception.type': expect.any(String), 'exception.message': expect.any(String) });
  });

  it('holds nothing that came with the request', () => {
    expect(receiver.raw()).not.toMatch(/s3cr3t/);
    expect(receiver.raw()).toContain('countersign');
  });
});

describe('what was seen of vendors', () => {
  it('is counted by connector and status, and remembered for /health', async () => {
    const text = await app.get(Metrics).text();
    expect(text).toMatch(/^countersign_vendor_requests_total\{connector="pretend",status="429"\} 1$/m);
    expect(text).toMatch(/^countersign_vendor_requests_total\{connector="pretend",status="0"\} 1$/m);
    expect(text).toMatch(/^countersign_jobs_total\{queue="posting.reconcile",outcome="failed"\} 1$/m);
    expect(app.get(VendorTraffic).lastOutcomes().get('pretend')).toMatchObject({ status: 0 });
    const { parts } = (await (await fetch(`${url}/health`)).json()) as { parts: Record<string, { sentence: string }> };
    expect(parts['vendor pretend']?.sentence).toMatch(/did not answer the last request/);
  });
});
