import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { Span } from '@opentelemetry/api';
import { PgBoss } from 'pg-boss';
import { traceOfJob } from '../platform/telemetry/job-trace.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { inSpan, SpanKind } from '../platform/telemetry/spans.js';
import { during, noteTenant } from '../platform/telemetry/work-context.js';
import { jobPayload, QUEUES, type QueueName } from '../database/queues.js';
import { JOB_HANDLER, type HandleJob } from './job-handler.js';

/** How many jobs of a queue one process works on at once, and how many of them may belong to one tenant. */
const CONCURRENCY: Partial<Record<QueueName, number>> = {
  'document.render': 2,
  'posting.send': 4,
  'posting.reconcile': 2,
  'intake.pull': 2,
  'settlement.read': 2,
};

/** Takes jobs from the queues and hands them to the methods marked with @JobHandler. */
@Injectable()
export class JobWorker implements BeforeApplicationShutdown {
  private readonly log = new Logger('jobs');
  private readonly stopping = new AbortController();

  constructor(
    private readonly boss: PgBoss,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly metrics: Metrics,
  ) {}

  /** Called once by processes whose role is to work. */
  async start(): Promise<void> {
    const handlers = this.handlers();
    for (const queue of Object.keys(QUEUES) as QueueName[]) {
      const handle = handlers.get(queue);
      if (!handle) throw new Error(`No @JobHandler works on the queue ${queue}`);
      await this.boss.work(
        queue,
        { batchSize: 1, localConcurrency: CONCURRENCY[queue] ?? 1, pollingIntervalSeconds: 0.5 },
        async ([job]) => job && (await this.work(queue, handle, job)),
      );
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('The process is stopping'));
    await this.boss.stop({ graceful: true, timeout: 10_000 });
  }

  /** One attempt: a span in the job's own trace, a line when it fails, and its numbers. */
  private async work(queue: QueueName, handle: HandleJob, job: { id: string; data: unknown; signal: AbortSignal }): Promise<void> {
    const done = this.metrics.jobSeconds.startTimer({ queue });
    const attributes = { 'messaging.destination.name': queue, 'messaging.message.id': job.id };
    const wish = { name: `work ${queue}`, kind: SpanKind.CONSUMER, attributes, below: traceOfJob(job.id) };
    const attempt = async (span: Span): Promise<void> => {
      const payload = jobPayload.parse(job.data);
      noteTenant(payload.tenantId);
      span.setAttributes({ 'countersign.tenant_id': payload.tenantId, 'countersign.subject_id': payload.id });
      await handle(payload, AbortSignal.any([job.signal, this.stopping.signal]));
    };
    await during({ jobId: job.id, queue }, async () => {
      try {
        await inSpan(wish, attempt);
        this.metrics.jobs.inc({ queue, outcome: 'done' });
      } catch (error) {
        this.metrics.jobs.inc({ queue, outcome: 'failed' });
        this.log.warn({ msg: `${queue} did not finish and will be tried again.`, err: error });
        throw error;
      } finally {
        done();
      }
    });
  }

  private handlers(): Map<QueueName, HandleJob> {
    const found = new Map<QueueName, HandleJob>();
    for (const { instance } of this.discovery.getProviders()) {
      const service: unknown = instance;
      if (typeof service !== 'object' || service === null) continue;
      const prototype = Object.getPrototypeOf(service) as object | null;
      if (!prototype) continue;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const method = (service as Record<string, unknown>)[name];
        if (typeof method !== 'function') continue;
        const queue = Reflect.getMetadata(JOB_HANDLER, method) as QueueName | undefined;
        if (!queue) continue;
        if (found.has(queue)) throw new Error(`Two @JobHandler methods work on the queue ${queue}`);
        found.set(queue, method.bind(service) as HandleJob);
      }
    }
    return found;
  }
}
