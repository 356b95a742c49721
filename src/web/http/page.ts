import { applyDecorators, Controller, StandardSchemaValidationPipe, UseInterceptors, UsePipes } from '@nestjs/common';
import { InputRefused } from '../../platform/http/problem.js';
import { AnswerInterceptor } from './answer.interceptor.js';

const readInput = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) =>
    new InputRefused(
      issues.map(({ path, message }) => ({
        field: (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
        message,
      })),
    ),
});

/** A controller whose answers are pages: input is read by the schemas at its handlers' parameters, and what they answer is rendered. */
export const PageController = (path: string): ClassDecorator =>
  applyDecorators(Controller(path), UsePipes(readInput), UseInterceptors(AnswerInterceptor));
