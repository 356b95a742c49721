import { Injectable } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { PgBoss, type Db, type SendOptions } from 'pg-boss';
import { traceOfJob } from '../platform/telemetry/job-trace.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { jobPayload, type QueueName } from '../database/queues.js';

export interface EnqueueOptions {
  startAfter?: Date;
}

/** Enqueues in the open tenant transaction: the job exists exactly if the change that asked for it does. */
@Injectable()
export class JobQueue {
  constructor(
    private readonly boss: PgBoss,
    private readonly tx: TenantTransaction,
  ) {}

  async enqueue(queue: QueueName, id: string, { startAfter }: EnqueueOptions = {}): Promise<void> {
    await this.send(queue, id, startAfter ? { startAfter } : {});
  }

  /** One more job in so many seconds, however many ask for it until then. */
  async remind(queue: QueueName, id: string, seconds: number): Promise<void> {
    await this.send(queue, id, { startAfter: seconds, singletonKey: id, singletonSeconds: seconds });
  }

  /** Now, and no second one in so many seconds. */
  async once(queue: QueueName, id: string, seconds: number): Promise<void> {
    await this.send(queue, id, { singletonKey: id, singletonSeconds: seconds });
  }

  private async send(queue: QueueName, id: string, options: SendOptions): Promise<void> {
    const payload = jobPayload.parse({ tenantId: this.tx.tenantId, id });
    const db: Db = {
      executeSql: async (text: string, values?: unknown[]) => ({ rows: await this.tx.query<never>(text, values ?? []) }),
    };
    const jobId = await this.boss.send(queue, payload, {
      db,
      group: { id: payload.tenantId },
      ...options,
    });
    // Null: the same job waits already.
    if (jobId !== null) trace.getActiveSpan()?.addLink({ context: traceOfJob(jobId), attributes: { 'messaging.destination.name': queue } });
  }
}
