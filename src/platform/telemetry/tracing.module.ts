import { readFileSync } from 'node:fs';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { Config } from '../config/config.js';
import { BackupAge } from './backup-age.js';
import { context, trace } from '@opentelemetry/api';

interface Tracing {
  /** Sends what is waiting, and stops. */
  stop(): Promise<void>;
}

/** How long the end of a process may wait for a receiver that does not answer. */
const GOODBYE_MS = 3_000;

/**
 * Sends spans to an OTLP receiver over HTTP. The SDK is loaded here and nowhere else, so that without an endpoint none of it is
 * in memory and a span is an empty object.
 * @param endpoint base address; the exporter adds /v1/traces
 */
async function startTracing(endpoint: string, process: { role: string; version: string }): Promise<Tracing> {
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } = await import('@opentelemetry/sdk-trace');
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: GOODBYE_MS });
  const provider = new TracerProvider({
    // No host name, no command line: what a receiver learns about this machine is our name and version.
    resource: resourceFromAttributes({
      'service.name': 'countersign',
      'service.version': process.version,
      'service.instance.role': process.role,
    }),
    // Everything: a billing run is thousands of spans, not millions, and an error that was not sampled is an error nobody sees.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000, exportTimeoutMillis: GOODBYE_MS })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return {
    stop: async () => {
      await Promise.race([provider.shutdown(), new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref())]).catch(() => undefined);
      trace.disable();
      context.disable();
    },
  };
}

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
