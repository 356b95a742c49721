import { Injectable } from '@nestjs/common';
import { AuditLog } from '../database/audit/audit-log.js';
import { FactorRepository } from './factor.repository.js';
import { TenantSettingsRepository } from './tenant-settings.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import type { Caller } from './caller.js';
import { IdentityRefusal } from './identity-refusal.js';

export const FACTOR_DEMANDS = ['none', 'admins', 'everyone'] as const;
export const IDLE_MINUTES = { least: 5, most: 720 } as const;
export const HOURS = { least: 1, most: 336 } as const;

export interface SessionRules {
  secondFactor: (typeof FACTOR_DEMANDS)[number];
  idleMinutes: number;
  hours: number;
}

/** What a tenant asks of the sessions in it. It holds from the next request on. */
@Injectable()
export class SessionRulesOfTenant {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly settings: TenantSettingsRepository,
    private readonly factors: FactorRepository,
    private readonly audit: AuditLog,
  ) {}

  async read(tenantId: string): Promise<SessionRules> {
    return await this.tx.run(tenantId, () => this.rules());
  }

  /** @throws IdentityRefusal when whoever asks for a second factor has none */
  async change({ tenantId, actor, personId }: Caller, wanted: SessionRules): Promise<void> {
    if (wanted.secondFactor !== 'none') await this.refuseWithoutFactor(personId);
    await this.tx.run(tenantId, async () => {
      const before = await this.rules();
      const { secondFactor, idleMinutes: sessionIdleMinutes, hours: sessionHours } = wanted;
      await this.settings.change({ secondFactor, sessionIdleMinutes, sessionHours });
      const subject = { kind: 'tenant', id: tenantId } as const;
      await this.audit.record(actor, { action: 'security.rules_changed', subject, before, after: wanted });
    });
  }

  private async refuseWithoutFactor(personId: string | undefined): Promise<void> {
    if (personId !== undefined && (await this.factors.hasAny(personId))) return;
    throw new IdentityRefusal(
      'would_lock_out',
      'Nothing was saved: you have no second factor yourself. Set one up under Your account first, then ask for it.',
      'secondFactor',
    );
  }

  private async rules(): Promise<SessionRules> {
    const row = await this.settings.get();
    return { secondFactor: row.secondFactor, idleMinutes: row.sessionIdleMinutes, hours: row.sessionHours };
  }
}
