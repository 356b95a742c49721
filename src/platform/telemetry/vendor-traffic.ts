import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { context, SpanStatusCode, type Span } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { Metrics } from './metrics.js';
import { failSpan, openSpan, SpanKind } from './spans.js';

/** How the last request to a vendor went; what /health tells, so that nobody has to probe. */
export interface LastOutcome {
  at: Date;
  /** 0: no answer. */
  status: number;
  /** Our clock minus the vendor's, where it said what it has. Whole seconds, as its header is. */
  clockAheadSeconds?: number;
}

interface OnTheWire {
  connector: string;
  started: number;
  span: Span;
}

const calls = new AsyncLocalStorage<string>();

/** Every request made within `work` counts as one to this connector's vendor, whichever client or SDK sends it. */
export function callingVendor<T>(connector: string, work: () => T): T {
  return calls.run(connector, work);
}

/**
 * Sees every HTTP request to a vendor from outside, by the channels of Node's own client: connectors and SDKs need not know.
 * Taken down: connector, host, method, status, time. Never a path, a query, a header or a body.
 */
@Injectable()
export class VendorTraffic implements OnModuleInit, OnApplicationShutdown {
  private readonly last = new Map<string, LastOutcome>();
  private readonly onTheWire = new WeakMap<ClientRequest, OnTheWire>();

  constructor(private readonly metrics: Metrics) {}

  lastOutcomes(): ReadonlyMap<string, LastOutcome> {
    return this.last;
  }

  onModuleInit(): void {
    for (const [channel, listener] of this.listeners) subscribe(channel, listener);
  }

  onApplicationShutdown(): void {
    for (const [channel, listener] of this.listeners) unsubscribe(channel, listener);
  }

  private readonly listeners: readonly (readonly [string, (message: unknown) => void])[] = [
    ['http.client.request.start', (message) => this.began((message as { request: ClientRequest }).request)],
    [
      'http.client.response.finish',
      (message) => {
        const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
        this.ended(request, response.statusCode ?? 0, response.headers.date);
      },
    ],
    [
      'http.client.request.error',
      (message) => {
        const { request, error } = message as { request: ClientRequest; error: unknown };
        this.ended(request, 0, undefined, error);
      },
    ],
  ];

  private began(request: ClientRequest): void {
    const connector = calls.getStore();
    if (connector === undefined || isTracingSuppressed(context.active())) return;
    const { method } = request;
    const span = openSpan({
      name: `${method} ${connector}`,
      kind: SpanKind.CLIENT,
      attributes: { 'countersign.connector': connector, 'http.request.method': method, 'server.address': hostOf(request) },
    });
    this.onTheWire.set(request, { connector, started: performance.now(), span });
  }

  private ended(request: ClientRequest, status: number, date: string | undefined, error?: unknown): void {
    const wire = this.onTheWire.get(request);
    if (!wire) return;
    this.onTheWire.delete(request);
    const { connector, span, started } = wire;
    this.metrics.vendorRequests.inc({ connector, status: String(status) });
    this.metrics.vendorSeconds.observe({ connector }, (performance.now() - started) / 1_000);
    span.setAttribute('http.response.status_code', status);
    if (error !== undefined) failSpan(span, error);
    else if (status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    const at = new Date();
    const theirs = date === undefined ? Number.NaN : Date.parse(date);
    const ahead = Number.isNaN(theirs) ? {} : { clockAheadSeconds: Math.round((at.getTime() - theirs) / 1_000) };
    this.last.set(connector, { at, status, ...ahead });
  }
}

function hostOf(request: ClientRequest): string {
  return typeof request.host === 'string' ? request.host : '';
}
