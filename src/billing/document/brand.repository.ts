import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { LocationRow } from '../../storage/rows/connection-rows.js';
import { BrandRow, TenantSettingsRow } from '../../storage/rows/tenant-rows.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';

/** How a tenant's documents look: one row, and what it takes from the company's settings and the PSA's locations. */
@Injectable()
export class BrandRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  async present(): Promise<{ brand: BrandRow; settings: TenantSettingsRow }> {
    const { tenantId } = this.tx;
    const brand = await this.tx.rows(BrandRow).findOneByOrFail({ tenantId });
    return { brand, settings: await this.tx.rows(TenantSettingsRow).findOneByOrFail({ tenantId }) };
  }

  /** As `present`, and nobody else changes the brand until the transaction ends. */
  async locked(): Promise<{ brand: BrandRow; settings: TenantSettingsRow }> {
    const { tenantId } = this.tx;
    const brand = await this.tx.rows(BrandRow).findOneOrFail({ where: { tenantId }, lock: { mode: 'pessimistic_write' } });
    return { brand, settings: await this.tx.rows(TenantSettingsRow).findOneByOrFail({ tenantId }) };
  }

  async locations(): Promise<LocationRow[]> {
    return await this.tx.rows(LocationRow).find({ where: { tenantId: this.tx.tenantId }, order: { name: 'ASC', externalId: 'ASC' } });
  }

  async hasLocation(externalId: string): Promise<boolean> {
    return await this.tx.rows(LocationRow).existsBy({ tenantId: this.tx.tenantId, externalId });
  }

  /** @returns the new version: unapproved documents are then printed anew */
  async save({ version }: BrandRow, wanted: Pick<BrandRow, 'data' | 'logo' | 'logoType'>): Promise<number> {
    const next = version + 1;
    await this.tx.rows(BrandRow).update({ tenantId: this.tx.tenantId }, { ...wanted, version: next, updatedAt: this.clock.now() });
    return next;
  }
}
