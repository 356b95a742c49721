import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { JobQueue } from '../../storage/jobs/job-queue.js';
import { OutgoingEmailRow } from '../../storage/rows/identity-rows.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';

/** E-mails that wait to be sent. A row tells what about and to whom; the words and any secret are made when it is sent. */
@Injectable()
export class OutgoingEmails {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** In the open transaction. */
  async queue(kind: OutgoingEmailRow['kind'], recipient: string, subjectId: string, news: string | null = null): Promise<void> {
    const id = uuidv7();
    await this.tx.rows(OutgoingEmailRow).insert({
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

  async waiting(tenantId: string, id: string): Promise<OutgoingEmailRow | undefined> {
    return await this.tx.run(
      tenantId,
      async () => (await this.tx.rows(OutgoingEmailRow).findOneBy({ tenantId, id, state: 'waiting' })) ?? undefined,
    );
  }

  async finish(tenantId: string, id: string, state: 'sent' | 'dropped'): Promise<void> {
    await this.tx.run(tenantId, () =>
      this.tx.rows(OutgoingEmailRow).update({ tenantId, id, state: 'waiting' }, { state, finishedAt: this.clock.now() }),
    );
  }
}
