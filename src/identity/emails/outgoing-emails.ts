import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { OutgoingEmailEntity } from './outgoing-email.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** E-mails that wait to be sent. A row tells what about and to whom; the words and any secret are made when it is sent. */
@Injectable()
export class OutgoingEmails {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** In the open transaction. */
  async queue(kind: OutgoingEmailEntity['kind'], recipient: string, subjectId: string, news: string | null = null): Promise<void> {
    const id = uuidv7();
    await this.tx.rows(OutgoingEmailEntity).insert({
      tenantId: this.tx.tenantId,
      id,
      kind,
      recipient,
      subjectId,
      news,
      state: 'waiting',
      createdAt: this.clock.now(),
    });
    await this.jobs.enqueue('mail.send', id);
  }

  async waiting(tenantId: string, id: string): Promise<OutgoingEmailEntity | undefined> {
    return await this.tx.run(
      tenantId,
      async () => (await this.tx.rows(OutgoingEmailEntity).findOneBy({ tenantId, id, state: 'waiting' })) ?? undefined,
    );
  }

  async finish(tenantId: string, id: string, state: 'sent' | 'dropped'): Promise<void> {
    await this.tx.run(tenantId, () =>
      this.tx.rows(OutgoingEmailEntity).update({ tenantId, id, state: 'waiting' }, { state, finishedAt: this.clock.now() }),
    );
  }
}
