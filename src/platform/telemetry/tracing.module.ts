import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import { BackupAge } from './backup-age.js';
import { startTracing, type Tracing } from './tracing.js';

const TRACING = Symbol('tracing');

/** What needs the settings: sends traces while the process runs, where an endpoint is set, and tells how old the backup is. */
@Module({
  providers: [
    BackupAge,
    {
      provide: TRACING,
      inject: [Config],
      useFactory: async ({ telemetry, role }: Config): Promise<Tracing> =>
        telemetry.otlpEndpoint === undefined ? NO_TRACING : await startTracing(telemetry.otlpEndpoint, { role, version: VERSION }),
    },
    {
      provide: 'ends tracing',
      inject: [TRACING],
      useFactory: (tracing: Tracing): OnApplicationShutdown => ({ onApplicationShutdown: () => tracing.stop() }),
    },
  ],
})
export class TracingModule {}

const NO_TRACING: Tracing = { stop: async () => {} };

/** Of package.json, as npm tells its scripts. */
const VERSION = process.env['npm_package_version'] ?? 'unknown';
