import { Injectable } from '@nestjs/common';
import { PgBoss, type Db } from 'pg-boss';
import { TenantTransaction } from '../tenant-transaction.js';
import { jobPayload, type QueueName } from './queues.js';

export interface EnqueueOptions {
  startAfter?: Date;
  /** At most one waiting job with this key. */
  singletonKey?: string;
}

/** Enqueues in the open tenant transaction: the job exists exactly if the change that asked for it does. */
@Injectable()
export class JobQueue {
  constructor(
    private readonly boss: PgBoss,
    private readonly tx: TenantTransaction,
  ) {}

  async enqueue(queue: QueueName, id: string, options: EnqueueOptions = {}): Promise<void> {
    const payload = jobPayload.parse({ tenantId: this.tx.tenantId, id });
    const db: Db = {
      executeSql: async (text: string, values?: unknown[]) => ({ rows: await this.tx.query<never>(text, values ?? []) }),
    };
    await this.boss.send(queue, payload, {
      db,
      group: { id: payload.tenantId },
      ...(options.startAfter && { startAfter: options.startAfter }),
      ...(options.singletonKey && { singletonKey: options.singletonKey }),
    });
  }
}
