import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { LocationEntity } from '../../connections/location.entity.js';
import { BrandEntity } from './brand.entity.js';
import { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** How a tenant's documents look: one row, and what it takes from the company's settings and the PSA's locations. */
@Injectable()
export class BrandRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  async present(): Promise<{ brand: BrandEntity; settings: TenantSettingsEntity }> {
    const { tenantId } = this.tx;
    const brand = await this.tx.rows(BrandEntity).findOneByOrFail({ tenantId });
    return { brand, settings: await this.tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId }) };
  }

  /** As `present`, and nobody else changes the brand until the transaction ends. */
  async locked(): Promise<{ brand: BrandEntity; settings: TenantSettingsEntity }> {
    const { tenantId } = this.tx;
    const brand = await this.tx.rows(BrandEntity).findOneOrFail({ where: { tenantId }, lock: { mode: 'pessimistic_write' } });
    return { brand, settings: await this.tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId }) };
  }

  async locations(): Promise<LocationEntity[]> {
    return await this.tx.rows(LocationEntity).find({ where: { tenantId: this.tx.tenantId }, order: { name: 'ASC', externalId: 'ASC' } });
  }

  async hasLocation(externalId: string): Promise<boolean> {
    return await this.tx.rows(LocationEntity).existsBy({ tenantId: this.tx.tenantId, externalId });
  }

  /** @returns the new version: unapproved documents are then printed anew */
  async save({ version }: BrandEntity, wanted: Pick<BrandEntity, 'data' | 'logo' | 'logoType'>): Promise<number> {
    const next = version + 1;
    await this.tx.rows(BrandEntity).update({ tenantId: this.tx.tenantId }, { ...wanted, version: next, updatedAt: this.clock.now() });
    return next;
  }
}
