import { Injectable } from '@nestjs/common';
import { Refusal } from '../../domain/refusal.js';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import type { Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { TenantSettingsRepository } from '../../identity/tenant-settings.repository.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { DuePostingRepository } from '../outbox/due-posting.repository.js';
import { PostingPlanner } from '../outbox/posting-planner.js';

/** Whether anything is posted at all: Stop posting for the whole company, and the day on which a ledger begins. */
@Injectable()
export class PostingSwitch {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly jobs: JobQueue,
    private readonly due: DuePostingRepository,
    private readonly planner: PostingPlanner,
    private readonly settings: TenantSettingsRepository,
    private readonly connections: ConnectionRepository,
    private readonly audit: AuditLog,
  ) {}

  /** What is on the wire ends; nothing new begins. */
  async stop(caller: Principal): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      await this.settings.lock();
      await this.settings.stopPosting(caller.actor.label);
      await this.audit.record(caller.actor, { action: 'posting.stopped', subject: { kind: 'tenant', id: caller.tenantId } });
    });
  }

  /** @throws Refusal 'conflict' while the company is to be erased */
  async resume(caller: Principal): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      // Whoever asks for an erasure holds the same row, so that its stop is not lifted by somebody who looked a moment before.
      await this.settings.lock();
      if (await this.due.isToBeErased())
        throw new Refusal('conflict', 'The company is to be erased, so nothing is posted. An owner can undo it under Settings, Data.');
      await this.settings.resumePosting();
      await this.audit.record(caller.actor, { action: 'posting.resumed', subject: { kind: 'tenant', id: caller.tenantId } });
      for (const { id, state } of await this.connections.all()) if (state === 'connected') await this.jobs.enqueue('posting.send', id);
    });
  }

  /**
   * From preview to the real books. Planned documents dated before `from` are left out.
   * @throws Refusal 'conflict' when somebody else started it first: their day holds
   */
  async goLive(caller: Principal, connectionId: string, from: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      await this.connections.startPosting(connectionId, from);
      await this.planner.leaveOutBefore(connectionId, from);
      await this.audit.record(caller.actor, {
        action: 'connection.went_live',
        subject: { kind: 'connection', id: connectionId },
        after: { from },
      });
      await this.jobs.enqueue('posting.send', connectionId);
    });
  }
}
