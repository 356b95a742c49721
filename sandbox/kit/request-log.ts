import type { NextFunction, Request, Response } from 'express';

export interface LoggedRequest {
  at: string;
  method: string;
  path: string;
  status: number;
  fault?: string;
  durationMs: number;
  headers: Record<string, unknown>;
  body: string;
}

const KEPT = 20_000;
const BODY_CHARACTERS = 20_000;
const SECRET_HEADERS = new Set(['authorization', 'cookie', 'clientid']);

/** What the app asked of this vendor, newest last; credentials are blanked before they are kept. */
export class RequestLog {
  private entries: LoggedRequest[] = [];

  middleware() {
    return (request: Request, response: Response, next: NextFunction): void => {
      const started = performance.now();
      const entry: LoggedRequest = {
        at: new Date().toISOString(),
        method: request.method,
        path: request.originalUrl,
        status: 0,
        durationMs: 0,
        headers: safeHeaders(request),
        body: bodyText(request),
      };
      this.entries.push(entry);
      if (this.entries.length > KEPT) this.entries.splice(0, this.entries.length - KEPT);
      response.once('close', () => {
        const fault = response.locals['fault'] as string | undefined;
        entry.status = response.writableFinished ? response.statusCode : 0;
        entry.durationMs = Math.round(performance.now() - started);
        if (fault) entry.fault = fault;
      });
      next();
    };
  }

  /** `?method=` equals, `?path=` is contained. */
  list(filter: Record<string, unknown> = {}): LoggedRequest[] {
    const method = typeof filter['method'] === 'string' ? filter['method'].toUpperCase() : undefined;
    const path = typeof filter['path'] === 'string' ? filter['path'] : undefined;
    return this.entries.filter((entry) => (!method || entry.method === method) && (!path || entry.path.includes(path)));
  }

  clear(): void {
    this.entries = [];
  }
}

function safeHeaders(request: Request): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, SECRET_HEADERS.has(name) ? '(kept out of the log)' : value]),
  );
}

function bodyText(request: Request): string {
  if (!Buffer.isBuffer(request.body)) return '';
  const type = request.headers['content-type'] ?? '';
  if (type.includes('x-www-form-urlencoded')) return '(form, kept out of the log)';
  return /json|text|xml/.test(type)
    ? request.body.toString('utf8', 0, BODY_CHARACTERS)
    : `(${request.body.length} bytes of ${type || 'unknown type'})`;
}
