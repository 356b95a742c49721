import type { InvoiceContent } from '../../domain/invoice.js';
import type { InvoiceEntity } from '../invoices/invoice.entity.js';
import type { BrandEntity } from './brand.entity.js';
import type { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
import { isTooLarge, pictureSize } from './picture-size.js';
import { DOCUMENT_LOCALES, type Brand, type DocumentLocale, type PageSize } from './render/brand.js';
import type { InvoiceDocumentInput } from './render/view.js';

export const DEFAULT_ACCENT = '#1f5f8b';

/** By the client's country: what a client reads follows where the client is, not where a server or a workstation stands. */
const LOCALE_BY_COUNTRY: Readonly<Record<string, DocumentLocale>> = {
  'united states': 'en-US',
  australia: 'en-AU',
  'united kingdom': 'en-GB',
  'new zealand': 'en-NZ',
  canada: 'en-CA',
  ireland: 'en-IE',
  'south africa': 'en-ZA',
};

/** An invoice and whose look its document has. */
export interface DressedInvoice {
  invoice: InvoiceEntity;
  brand: BrandEntity;
  settings: TenantSettingsEntity;
  /** What besides the content decides the bytes. */
  look: string;
}

export function documentInput({ invoice, brand, settings }: DressedInvoice, content: InvoiceContent): InvoiceDocumentInput {
  return { content, brand: documentBrand(brand, settings, content, invoice.locationExternalId), asOf: content.date };
}

/** The tenant's brand as one document needs it: its location's own details over the tenant's, its client's locale. */
export function documentBrand(
  row: BrandEntity,
  settings: TenantSettingsEntity,
  content: InvoiceContent,
  locationExternalId: string,
): Brand {
  const { locations, ...common } = row.data;
  const data = { ...common, ...locations?.[locationExternalId] };
  const locale = localeOf(content, settings.locale);
  return {
    sellerName: data.sellerName ?? settings.name,
    addressLines: data.addressLines ?? [],
    accent: data.accent ?? DEFAULT_ACCENT,
    pageSize: pageSizeOf(locale),
    locale,
    ...(data.taxIdLabel && { taxIdLabel: data.taxIdLabel }),
    ...(data.taxId && { taxId: data.taxId }),
    ...(data.phone && { phone: data.phone }),
    ...(data.email && { email: data.email }),
    ...(data.website && { website: data.website }),
    ...(data.paymentInstructions && { paymentInstructions: data.paymentInstructions }),
    ...(data.footer && { footer: data.footer }),
    ...(isKeptPicture(row) && { logo: `data:${row.logoType};base64,${row.logo.toString('base64')}` }),
  };
}

/** What did not come from our own decoder is not printed: Chromium might draw it for as long as it likes. */
function isKeptPicture(row: BrandEntity): row is BrandEntity & { logo: Buffer; logoType: string } {
  const size = row.logo === null ? undefined : pictureSize(row.logo);
  return size !== undefined && !isTooLarge(size) && (row.logoType === 'image/png' || row.logoType === 'image/jpeg');
}

function localeOf(content: InvoiceContent, fallback: string): DocumentLocale {
  const byCountry = LOCALE_BY_COUNTRY[content.customer.address.country?.toLowerCase() ?? ''];
  return byCountry ?? DOCUMENT_LOCALES.find((locale) => locale === fallback) ?? 'en-US';
}

function pageSizeOf(locale: DocumentLocale): PageSize {
  return locale === 'en-US' || locale === 'en-CA' ? 'letter' : 'a4';
}
