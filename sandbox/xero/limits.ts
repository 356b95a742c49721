import type { NextFunction, Request, Response } from 'express';
import type { SandboxContext } from '../kit/server.js';
import { readOptions } from './options.js';
import { Problem } from './problem.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

interface Window {
  startedAt: number;
  count: number;
}

/**
 * Five in flight, a minute and a day per organisation, a minute per app. Windows are fixed: they open with the first
 * request and are gone when their time is over. Refused requests are not counted.
 */
export class Limits {
  private readonly inFlight = new Map<string, number>();

  constructor(private readonly context: SandboxContext) {}

  /** Answers what is over a limit, counts the rest, and lets them take as long as the options say. */
  perTenant() {
    return (_request: Request, response: Response, next: NextFunction): void => {
      const tenantId = String(response.locals['tenantId']);
      const options = readOptions(this.context.store);
      const minute = this.window(`minute:${tenantId}`, MINUTE_MS);
      const day = this.window(`day:${tenantId}`, DAY_MS);
      const app = this.window('appminute', MINUTE_MS);
      const busy = this.inFlight.get(tenantId) ?? 0;
      const left = {
        minute: options.minuteLimit - minute.count,
        day: options.dayLimit - day.count,
        app: options.appMinuteLimit - app.count,
      };
      const refuse = (problem: string, retryAfter?: number): Problem => {
        const headers = { 'X-Rate-Limit-Problem': problem, ...remaining(left) };
        return new Problem(429, '', '', retryAfter === undefined ? headers : { ...headers, 'Retry-After': String(retryAfter) });
      };
      if (left.day <= 0) throw refuse('day', this.secondsLeft(day, DAY_MS));
      if (left.minute <= 0) throw refuse('minute', this.secondsLeft(minute, MINUTE_MS));
      if (left.app <= 0) throw refuse('appminute', this.secondsLeft(app, MINUTE_MS));
      if (busy >= options.concurrentLimit) throw refuse('concurrent');
      this.count(`minute:${tenantId}`, minute);
      this.count(`day:${tenantId}`, day);
      this.count('appminute', app);
      response.set(remaining({ minute: left.minute - 1, day: left.day - 1, app: left.app - 1 }));
      this.inFlight.set(tenantId, busy + 1);
      response.once('close', () => this.inFlight.set(tenantId, (this.inFlight.get(tenantId) ?? 1) - 1));
      if (options.latencyMs === 0) return next();
      setTimeout(next, options.latencyMs);
    };
  }

  /** `/connections` belongs to no organisation: only the app's minute counts. */
  perApp() {
    return (_request: Request, response: Response, next: NextFunction): void => {
      const app = this.window('appminute', MINUTE_MS);
      const left = readOptions(this.context.store).appMinuteLimit - app.count;
      if (left <= 0) {
        throw new Problem(429, '', '', { 'X-Rate-Limit-Problem': 'appminute', 'Retry-After': String(this.secondsLeft(app, MINUTE_MS)) });
      }
      this.count('appminute', app);
      response.setHeader('X-AppMinLimit-Remaining', String(left - 1));
      next();
    };
  }

  private window(name: string, length: number): Window {
    const now = this.now();
    const window = this.context.store.get<Window>('_limit', name);
    return window && now >= window.startedAt && now < window.startedAt + length ? window : { startedAt: now, count: 0 };
  }

  private count(name: string, window: Window): void {
    this.context.store.put('_limit', name, { ...window, count: window.count + 1 });
  }

  private secondsLeft(window: Window, length: number): number {
    return Math.max(1, Math.ceil((window.startedAt + length - this.now()) / 1_000));
  }

  private now(): number {
    return this.context.clock.now().getTime();
  }
}

function remaining(left: { minute: number; day: number; app: number }): Record<string, string> {
  return {
    'X-DayLimit-Remaining': String(Math.max(0, left.day)),
    'X-MinLimit-Remaining': String(Math.max(0, left.minute)),
    'X-AppMinLimit-Remaining': String(Math.max(0, left.app)),
  };
}
