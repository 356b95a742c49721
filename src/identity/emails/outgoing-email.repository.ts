import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { OutgoingEmailEntity } from './outgoing-email.entity.js';

/**
 * E-mails that wait to be sent, of the tenant of the open transaction. A row tells what about and to whom; the words and any
 * secret are made when it is sent.
 */
@Injectable()
export class OutgoingEmailRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** The e-mail and the job that sends it. */
  async queue(kind: OutgoingEmailEntity['kind'], recipient: string, subjectId: string, news: string | null = null): Promise<void> {
    const id = uuidv7();
    const createdAt = this.clock.now();
    const { tenantId } = this.tx;
    await this.tx.rows(OutgoingEmailEntity).insert({ tenantId, id, kind, recipient, subjectId, news, state: 'waiting', createdAt });
    await this.jobs.enqueue('mail.send', id);
  }

  async findWaiting(id: string): Promise<OutgoingEmailEntity | undefined> {
    const { tenantId } = this.tx;
    return (await this.tx.rows(OutgoingEmailEntity).findOneBy({ tenantId, id, state: 'waiting' })) ?? undefined;
  }

  async finish(id: string, state: 'sent' | 'dropped'): Promise<void> {
    const { tenantId } = this.tx;
    await this.tx.rows(OutgoingEmailEntity).update({ tenantId, id, state: 'waiting' }, { state, finishedAt: this.clock.now() });
  }
}
