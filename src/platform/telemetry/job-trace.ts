import { createHash } from 'node:crypto';
import { TraceFlags, type SpanContext } from '@opentelemetry/api';

/**
 * A job's trace follows from its id: the trace id is the job's UUID and the span above its attempts is a hash of it. Whoever
 * enqueues links to that trace, whoever works begins it, and nothing needs to be carried: a payload stays two ids.
 * All attempts of a job are one trace.
 */
export function traceOfJob(jobId: string): SpanContext {
  return {
    traceId: jobId.replaceAll('-', '').toLowerCase(),
    spanId: createHash('sha256').update(`job ${jobId}`).digest('hex').slice(0, 16),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  };
}
