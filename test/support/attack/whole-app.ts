import { tmpdir } from 'node:os';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../../src/app.module.js';
import { CONNECTORS } from '../../../src/connectors/index.js';
import { loadConfig } from '../../../src/platform/config/load-config.js';
import { configureHttp, httpOptions } from '../../../src/platform/http/configure-http.js';
import type { DatabaseUrls } from '../../../src/platform/postgres/roles.js';
import { freePort } from '../../../src/platform/process/free-port.js';
import { KEYS } from '../vendors.js';

export interface WholeApp {
  app: NestExpressApplication;
  url: string;
}

/** Everything that `npm start` serves, in this process, in front of a test database. No job is worked on. Close it with `app.close()`. */
export async function startWholeApp(database: DatabaseUrls, environment: Readonly<Record<string, string>> = {}): Promise<WholeApp> {
  const port = await freePort();
  const config = loadConfig(
    {
      SANDBOX: 'on',
      DATA_DIR: tmpdir(),
      PORT: String(port),
      COUNTERSIGN_KEYS: KEYS,
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
      ...environment,
      ...(process.env['CHROME_PATH'] && { CHROME_PATH: process.env['CHROME_PATH'] }),
    },
    CONNECTORS.map((entry) => entry.descriptor),
  );
  const app = await NestFactory.create<NestExpressApplication>(AppModule.of(config), { rawBody: true, bodyParser: false, logger: false });
  configureHttp(app, httpOptions(config));
  await app.listen(port, '127.0.0.1');
  return { app, url: config.publicUrl };
}

export interface Route {
  method: string;
  /** As Express has it: '/invoices/:id/approval'. */
  path: string;
  parameters: string[];
}

/** What the router really serves, pages and API alike, so that a route of tomorrow is attacked as well. */
export function routesOf(app: NestExpressApplication): Route[] {
  const { router } = app.getHttpAdapter().getInstance() as {
    router: { stack: { route?: { path: string; methods: Record<string, boolean> } }[] };
  };
  return router.stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : Object.keys(route.methods).map((method) => ({
          method: method.toUpperCase(),
          path: route.path,
          parameters: [...route.path.matchAll(/[:*](\w+)/g)].map(([, name = '']) => name),
        })),
  );
}

export const isUnsafe = ({ method }: Route): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

/** The path with one value for each of its parameters. */
export function at(route: Route, value: string): string {
  return route.path.replaceAll(/[:*]\w+/g, encodeURIComponent(value));
}
