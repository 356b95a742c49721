import {
  HttpException,
  Injectable,
  Module,
  type MiddlewareConsumer,
  type NestModule,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type NestMiddleware,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';
import type { Observable } from 'rxjs';
import type { BudgetName } from '../../platform/config/edge-variables.js';
import { VaultModule } from '../../platform/vault/vault.module.js';
import { BudgetsModule } from '../../database/budgets/budgets.module.js';
import { Budgets, type Spending } from '../../database/budgets/budgets.js';
import { callerOf, type Caller } from '../caller.js';
import { Cookies } from '../cookies.js';
import { BeforeSignIn } from '../sign-in/before-sign-in.js';
import { networkSource } from './network-source.js';

type Wanted = readonly (readonly [BudgetName, string])[];

/**
 * Counts what anybody may ask before it is known who it is: signing in, links, webhooks, and keys that open nothing. A page
 * of somebody who is signed in costs no count at all, and neither does a key that is good.
 */
@Injectable()
class LimitBeforeRoutes implements NestMiddleware {
  constructor(
    private readonly budgets: Budgets,
    private readonly before: BeforeSignIn,
  ) {}

  async use(request: Request, response: Response, next: NextFunction): Promise<void> {
    const source = networkSource(request.ip);
    try {
      if (isApi(request)) this.watchRefusals(response, source);
      else tellOrRefuse(response, await this.spend(this.budgetsOf(request, source)));
    } catch (error) {
      // Passed on rather than thrown: what answers it wants to see the whole address, which is restored on the way out of here.
      return next(error);
    }
    next();
  }

  private budgetsOf(request: Request, source: string): Wanted {
    const wanted = budgetsOfStranger(request, source);
    // Whose code is tried stands in the sealed cookie of the browser that asked for it.
    const tried = isTry(request) ? this.before.read(request).askedCode?.address : undefined;
    return tried === undefined ? wanted : [...wanted, ['code-try', tried]];
  }

  private watchRefusals(response: Response, source: string): void {
    const known = this.budgets.known('api-refused', source);
    if (!known.allowed) tellOrRefuse(response, [known]);
    response.once('finish', () => {
      // Counting comes after the answer, and must not fail anything when it cannot.
      if (response.statusCode === 401) void this.budgets.spend('api-refused', source).catch(() => undefined);
    });
  }

  private async spend(wanted: Wanted): Promise<Spending[]> {
    return await Promise.all(wanted.map(([name, who]) => this.budgets.spend(name, who)));
  }
}

/**
 * Counts what somebody who is known asks: the API by key and by company, changes and uploads by person. Runs before anything
 * reads an uploaded file. Looking at pages is not counted.
 */
@Injectable()
class LimitBehindGuards implements NestInterceptor {
  constructor(private readonly budgets: Budgets) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Request>();
    const caller = callerOf(request);
    if (caller) {
      const spendings = await Promise.all(budgetsOfCaller(request, caller).map(([name, who]) => this.budgets.spend(name, who)));
      tellOrRefuse(context.switchToHttp().getResponse<Response>(), spendings);
    }
    return next.handle();
  }
}

/** Importing it puts the limits before every route of the application. */
@Module({
  imports: [BudgetsModule, VaultModule],
  providers: [Cookies, BeforeSignIn, { provide: APP_INTERCEPTOR, useClass: LimitBehindGuards }],
})
export class RateLimitsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(LimitBeforeRoutes).forRoutes('{*path}');
  }
}

/**
 * Express matches addresses in any case and with a slash behind them, so this has to. What this middleware is mounted at, which is
 * everything, is gone from `path` and stands in `baseUrl`.
 */
function pathOf(request: Request): string {
  return (request.baseUrl + request.path).toLowerCase().replace(/\/+$/, '');
}

function isApi(request: Request): boolean {
  return pathOf(request).startsWith('/api/');
}

function budgetsOfStranger(request: Request, source: string): Wanted {
  const path = pathOf(request);
  const unsafe = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
  if (path.startsWith('/webhooks/')) {
    return [
      ['webhook', path],
      ['webhook', source],
    ];
  }
  // Who opens a link and who tries one: a GET brings no secret and costs nothing.
  if (/^\/sign-in\/(?:invitation|support)(?:\/link)?$/.test(path)) return unsafe ? [['link', source]] : [];
  if (!/^\/sign-in(?:\/|$)/.test(path) || !(unsafe || path.endsWith('/callback'))) return [];
  const address = path === '/sign-in/code' ? typedAddress(request.body) : undefined;
  return address === undefined
    ? [['sign-in', source]]
    : [
        ['sign-in', source],
        ['code', address],
      ];
}

function isTry(request: Request): boolean {
  return request.method === 'POST' && ['/sign-in/code/verification', '/sign-in/confirm'].includes(pathOf(request));
}

function typedAddress(body: unknown): string | undefined {
  const email: unknown = typeof body === 'object' && body !== null && 'email' in body ? body.email : undefined;
  return typeof email === 'string' && email.trim() !== '' ? email.trim().toLowerCase() : undefined;
}

function budgetsOfCaller(request: Request, { actor, tenantId }: Caller): Wanted {
  const who = `${actor.kind} ${actor.id}`;
  if (request.path.toLowerCase().startsWith('/api/')) {
    return [
      ['api', who],
      ['api-tenant', tenantId],
    ];
  }
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return [];
  return request.is('multipart/form-data') === false
    ? [['change', who]]
    : [
        ['change', who],
        ['upload', who],
      ];
}

class TooManyRequests extends HttpException {
  constructor({ budget, resetMs }: Spending) {
    const wait = seconds(resetMs);
    super(
      `Too many requests came from here: ${budget.most} in ${budget.seconds} seconds are allowed. Nothing was done. ` +
        `Try again in ${wait === 1 ? 'a second' : `${wait} seconds`}.`,
      429,
    );
  }
}

/** Tells what is left on every answer that was counted, of the budget that is nearest to its end. @throws TooManyRequests */
function tellOrRefuse(response: Response, spendings: readonly Spending[]): void {
  const nearest = spendings.toSorted((one, other) => share(one) - share(other))[0];
  if (nearest === undefined) return;
  const { budget, left, resetMs } = nearest;
  response.set({
    'RateLimit-Policy': `${budget.most};w=${budget.seconds}`,
    'RateLimit-Limit': String(budget.most),
    'RateLimit-Remaining': String(left),
    'RateLimit-Reset': String(seconds(resetMs)),
  });
  const refused = spendings.find(({ allowed }) => !allowed);
  if (refused === undefined) return;
  response.set('Retry-After', String(seconds(refused.resetMs)));
  throw new TooManyRequests(refused);
}

function share({ allowed, left, budget }: Spending): number {
  return allowed ? left / budget.most : -1;
}

function seconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1_000));
}
