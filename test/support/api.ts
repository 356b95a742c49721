import { type AddressInfo } from 'node:net';
import { DiscoveryModule } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { CONTROLLERS } from '../../src/api/controllers.js';
import { DocumentModule } from '../../src/billing/document/document.module.js';
import { Interpret } from '../../src/billing/intake/interpret.js';
import { PostingDesk } from '../../src/billing/posting/posting-desk.js';
import { READERS } from '../../src/billing/reading/readers.js';
import { CONNECTOR_DESCRIPTORS } from '../../src/billing/reading/systems.js';
import { CheckJob } from '../../src/billing/review/check.job.js';
import { Decisions } from '../../src/billing/review/decisions.js';
import { ReviewDesk } from '../../src/billing/review/review-desk.js';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { IdentityModule } from '../../src/identity/identity.module.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { configureHttp } from '../../src/platform/http/configure-http.js';
import type { DatabaseUrls } from '../../src/platform/postgres/roles.js';
import type { Role } from '../../src/domain/role.js';
import { StorageModule } from '../../src/storage/storage.module.js';
import { DESCRIPTORS } from './reading.js';
import { testKey } from './test-key.js';

/** The API over HTTP with everything behind it but vendors. Close it with `app.close()`. */
export async function startApi(database: DatabaseUrls): Promise<{ app: NestExpressApplication; url: string }> {
  const config = loadConfig(
    {
      SANDBOX: 'on',
      COUNTERSIGN_KEYS: `k1:${testKey.toString('base64')}`,
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
      ...(process.env['CHROME_PATH'] && { CHROME_PATH: process.env['CHROME_PATH'] }),
    },
    [],
  );
  const module = await Test.createTestingModule({
    imports: [
      StorageModule.connect(database.appUrl, database.schedulerUrl),
      ConfigModule.of(config),
      IdentityModule,
      DocumentModule,
      DiscoveryModule,
    ],
    providers: [
      Interpret,
      CheckJob,
      Decisions,
      ReviewDesk,
      PostingDesk,
      ...READERS,
      { provide: CONNECTOR_DESCRIPTORS, useValue: DESCRIPTORS },
    ],
    controllers: CONTROLLERS,
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ rawBody: true, bodyParser: false, logger: false });
  configureHttp(app, { contentSecurityPolicy: false, https: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}/api/v1` };
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON of any kind, else the bytes. */
  body: unknown;
}

/** A script that calls the API with one key. */
export type Script = (
  method: string,
  path: string,
  options?: { body?: unknown; headers?: Record<string, string>; raw?: string },
) => Promise<Answer>;

export async function aScript(app: NestExpressApplication, url: string, tenantId: string, role: Role): Promise<Script> {
  const { key } = await app
    .get(ApiKeys)
    .create(tenantId, { kind: 'operator', id: 'test', label: 'Test' }, { name: `${role} script`, role });
  return scriptWith(url, { authorization: `Bearer ${key}` });
}

export function scriptWith(url: string, own: Record<string, string>): Script {
  return async (method, path, { body, headers = {}, raw } = {}) => {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...own, ...(sent !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(sent !== undefined && { body: sent }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(bytes.toString('utf8')) as unknown) : bytes };
  };
}
