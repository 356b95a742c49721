import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { BrandEntity } from './brand.entity.js';
import { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { assertBrandPrintable, brandWith, type BrandValues } from './brand-values.js';
import { documentBrand } from './document-brand.js';
import { ChromiumPool } from './render/chromium-pool.js';
import { renderInvoice } from './render/render-invoice.js';
import { sampleContent } from './sample-content.js';

/** An invented invoice with a brand that is not saved yet, printed exactly as real ones are. */
@Injectable()
export class BrandPreview {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly pool: ChromiumPool,
    private readonly clock: Clock,
  ) {}

  /** PDF bytes; nothing is stored. @throws Refusal 'invalid' with the field that cannot be printed */
  async render(tenantId: string, values: BrandValues, signal: AbortSignal): Promise<Buffer> {
    const { row, settings } = await this.tx.run(tenantId, async () => ({
      row: await this.tx.rows(BrandEntity).findOneByOrFail({ tenantId }),
      settings: await this.tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId }),
    }));
    const wanted = Object.assign(new BrandEntity(), row, brandWith(row, values));
    assertBrandPrintable(wanted, settings, values.location);
    const today = this.clock.today(settings.timeZone);
    const content = sampleContent(today, settings.currency);
    const brand = documentBrand(wanted, settings, content, values.location ?? '');
    return (await renderInvoice({ content, brand, asOf: today }, this.pool, { signal })).pdf;
  }
}
