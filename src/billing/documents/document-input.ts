import type { InvoiceContent } from '../../domain/invoice.js';
import type { InvoiceEntity } from '../invoices/invoice.entity.js';
import type { BrandEntity } from './brand.entity.js';
import type { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
import { documentBrand } from './document-brand.js';
import type { InvoiceDocumentInput } from './render/view.js';

/** Whose look a document has, and of which invoice it is. */
export interface Dressed {
  invoice: InvoiceEntity;
  brand: BrandEntity;
  settings: TenantSettingsEntity;
  /** What besides the content decides the bytes. */
  look: string;
}

export function documentInput({ invoice, brand, settings }: Dressed, content: InvoiceContent): InvoiceDocumentInput {
  return { content, brand: documentBrand(brand, settings, content, invoice.locationExternalId), asOf: content.date };
}
