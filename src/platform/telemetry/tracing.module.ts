import { readFileSync } from 'node:fs';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
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

/** Read from the file: npm tells it to its own scripts only, and a container starts without npm. */
const { version: VERSION } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')));
