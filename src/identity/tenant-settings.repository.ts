import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { Clock } from '../platform/clock/clock.js';
import type { AdmissionProblem } from './person.repository.js';
import { TenantSettingsEntity } from './tenant-settings.entity.js';

type Changeable = Partial<Omit<TenantSettingsEntity, 'tenantId' | 'createdAt' | 'postingStoppedAt' | 'postingStoppedBy'>>;

/** What holds for a whole company: its name, time zone, currency, how people sign in, and whether anything is posted. */
@Injectable()
export class TenantSettingsRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  async get(): Promise<TenantSettingsEntity> {
    return await this.tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId: this.tx.tenantId });
  }

  /** The same, and nobody else changes them until this transaction ends. */
  async lock(): Promise<TenantSettingsEntity> {
    return await this.tx
      .rows(TenantSettingsEntity)
      .findOneOrFail({ where: { tenantId: this.tx.tenantId }, lock: { mode: 'pessimistic_write' } });
  }

  async change(change: Changeable): Promise<void> {
    await this.tx.rows(TenantSettingsEntity).update({ tenantId: this.tx.tenantId }, change);
  }

  /** Why the settings, as they stand in the open transaction, do not admit somebody who signed in so. */
  async admissionProblem(cameBy: {
    method: string;
    issuer: string | null;
    hostedDomain: string | null;
  }): Promise<AdmissionProblem | undefined> {
    // Raw SQL: the same function that judges every request and every sign-in.
    const [row] = await this.tx.query<{ problem: AdmissionProblem | null }>('select entrance_problem($1, $2, $3, $4) as problem', [
      this.tx.tenantId,
      cameBy.method,
      cameBy.issuer,
      cameBy.hostedDomain,
    ]);
    return row?.problem ?? undefined;
  }

  /** The tenant-wide switch: nothing new is sent to any ledger. @param by whom people see as the one who did it */
  async stopPosting(by: string): Promise<void> {
    const mark = { postingStoppedAt: this.clock.now(), postingStoppedBy: by };
    await this.tx.rows(TenantSettingsEntity).update({ tenantId: this.tx.tenantId }, mark);
  }

  async resumePosting(): Promise<void> {
    await this.tx.rows(TenantSettingsEntity).update({ tenantId: this.tx.tenantId }, { postingStoppedAt: null, postingStoppedBy: null });
  }
}
