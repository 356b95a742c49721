import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../../domain/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Caller } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { DataPolicyRepository } from '../../lifecycle/data-policy.repository.js';
import { lockInvoices } from '../invoices/invoice-locks.js';
import { PostingPlanner } from '../outbox/posting-planner.js';
import { SettlementRepository } from '../settlement/settlement.repository.js';
import { ConnectionEntity } from '../../connections/connection.entity.js';
import { ApprovalEntity } from '../review/approval.entity.js';
import { PostingEntity } from '../outbox/posting.entity.js';
import { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { stateRefusal } from './state-refusal.js';

/** What people do about postings: try again, leave out, do it now, stop everything, go live. */
@Injectable()
export class PostingCommands {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly jobs: JobQueue,
    private readonly policies: DataPolicyRepository,
    private readonly postings: PostingPlanner,
    private readonly settlements: SettlementRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** A refused posting is planned anew, from the invoice as it was approved. */
  async retry(caller: Caller, id: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const posting = await this.lock(id);
      if (posting.operation === 'contact' || posting.operation === 'item')
        throw new Refusal('conflict', 'This is made together with the documents that need it: press Retry at one of them.');
      if (posting.operation === 'document' || posting.operation === 'attachment') await this.policies.refuseWithoutContent();
      if (
        posting.approvalId &&
        !(await this.tx.rows(ApprovalEntity).existsBy({ tenantId: caller.tenantId, id: posting.approvalId, state: 'standing' }))
      ) {
        throw new Refusal('conflict', 'The approval of this posting has ended. Approve the invoice again; that plans a new posting.');
      }
      await this.move(caller, id, 'refused', 'planned', 'posting.retried');
    });
  }

  /** Left out for good: the invoice stays approved, nothing is sent. */
  async skip(caller: Caller, id: string, reason: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const posting = await this.lock(id);
      if (posting.state !== 'refused' && posting.state !== 'planned') throw stateRefusal(posting, 'left out');
      await this.tx
        .rows(PostingEntity)
        .update({ tenantId: caller.tenantId, id }, { state: 'skipped', cause: reason, updatedAt: this.clock.now() });
      if (posting.operation === 'payment' && posting.invoiceId) await this.settlements.follow([posting.invoiceId]);
      await this.audit.record(caller.actor, { action: 'posting.skipped', subject: subjectOf(posting), after: { reason } });
    });
  }

  /** Without waiting for the undo time or a set hour. */
  async postNow(caller: Caller, id: string): Promise<void> {
    await this.move(caller, id, 'planned', 'planned', 'posting.hurried');
  }

  async assign(caller: Caller, id: string, to: string | null): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const posting = await this.lock(id);
      await this.tx.rows(PostingEntity).update({ tenantId: caller.tenantId, id }, { assignedTo: to, updatedAt: this.clock.now() });
      await this.audit.record(caller.actor, {
        action: 'posting.assigned',
        subject: subjectOf(posting),
        before: { to: posting.assignedTo },
        after: { to },
      });
    });
  }

  /** The tenant-wide switch. What is on the wire ends; nothing new begins. */
  async stopPosting(caller: Caller, stopped: boolean): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      if (!stopped) await this.refuseWhileErasing();
      const mark = stopped
        ? { postingStoppedAt: this.clock.now(), postingStoppedBy: caller.actor.label }
        : { postingStoppedAt: null, postingStoppedBy: null };
      await this.tx.rows(TenantSettingsEntity).update({ tenantId: caller.tenantId }, mark);
      await this.audit.record(caller.actor, {
        action: stopped ? 'posting.stopped' : 'posting.resumed',
        subject: { kind: 'tenant', id: caller.tenantId },
      });
      if (!stopped) await this.wakeAll();
    });
  }

  private async refuseWhileErasing(): Promise<void> {
    const open = await this.tx.query(`select from tenant_erasure where tenant_id = $1 and state in ('waiting', 'erasing')`, [
      this.tx.tenantId,
    ]);
    if (open.length > 0)
      throw new Refusal('conflict', 'The company is to be erased, so nothing is posted. An owner can undo it under Settings, Data.');
  }

  /** From preview to the real books. Planned documents dated before `from` are left out. */
  async goLive(caller: Caller, connectionId: string, from: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const changed = await this.tx
        .rows(ConnectionEntity)
        .update({ tenantId: caller.tenantId, id: connectionId }, { postingMode: 'live', goLiveDate: from, updatedAt: this.clock.now() });
      if (changed.affected !== 1) throw notFound('This connection');
      await this.postings.leaveOutBefore(connectionId, from);
      await this.audit.record(caller.actor, {
        action: 'connection.went_live',
        subject: { kind: 'connection', id: connectionId },
        after: { from },
      });
      await this.jobs.enqueue('posting.send', connectionId);
    });
  }

  private async wakeAll(): Promise<void> {
    const connections = await this.tx.rows(ConnectionEntity).findBy({ tenantId: this.tx.tenantId, state: 'connected' });
    for (const connection of connections) await this.jobs.enqueue('posting.send', connection.id);
  }

  private async move(caller: Caller, id: string, from: PostingEntity['state'], to: PostingEntity['state'], action: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const posting = await this.lock(id);
      if (posting.state !== from) throw stateRefusal(posting, from === 'planned' ? 'sent at once' : 'tried again');
      await this.tx
        .rows(PostingEntity)
        .update({ tenantId: caller.tenantId, id }, { state: to, notBefore: this.clock.now(), updatedAt: this.clock.now() });
      await this.audit.record(caller.actor, { action, subject: subjectOf(posting) });
      await this.jobs.enqueue('posting.send', posting.connectionId);
    });
  }

  /** The invoice first, as everybody who moves a document posting does. */
  private async lock(id: string): Promise<PostingEntity> {
    const found = await this.tx.rows(PostingEntity).findOneBy({ tenantId: this.tx.tenantId, id });
    if (found?.invoiceId) await lockInvoices(this.tx, [found.invoiceId]);
    const posting = await this.tx
      .rows(PostingEntity)
      .findOne({ where: { tenantId: this.tx.tenantId, id }, lock: { mode: 'pessimistic_write' } });
    if (!posting) throw notFound('This posting');
    return posting;
  }
}

function subjectOf(posting: PostingEntity): { kind: string; id: string } {
  return posting.invoiceId ? { kind: 'invoice', id: posting.invoiceId } : { kind: 'posting', id: posting.id };
}
