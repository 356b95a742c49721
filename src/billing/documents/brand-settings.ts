import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { notFound } from '../../domain/refusal.js';
import type { Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { BrandEntity, type BrandData } from './brand.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { BrandRepository } from './brand.repository.js';
import { assertBrandPrintable, brandWith, type BrandValues } from './brand-values.js';
import { DEFAULT_ACCENT } from './document-brand.js';
import { LogoReader } from './logo-reader.js';
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
    private readonly brands: BrandRepository,
    private readonly logos: LogoReader,
  ) {}

  async read(tenantId: string): Promise<BrandItem> {
    return await this.tx.run(tenantId, async () => {
      const { brand, settings } = await this.brands.present();
      const { data, version, logo } = brand;
      const locations = await this.brands.locations();
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
    const { logo, logoType } = await this.tx.run(tenantId, async () => (await this.brands.present()).brand);
    if (!logo || !logoType) throw notFound('This logo');
    return { bytes: logo, contentType: logoType };
  }

  /** Approved documents stay as they are. @throws Refusal 'invalid' with the field, 'not_found' for a location */
  async save(caller: Principal, values: BrandValues): Promise<void> {
    const { tenantId } = caller;
    // A picture may take its time, which no transaction waits for.
    const wish = await this.logos.redrawn(tenantId, values);
    await this.tx.run(tenantId, async () => {
      const { brand: before, settings } = await this.brands.locked();
      if (values.location !== undefined && !(await this.brands.hasLocation(values.location))) throw notFound('This location');
      const wanted = brandWith(before, wish);
      assertBrandPrintable(Object.assign(new BrandEntity(), before, wanted), settings, values.location);
      const sameLogo = before.logo === wanted.logo || (before.logo !== null && wanted.logo !== null && before.logo.equals(wanted.logo));
      // The same again must not have every open invoice printed anew.
      if (sameLogo && isDeepStrictEqual(before.data, wanted.data)) return;
      const version = await this.brands.save(before, wanted);
      await this.audit.record(caller.actor, {
        action: 'brand.changed',
        subject: { kind: 'brand', id: tenantId },
        before: { ...before.data, version: before.version },
        after: { ...wanted.data, version, ...(!sameLogo && { logo: wanted.logoType ?? 'removed' }) },
      });
    });
  }
}
