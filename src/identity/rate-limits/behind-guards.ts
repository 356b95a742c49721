import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Observable } from 'rxjs';
import type { BudgetName } from '../../platform/config/edge-variables.js';
import { Budgets } from '../../database/budgets/budgets.js';
import { callerOf, type Caller } from '../caller.js';
import { tellOrRefuse } from './too-many-requests.js';

/**
 * Counts what somebody who is known asks: the API by key and by company, changes and uploads by person. Runs before anything
 * reads an uploaded file. Looking at pages is not counted.
 */
@Injectable()
export class LimitBehindGuards implements NestInterceptor {
  constructor(private readonly budgets: Budgets) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Request>();
    const caller = callerOf(request);
    if (caller) {
      const spendings = await Promise.all(budgetsOf(request, caller).map(([name, who]) => this.budgets.spend(name, who)));
      tellOrRefuse(context.switchToHttp().getResponse<Response>(), spendings);
    }
    return next.handle();
  }
}

function budgetsOf(request: Request, { actor, tenantId }: Caller): (readonly [BudgetName, string])[] {
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
