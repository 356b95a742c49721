import type { NextFunction, Request, Response } from 'express';
import { z } from 'zod';

/**
 * What can go wrong between two companies, on demand:
 * `status` answers with that status and does nothing; `timeout` takes the request, does nothing and never answers;
 * `drop-after-commit` does the work and cuts the line before the answer; `malformed` does the work and answers half
 * a JSON text; `slow` waits `delayMs` and then behaves; `hold` waits until `release()`, however long that is, and then behaves.
 */
export const faultSchema = z.object({
  match: z.object({
    method: z.string().optional(),
    path: z.string().describe('a substring, or a regular expression when it starts with ^').optional(),
  }),
  mode: z.enum(['status', 'timeout', 'drop-after-commit', 'malformed', 'slow', 'hold']),
  status: z.number().int().min(400).max(599).default(503),
  retryAfter: z.number().optional(),
  delayMs: z.number().int().min(0).default(3_000),
  count: z.number().int().min(1).default(1),
});
export type Fault = z.infer<typeof faultSchema>;

export class Faults {
  private planned: Fault[] = [];
  private readonly held: (() => void)[] = [];

  plan(fault: Fault): void {
    this.planned.push({ ...fault });
  }

  clear(): void {
    this.planned = [];
  }

  list(): readonly Fault[] {
    return this.planned;
  }

  /** Lets every request go on that was held. */
  release(): void {
    for (const goOn of this.held.splice(0)) goOn();
  }

  /** Express middleware. `bodyFor` gives the vendor's own wording of a status, so that clients parse the real shape. */
  middleware(bodyFor: (status: number, request: Request) => { contentType: string; body: string }) {
    return (request: Request, response: Response, next: NextFunction): void => {
      const fault = this.take(request);
      if (!fault) return next();
      response.locals['fault'] = fault.mode;
      if (fault.mode === 'timeout') return;
      if (fault.mode === 'hold') return void this.held.push(() => next());
      if (fault.mode === 'slow') return void setTimeout(next, fault.delayMs);
      if (fault.mode === 'status') {
        const { contentType, body } = bodyFor(fault.status, request);
        if (fault.retryAfter !== undefined) response.setHeader('Retry-After', String(fault.retryAfter));
        response.status(fault.status);
        if (contentType === '') response.end();
        else response.type(contentType).send(body);
        return;
      }
      const cut =
        fault.mode === 'drop-after-commit'
          ? () => request.socket.destroy()
          : () => request.socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"cut":');
      response.write = () => true;
      response.end = () => {
        cut();
        return response;
      };
      next();
    };
  }

  private take(request: Request): Fault | undefined {
    const index = this.planned.findIndex((fault) => matches(fault, request));
    const fault = this.planned[index];
    if (!fault) return undefined;
    fault.count -= 1;
    if (fault.count === 0) this.planned.splice(index, 1);
    return fault;
  }
}

function matches({ match }: Fault, request: Request): boolean {
  if (match.method && match.method.toUpperCase() !== request.method) return false;
  if (!match.path) return true;
  return match.path.startsWith('^') ? new RegExp(match.path).test(request.originalUrl) : request.originalUrl.includes(match.path);
}
