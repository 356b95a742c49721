import type { InvoiceContent } from '../../domain/invoice.js';
import type { InvoiceRow } from '../../storage/rows/invoice-rows.js';
import type { BrandRow, TenantSettingsRow } from '../../storage/rows/tenant-rows.js';
import { documentBrand } from './document-brand.js';
import type { InvoiceDocumentInput } from './render/view.js';

/** Whose look a document has, and of which invoice it is. */
export interface Dressed {
  invoice: InvoiceRow;
  brand: BrandRow;
  settings: TenantSettingsRow;
  /** What besides the content decides the bytes. */
  look: string;
}

export function documentInput({ invoice, brand, settings }: Dressed, content: InvoiceContent): InvoiceDocumentInput {
  return { content, brand: documentBrand(brand, settings, content, invoice.locationExternalId), asOf: content.date };
}
