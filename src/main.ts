import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { CONNECTORS } from './connectors/index.js';
import type { Config } from './platform/config/config.js';
import { Nightly } from './lifecycle/nightly.js';
import { isPlainDatabase } from './platform/config/plain-lines.js';
import { loadConfig } from './platform/config/load-config.js';
import { configureHttp, httpOptions } from './platform/http/configure-http.js';
import { listen } from './platform/http/listen.js';
import { tlsOptions } from './platform/http/tls.js';
import { endOnStrayErrors } from './platform/process/stray-errors.js';
import { OneSentenceError } from './platform/process/one-sentence-error.js';
import { createLog } from './platform/telemetry/log.js';
import { Metrics } from './platform/telemetry/metrics.js';
import { NestLog } from './platform/telemetry/nest-log.js';
import { scrub } from './platform/telemetry/scrub.js';
import { watchRequests } from './platform/telemetry/watch-requests.js';
import { AuditTicker } from './jobs/audit-ticker.js';
import { JobWorker } from './jobs/job-worker.js';
import { Ticker } from './jobs/ticker.js';
import { DatabaseHealth } from './database/database-health.js';
import { accountHealth } from './web/health/health-parts.js';

async function start(): Promise<void> {
  const config = loadConfig(
    process.env,
    CONNECTORS.map((entry) => entry.descriptor),
  );
  const log = createLog({ level: config.logLevel, role: config.role, readable: config.sandbox });
  endOnStrayErrors(log);
  if (!config.sandbox) warnOfWeakSetting(config, log);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.of(config), {
    rawBody: true,
    bodyParser: false,
    logger: new NestLog(log),
    ...(config.edge.tls && { httpsOptions: tlsOptions(config.edge.tls) }),
  });
  app.use(watchRequests(log, app.get(Metrics), { quiet: config.sandbox }));
  configureHttp(app, httpOptions(config));
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
  await refuseOtherMode(app, config);
  await app.init();
  if (config.role !== 'web') {
    await app.get(JobWorker).start();
    app.get(Ticker).start();
    app.get(AuditTicker).start();
    app.get(Nightly).start();
  }
  await listen(app, config);
}

/** What the operator has chosen or cannot help, once at each start; health says the same. */
function warnOfWeakSetting({ database, sharedAccount }: Config, log: ReturnType<typeof createLog>): void {
  if (sharedAccount !== undefined) log.warn(accountHealth(sharedAccount).sentence);
  if (isPlainDatabase(database.appUrl)) log.warn('The line to the database is not encrypted (DATABASE_TLS=off).');
}

/** A database that has seen invented data never becomes a live one, nor the other way round. */
async function refuseOtherMode(app: NestExpressApplication, config: Config): Promise<void> {
  const mode = config.sandbox ? 'sandbox' : 'live';
  const marked = await app.get(DatabaseHealth).markAs(mode);
  if (marked !== mode)
    throw new OneSentenceError(
      `This database belongs to a ${marked} system and cannot be used as ${mode}: set DATA_DIR or DATABASE_URL to another one.`,
    );
}

try {
  await start();
} catch (error) {
  console.error(scrub(error instanceof OneSentenceError ? error.message : String(error instanceof Error ? (error.stack ?? error) : error)));
  process.exit(1);
}
