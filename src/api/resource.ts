import { applyDecorators, Controller, SetMetadata, StandardSchemaValidationPipe, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import type { z } from 'zod';
import { InputRefused } from '../platform/http/problem.js';
import { KeysOnlyGuard } from './keys-only.guard.js';
import { ProblemFilter } from './problem.filter.js';
import { UnknownQueryGuard } from './unknown-query.guard.js';

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
