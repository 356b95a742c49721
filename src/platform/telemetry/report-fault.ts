import type { Logger } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import type { Problem } from '../http/problem.js';
import { failSpan } from './spans.js';

/** A fault of ours: written down under the id that the caller was told, and put on the span, which is how error trackers hear of it. */
export function reportFault(logger: Logger, problem: Problem, error: unknown): void {
  const span = trace.getActiveSpan();
  if (span) {
    span.setAttribute('countersign.instance', problem.instance ?? '');
    failSpan(span, error);
  }
  logger.error({ msg: 'A request met a fault of ours.', instance: problem.instance, err: error });
}
