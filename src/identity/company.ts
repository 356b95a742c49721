import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { Principal } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import type { TenantSettingsEntity } from './tenant-settings.entity.js';
import { TenantSettingsRepository } from './tenant-settings.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { IdentityRefusal } from './identity-refusal.js';

/** What a company says about itself. `timeZone` is an IANA name, `locale` a language tag, `currency` ISO 4217. */
export type CompanyDetails = Pick<TenantSettingsEntity, 'name' | 'timeZone' | 'locale' | 'currency'>;

const LONGEST_NAME = 120;

/** Settings of a whole tenant. */
@Injectable()
export class Company {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly settings: TenantSettingsRepository,
    private readonly audit: AuditLog,
  ) {}

  async details(tenantId: string): Promise<CompanyDetails> {
    return detailsOf(await this.tx.run(tenantId, () => this.settings.get()));
  }

  /** @throws IdentityRefusal with the field that cannot be so */
  async change(caller: Principal, wanted: CompanyDetails): Promise<void> {
    const { tenantId, actor } = caller;
    const details = checked(wanted);
    await this.tx.run(tenantId, async () => {
      const before = detailsOf(await this.settings.get());
      await this.settings.change(details);
      await this.audit.record(actor, { action: 'company.changed', subject: { kind: 'tenant', id: tenantId }, before, after: details });
    });
  }
}

function detailsOf({ name, timeZone, locale, currency }: TenantSettingsEntity): CompanyDetails {
  return { name, timeZone, locale, currency };
}

function checked(wanted: CompanyDetails): CompanyDetails {
  const name = wanted.name.trim();
  const currency = wanted.currency.trim().toUpperCase();
  if (name === '' || name.length > LONGEST_NAME)
    throw new IdentityRefusal('bad_name', `Give the company a name of 1 to ${LONGEST_NAME} characters.`, 'name');
  if (!DateTime.utc().setZone(wanted.timeZone).isValid || !Intl.supportedValuesOf('timeZone').concat('UTC').includes(wanted.timeZone))
    throw new IdentityRefusal('bad_zone', `There is no time zone "${wanted.timeZone}". Choose one of the list.`, 'timeZone');
  if (!Intl.supportedValuesOf('currency').includes(currency))
    throw new IdentityRefusal('bad_currency', `"${currency}" is not a currency code like USD.`, 'currency');
  return { name, timeZone: wanted.timeZone, locale: wanted.locale, currency };
}
