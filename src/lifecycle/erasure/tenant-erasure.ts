import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../../domain/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import { Config } from '../../platform/config/config.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import type { Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { ErasureRepository, TenantCertificates, type StoredCertificate } from './erasure.repository.js';
import { LegalHoldRepository } from '../legal-hold.repository.js';
import { TenantTaskRepository } from '../tenant-task.repository.js';
import type { TenantErasureEntity } from './erasure.entity.js';
import { TenantSettingsRepository } from '../../identity/tenant-settings.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

const DAY_MS = 86_400_000;

/** The wish of an owner that everything of their company goes: days to think it over, and then no way back. */
@Injectable()
export class TenantErasure {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly erasures: ErasureRepository,
    private readonly settings: TenantSettingsRepository,
    private readonly issued: TenantCertificates,
    private readonly holds: LegalHoldRepository,
    private readonly tasks: TenantTaskRepository,
    private readonly audit: AuditLog,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async open(tenantId: string): Promise<TenantErasureEntity | null> {
    return await this.tx.run(tenantId, () => this.erasures.openTenantErasure());
  }

  /** @param typedName the company's name, typed by hand @param graceDays an operator may shorten them */
  async request(caller: Principal, typedName: string, graceDays = this.config.erasureGraceDays): Promise<TenantErasureEntity> {
    const { tenantId, actor } = caller;
    return await this.tx.run(tenantId, async () => {
      // Held, so that nobody stops or resumes posting between this look and the stop that follows from it.
      const settings = await this.settings.lock();
      if (typedName.trim() !== settings.name)
        throw new Refusal('invalid', `Type the company’s name exactly as it stands here: ${settings.name}`, { field: 'tenantName' });
      await this.refuseUnderHold();
      const now = this.clock.now();
      const row: TenantErasureEntity = {
        tenantId,
        id: uuidv7(),
        certificateId: randomUUID(),
        state: 'waiting',
        requestedByKind: actor.kind === 'api_key' || actor.kind === 'operator' ? actor.kind : 'person',
        requestedById: actor.id,
        requestedByLabel: actor.label,
        requestedAt: now,
        notBefore: this.clock.later(graceDays * DAY_MS),
        postingWasStopped: settings.postingStoppedAt !== null,
        counts: {},
        notes: [],
        problem: null,
        cancelledAt: null,
        cancelledBy: null,
      };
      if (!(await this.erasures.requestTenantErasure(row)))
        throw new Refusal('conflict', 'The erasure of this company is planned already.');
      if (!row.postingWasStopped) await this.settings.stopPosting(actor.label);
      await this.tasks.plan('erasure', row.notBefore);
      await this.audit.record(actor, {
        action: 'data.tenant_erasure_requested',
        subject: { kind: 'tenant', id: tenantId },
        after: { notBefore: row.notBefore, certificate: row.certificateId },
      });
      return row;
    });
  }

  /** Until the erasing begins. Posting is as it was before. */
  async cancel(caller: Principal): Promise<void> {
    const { tenantId, actor } = caller;
    await this.tx.run(tenantId, async () => {
      // Whoever begins the erasing takes the same lock: read without it, an erasure that begins now would still look like waiting.
      await this.holds.lock();
      const row = await this.erasures.openTenantErasure();
      if (!row) throw notFound('A planned erasure');
      if (row.state === 'erasing') throw new Refusal('conflict', 'The erasing has begun. What is gone cannot be brought back.');
      await this.erasures.changeTenantErasure(row.id, { state: 'cancelled', cancelledAt: this.clock.now(), cancelledBy: actor.label });
      await this.tasks.drop('erasure');
      if (!row.postingWasStopped) await this.settings.resumePosting();
      await this.audit.record(actor, { action: 'data.tenant_erasure_cancelled', subject: { kind: 'tenant', id: tenantId } });
    });
  }

  /** By the address that was given to whoever asked for the erasure. */
  async certificate(id: string): Promise<StoredCertificate> {
    const found = await this.issued.find(id);
    if (!found) throw notFound('This certificate');
    return found;
  }

  private async refuseUnderHold(): Promise<void> {
    await this.holds.lock();
    const [hold] = await this.holds.standing();
    if (hold)
      throw new Refusal(
        'conflict',
        `${hold.subjectLabel} is under legal hold (${hold.reason}). Lift every hold first: what is held must not be deleted.`,
      );
  }
}
