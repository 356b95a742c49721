import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { notFound } from '../../domain/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Caller } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { LocationEntity } from '../../connections/location.entity.js';
import { BrandEntity, type BrandData } from './brand.entity.js';
import { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { assertBrandPrintable, brandWith, type BrandValues } from './brand-values.js';
import { DEFAULT_ACCENT } from './document-brand.js';
import { readableAccent } from './render/accent.js';

export interface BrandItem {
  data: BrandData;
  /** Grows with every change; unapproved documents are then printed anew. */
  version: number;
  hasLogo: boolean;
  /** Printed where no other name is set. */
  companyName: string;
  accent: string;
  /** The accent as text is printed in it: darkened until it can be read on paper. */
  printedAccent: string;
  /** Where the PSA has locations: their ids and names. */
  locations: { id: string; name: string }[];
}

/** How a tenant's documents look. */
@Injectable()
export class BrandSettings {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async read(tenantId: string): Promise<BrandItem> {
    return await this.tx.run(tenantId, async () => {
      const { data, version, logo } = await this.tx.rows(BrandEntity).findOneByOrFail({ tenantId });
      const settings = await this.tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId });
      const locations = await this.tx.rows(LocationEntity).find({ where: { tenantId }, order: { name: 'ASC', externalId: 'ASC' } });
      const accent = data.accent ?? DEFAULT_ACCENT;
      return {
        data,
        version,
        hasLogo: logo !== null,
        companyName: settings.name,
        accent,
        printedAccent: readableAccent(accent),
        locations: locations.map(({ externalId, name }) => ({ id: externalId, name })),
      };
    });
  }

  /** @throws Refusal 'not_found' where there is none */
  async logo(tenantId: string): Promise<{ bytes: Buffer; contentType: string }> {
    const { logo, logoType } = await this.tx.run(tenantId, () => this.tx.rows(BrandEntity).findOneByOrFail({ tenantId }));
    if (!logo || !logoType) throw notFound('This logo');
    return { bytes: logo, contentType: logoType };
  }

  /** Approved documents stay as they are. @throws Refusal 'invalid' with the field, 'not_found' for a location */
  async save(caller: Caller, values: BrandValues): Promise<void> {
    const { tenantId } = caller;
    await this.tx.run(tenantId, async () => {
      const settings = await this.tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId });
      const before = await this.tx.rows(BrandEntity).findOneOrFail({ where: { tenantId }, lock: { mode: 'pessimistic_write' } });
      await this.assertLocation(values.location);
      const wanted = brandWith(before, values);
      assertBrandPrintable(Object.assign(new BrandEntity(), before, wanted), settings, values.location);
      const sameLogo = before.logo === wanted.logo || (before.logo !== null && wanted.logo !== null && before.logo.equals(wanted.logo));
      // The same again must not have every open invoice printed anew.
      if (sameLogo && isDeepStrictEqual(before.data, wanted.data)) return;
      const { version } = before;
      await this.tx.rows(BrandEntity).update({ tenantId }, { ...wanted, version: version + 1, updatedAt: this.clock.now() });
      await this.audit.record(caller.actor, {
        action: 'brand.changed',
        subject: { kind: 'brand', id: tenantId },
        before: { ...before.data, version },
        after: { ...wanted.data, version: version + 1, ...(!sameLogo && { logo: wanted.logoType ?? 'removed' }) },
      });
    });
  }

  private async assertLocation(externalId: string | undefined): Promise<void> {
    if (externalId === undefined) return;
    if (!(await this.tx.rows(LocationEntity).existsBy({ tenantId: this.tx.tenantId, externalId }))) throw notFound('This location');
  }
}
