import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { uuidv7 } from '../ids/uuidv7.js';
import type { Metrics } from './metrics.js';
import { openSpan, SpanKind } from './spans.js';
import { currentWork, during } from './work-context.js';

/** Asked every few seconds by machines: worth a line only to somebody who looks for it. */
const QUIET = /^\/(health|metrics|assets)\b/;

/**
 * Before everything else: gives the request an id (which the answer carries as X-Request-Id), a span and, at its end, a log line
 * and its numbers. They know it by its route pattern: an address holds ids, and sometimes a code that opens something.
 * `quiet` at a terminal, where a line for each request would bury what the start said.
 */
export function watchRequests(
  log: Logger,
  metrics: Metrics,
  { quiet = false } = {},
): (request: Request, response: Response, next: NextFunction) => void {
  return (request, response, next) => {
    const requestId = uuidv7();
    const started = performance.now();
    const span = openSpan({ name: request.method, kind: SpanKind.SERVER, attributes: { 'http.request.method': request.method } });
    response.setHeader('X-Request-Id', requestId);
    during({ requestId }, () => {
      const work = currentWork();
      response.once('close', () => {
        const seconds = (performance.now() - started) / 1_000;
        const { method } = request;
        const route = routeOf(request);
        // Somebody who hangs up first has not been answered, whatever the status was going to be.
        const status = response.writableFinished ? response.statusCode : 499;
        metrics.requests.inc({ method, route, status: String(status) });
        metrics.requestSeconds.observe({ method, route }, seconds);
        span.updateName(`${method} ${route}`);
        span.setAttributes({ 'http.route': route, 'http.response.status_code': status, 'countersign.request_id': requestId });
        if (work?.tenantId !== undefined) span.setAttribute('countersign.tenant_id', work.tenantId);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
        const line = { ...work, method, route, status, ms: Math.round(seconds * 1_000) };
        if (QUIET.test(request.path) || (quiet && status < 500)) log.debug(line, 'request');
        else log.info(line, 'request');
      });
      context.with(trace.setSpan(context.active(), span), next);
    });
  };
}

function routeOf(request: Request): string {
  const { route } = request as { route?: { path?: unknown } };
  return typeof route?.path === 'string' ? route.path : 'none';
}
