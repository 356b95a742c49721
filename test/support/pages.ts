import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
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
import { dataModules } from './data-modules.js';
import { WebModule } from '../../src/web/web.module.js';
import { KEYS } from './vendors.js';

/**
 * Every page over HTTP with everything that stands behind it; no job is worked on. Close it with `app.close()`.
 * @param environment of running vendors; without one none is reachable
 * @param more modules of the application besides the pages
 */
export async function startPages(
  database: DatabaseUrls,
  environment: Readonly<Record<string, string>> = {},
  more: readonly Type[] = [],
): Promise<{ app: NestExpressApplication; url: string }> {
  const config = loadConfig(
    {
      SANDBOX: 'on',
      DATA_DIR: tmpdir(),
      COUNTERSIGN_KEYS: KEYS,
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
      ...dataModules(database),
      IdentityModule,
      IntakeModule,
      ...more,
      WebModule,
    ],
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ rawBody: true, bodyParser: false, logger: false });
  configureHttp(app, httpOptions(config));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}

interface PageAnswer {
  status: number;
  location: string;
  headers: Headers;
  bytes: Buffer;
  text: string;
}

/** Follows no redirect. A DELETE is asked as htmx asks it. */
export type PageVisitor = (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  form?: Record<string, string> | URLSearchParams | FormData,
) => Promise<PageAnswer>;

/** Somebody of this role, known by a key. */
export async function aVisitor(app: NestExpressApplication, url: string, tenantId: string, role: Role): Promise<PageVisitor> {
  const { key } = await app
    .get(ApiKeys)
    .create(tenantId, { kind: 'operator', id: 'test', label: 'Test' }, { name: `${role} visitor`, role });
  return async (method, path, form) => {
    const answer = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${key}`, ...(method === 'DELETE' && { 'hx-request': 'true' }) },
      ...(form && { body: form instanceof FormData || form instanceof URLSearchParams ? form : new URLSearchParams(form) }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const { status, headers } = answer;
    return { status, headers, bytes, location: headers.get('location') ?? '', text: bytes.toString('utf8') };
  };
}
