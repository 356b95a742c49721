/** Goal: the operator sees how the parts are and what they do, nobody else does, and no number or line says whose they are. */
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemFilter } from '../../src/api/resource.js';
import { AppModule } from '../../src/app.module.js';
import { CONNECTORS } from '../../src/connectors/index.js';
import { Public } from '../../src/identity/requires.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { configureHttp } from '../../src/platform/http/configure-http.js';
import { createLog } from '../../src/platform/telemetry/log.js';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { NestLog } from '../../src/platform/telemetry/nest-log.js';
import { watchRequests } from '../../src/platform/telemetry/watch-requests.js';
import { JobQueue } from '../../src/jobs/job-queue.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTenant } from '../support/tenant.js';
import { testKey } from '../support/test-key.js';

const token = 'a-token-of-the-operator-0123456789abcdef';
const lines: Record<string, unknown>[] = [];
let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let tenantId: string;

@Controller('planted/:id')
class Planted {
  @Get('broken')
  @Public('planted by a test to fail')
  broken(): never {
    throw new Error('password=hunter2 of ann@example.com');
  }
}

@Module({ controllers: [Planted], providers: [{ provide: APP_FILTER, useClass: ProblemFilter }] })
class PlantedModule {}

beforeAll(async () => {
  database = await createTestDatabase();
  tenantId = await createTenant(database.ownerUrl, 'Numbers');
  const config = loadConfig(
    {
      SANDBOX: 'off',
      PUBLIC_URL: 'https://countersign.example',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'billing@countersign.example',
      METRICS_TOKEN: token,
      TRUSTED_PROXIES: '192.0.2.1',
      DATA_DIR: '.',
      COUNTERSIGN_KEYS: `k1:${testKey.toString('base64')}`,
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
    },
    CONNECTORS.map((entry) => entry.descriptor),
  );
  const module = await Test.createTestingModule({ imports: [AppModule.of(config), PlantedModule] }).compile();
  const log = createLog({ level: 'debug', role: 'all', readable: false, write: (line) => void lines.push(JSON.parse(line) as never) });
  app = module.createNestApplication<NestExpressApplication>({ rawBody: true, bodyParser: false });
  app.useLogger(new NestLog(log));
  app.use(watchRequests(log, app.get(Metrics)));
  configureHttp(app, { https: true });
  await app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});

afterAll(async () => {
  await app.close();
  await database.drop();
});

const asOperator = { headers: { authorization: `Bearer ${token}` } };

describe('/metrics', () => {
  it.each([{}, { authorization: 'Bearer wrong' }, { 'x-forwarded-for': '127.0.0.1' }])('does not exist for %j', async (headers) => {
    const answer = await fetch(`${url}/metrics`, { headers: headers as Record<string, string> });
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('countersign_');
  });

  it('tells requests, queues, postings, pool, browser and the event loop, and no tenant', async () => {
    await app.get(TenantTransaction).run(tenantId, () => app.get(JobQueue).enqueue('document.render', tenantId));
    await fetch(`${url}/health/live?code=abc`);
    const answer = await fetch(`${url}/metrics`, asOperator);
    const text = await answer.text();
    for (const line of [
      /^countersign_http_requests_total\{method="GET",route="\/health\/live",status="200"\} [1-9]/m,
      /^countersign_jobs_waiting\{queue="document\.render"\} 1$/m,
      /^countersign_jobs_oldest_waiting_seconds\{queue="document\.render"\} \d/m,
      /^countersign_dead_letters 0$/m,
      /^countersign_database_pool\{state="idle"\} \d/m,
      /^countersign_browser_pages\{state="idle"\} 0$/m,
      /^countersign_nodejs_eventloop_lag_seconds \d/m,
      /^# TYPE countersign_postings gauge$/m,
      /^# TYPE countersign_backup_age_seconds gauge$/m,
      /^# TYPE countersign_vendor_requests_total counter$/m,
    ])
      expect(text).toMatch(line);
    expect(text).not.toContain(tenantId);
    expect(text).not.toMatch(/@|[0-9a-f]{8}-[0-9a-f]{4}-/);
  });
});

describe('/health', () => {
  it('says one word to anybody', async () => {
    const answer = await fetch(`${url}/health`);
    const body = (await answer.json()) as { status: string };
    expect(Object.keys(body)).toEqual(['status']);
    expect(['ok', 'degraded']).toContain(body.status);
  });

  it('tells the operator of each part in a sentence', async () => {
    const { parts } = (await (await fetch(`${url}/health`, asOperator)).json()) as {
      parts: Record<string, { condition: string; sentence: string }>;
    };
    expect(Object.keys(parts)).toEqual(['database', 'account', 'queue', 'browser', 'mail', 'keys', 'clock', 'disk', 'backup', 'audit']);
    for (const { sentence } of Object.values(parts)) expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
    for (const part of ['database', 'keys', 'clock', 'audit']) expect(parts[part]).toMatchObject({ condition: 'ok' });
    expect(parts['backup']).toMatchObject({ condition: 'degraded', sentence: expect.stringContaining('no backup yet') });
  });
});

describe('a log line of a request', () => {
  it('knows it by its id and its route, never by its address', async () => {
    const answer = await fetch(`${url}/planted/4711/broken?code=topsecret`, {
      headers: { cookie: 'session=abc', authorization: 'Bearer sesame-12345' },
    });
    const problem = (await answer.json()) as { instance: string };
    const requestId = answer.headers.get('x-request-id');
    const mine = lines.filter((line) => line['requestId'] === requestId);
    expect(mine.find((line) => line['msg'] === 'request')).toMatchObject({
      level: 'info',
      role: 'all',
      method: 'GET',
      route: '/planted/:id/broken',
      status: 500,
      ms: expect.any(Number),
      time: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    // The fault is written down under the id that the caller was told.
    expect(mine.find((line) => line['instance'] === problem.instance)).toMatchObject({ level: 'error', err: { type: 'Error' } });
    expect(JSON.stringify(lines)).not.toMatch(/topsecret|hunter2|sesame|ann@example|session=abc|4711/);
  });
});
