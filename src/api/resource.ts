import {
  applyDecorators,
  Controller,
  SetMetadata,
  StandardSchemaValidationPipe,
  UseFilters,
  UseGuards,
  UsePipes,
  Injectable,
  type CanActivate,
  type ExecutionContext,
  Catch,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { z } from 'zod';
import { InputRefused, isOurFault, problemOf, sendProblem } from '../platform/http/problem.js';
import type { Request, Response } from 'express';
import { SignInRequired } from '../identity/access-refused.js';
import { callerOf } from '../identity/caller.js';
import { inputSchema } from './route-input.js';
import { reportFault } from '../platform/telemetry/report-fault.js';

export const API_ROOT = 'api/v1';

const readInput = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) => new InputRefused(issues.map(({ path, message }) => ({ field: fieldName(path), message }))),
});

/** A controller under /api/v1: keys only, input by schema, errors as problem+json. */
export const ApiResource = (path: string): ClassDecorator =>
  applyDecorators(
    Controller(`${API_ROOT}/${path}`),
    UseFilters(ProblemFilter),
    UseGuards(KeysOnlyGuard, UnknownQueryGuard),
    UsePipes(readInput),
  );

/** What the description of a route says besides its address, permission and input, which Nest knows already. */
export interface RouteDescription {
  summary: string;
  /** By status: the schema of a JSON body, a media type for bytes, or null for none. */
  answers: Readonly<Record<number, z.ZodType | 'application/pdf' | 'text/csv' | null>>;
  /** Statuses of problems that this route has besides those that every route has. */
  problems?: readonly (404 | 409 | 422)[];
}

export const DESCRIPTION = Symbol('description of an API route');

export const Describe = (description: RouteDescription): MethodDecorator => SetMetadata(DESCRIPTION, description);

function fieldName(path: readonly (PropertyKey | { key: PropertyKey })[] | undefined): string {
  return (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.') || '(request)';
}

/** The API knows keys and no sessions: a page of another site has nothing here that it could use. Runs behind the access guard. */
@Injectable()
class KeysOnlyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const caller = callerOf(context.switchToHttp().getRequest<Request>());
    if (caller && caller.actor.kind !== 'api_key') throw new SignInRequired();
    return true;
  }
}

/** A misspelt filter must not silently list everything; schemas refuse what they do not know, this refuses for handlers without one. */
@Injectable()
class UnknownQueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const names = Object.keys(context.switchToHttp().getRequest<Request>().query);
    if (names.length === 0 || inputSchema(context.getClass(), context.getHandler().name, 'query')) return true;
    throw new InputRefused(names.map((field) => ({ field, message: 'This address takes no such parameter.' })));
  }
}

/** Every error of the API as problem+json; a fault of ours is logged under the id that the caller gets. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('api');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(error);
    if (isOurFault(problem)) reportFault(this.logger, problem, error);
    if (response.headersSent) return void response.destroy();
    sendProblem(response, problem);
  }
}
