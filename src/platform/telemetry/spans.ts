import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Link,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import { describeError } from './describe-error.js';
import { scrub } from './scrub.js';

export { SpanKind };

export interface SpanWish {
  name: string;
  kind?: SpanKind;
  attributes?: Attributes;
  /** Begins a trace of its own below this span, which another process may have named. */
  below?: SpanContext;
  links?: Link[];
}

/** Without an endpoint nobody has registered a provider: the tracer then hands out one empty span and keeps nothing. */
const tracer = trace.getTracer('countersign');

/** Runs `work` inside a span; what it throws is recorded on it, scrubbed, and thrown on. */
export async function inSpan<T>(wish: SpanWish, work: (span: Span) => Promise<T>): Promise<T> {
  const parent = wish.below ? trace.setSpanContext(ROOT_CONTEXT, wish.below) : context.active();
  const { kind = SpanKind.INTERNAL, attributes = {}, links = [] } = wish;
  return await tracer.startActiveSpan(wish.name, { kind, attributes, links }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      failSpan(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A span that other code ends, for work that is announced by events. */
export function openSpan({ name, kind = SpanKind.INTERNAL, attributes = {} }: SpanWish): Span {
  return tracer.startSpan(name, { kind, attributes });
}

/** Marks the span as failed and adds the exception in the form that error trackers read. */
export function failSpan(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  const { type, message, stack } = describeError(error);
  span.recordException({ name: type, message: scrub(message), ...(stack !== undefined && { stack: scrub(stack) }) });
  span.setStatus({ code: SpanStatusCode.ERROR, message: scrub(message).slice(0, 200) });
}
