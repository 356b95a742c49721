import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { BrandEntity } from './brand.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { BrandRepository } from './brand.repository.js';
import { assertBrandPrintable, brandWith, type BrandValues } from './brand-values.js';
import { documentBrand } from './document-brand.js';
import { LogoReader } from './logo-reader.js';
import { ChromiumPool } from './render/chromium-pool.js';
import { renderInvoice } from './render/render-invoice.js';
import { sampleContent } from './sample-content.js';

/** An invented invoice with a brand that is not saved yet, printed exactly as real ones are. */
@Injectable()
export class BrandPreview {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly brands: BrandRepository,
    private readonly logos: LogoReader,
    private readonly pool: ChromiumPool,
    private readonly clock: Clock,
  ) {}

  /** PDF bytes; nothing is stored. @throws Refusal 'invalid' with the field that cannot be printed */
  async render(tenantId: string, values: BrandValues, signal: AbortSignal): Promise<Buffer> {
    const wish = await this.logos.redrawn(tenantId, values);
    const { brand: row, settings } = await this.tx.run(tenantId, () => this.brands.present());
    const wanted = Object.assign(new BrandEntity(), row, brandWith(row, wish));
    assertBrandPrintable(wanted, settings, values.location);
    const today = this.clock.today(settings.timeZone);
    const content = sampleContent(today, settings.currency);
    const brand = documentBrand(wanted, settings, content, values.location ?? '');
    return (await renderInvoice({ content, brand, asOf: today }, this.pool, { tenantId, signal })).pdf;
  }
}
