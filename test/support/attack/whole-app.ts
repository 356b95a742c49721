import { tmpdir } from 'node:os';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { expect } from 'vitest';
import { AppModule } from '../../../src/app.module.js';
import { CONNECTORS } from '../../../src/connectors/index.js';
import { loadConfig } from '../../../src/platform/config/load-config.js';
import { configureHttp, httpOptions } from '../../../src/platform/http/configure-http.js';
import type { DatabaseUrls } from '../../../src/platform/postgres/roles.js';
import { freePort } from '../../../src/platform/process/free-port.js';
import { servedRoutes } from '../served-routes.js';
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
      // Nobody sends what is queued; without it signing in by mail would not be on offer.
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'Countersign <billing@countersign.example>',
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
  return servedRoutes(app).map(({ method, pattern, parameters }) => ({ method, path: pattern, parameters }));
}

export const isUnsafe = ({ method }: Route): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

/** The path with one value for each of its parameters. */
export function at(route: Route, value: string): string {
  return route.path.replaceAll(/[:*]\w+/g, encodeURIComponent(value));
}

/** Whatever an attack tries after one of these it would try as nobody. That they end a session is tried by the journeys. */
export const endsSession = (path: string): boolean => /^\/(sign-out|settings\/account\/devices\/removal-of-all)$/.test(path);

/** An attack by somebody who was signed out on the way is refused everywhere, and proves nothing. */
export async function expectStillIn(url: string, session: Record<string, string>, after: string): Promise<void> {
  const answer = await fetch(`${url}/settings/account`, { headers: { ...session, accept: 'text/html' }, redirect: 'manual' });
  await answer.body?.cancel();
  expect(answer.status, `Is the session still open after ${after}?`).toBe(200);
}

/** What was refused for coming too often was not tried at all. */
export function wasNotTried(where: string, { status }: Response): string[] {
  return status === 429 ? [`${where}: was not tried, 429`] : [];
}
