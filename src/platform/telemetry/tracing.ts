import { context, trace } from '@opentelemetry/api';

export interface Tracing {
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
export async function startTracing(endpoint: string, process: { role: string; version: string }): Promise<Tracing> {
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
