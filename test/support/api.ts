import { tmpdir } from 'node:os';
import { type AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { ApiModule } from '../../src/api/api.module.js';
import { IntakeModule } from '../../src/billing/intake/intake.module.js';
import { CONNECTORS } from '../../src/connectors/index.js';
import type { Role } from '../../src/domain/role.js';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { IdentityModule } from '../../src/identity/identity.module.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { VendorEnvironmentModule } from '../../src/platform/config/vendor-environment.module.js';
import { configureHttp, httpOptions } from '../../src/platform/http/configure-http.js';
import type { DatabaseUrls } from '../../src/platform/postgres/roles.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { testKey } from './test-key.js';

/** The API over HTTP with everything that stands behind it; no vendor is reachable. Close it with `app.close()`. */
export async function startApi(
  database: DatabaseUrls,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ app: NestExpressApplication; url: string }> {
  const config = loadConfig(
    {
      SANDBOX: 'on',
      DATA_DIR: tmpdir(),
      COUNTERSIGN_KEYS: `k1:${testKey.toString('base64')}`,
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
      ...environment,
      ...(process.env['CHROME_PATH'] && { CHROME_PATH: process.env['CHROME_PATH'] }),
    },
    CONNECTORS.map((entry) => entry.descriptor),
  );
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.of(config),
      VendorEnvironmentModule.of(config),
      DatabaseModule.connect(database.appUrl, database.schedulerUrl),
      IdentityModule,
      IntakeModule,
      ApiModule,
    ],
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ rawBody: true, bodyParser: false, logger: false });
  configureHttp(app, httpOptions(config));
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
