import type { InvoiceContent } from '../../domain/invoice.js';
import type { BrandEntity } from './brand.entity.js';
import type { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
import { DOCUMENT_LOCALES, type Brand, type DocumentLocale, type PageSize } from './render/brand.js';

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
    ...(row.logo && row.logoType && { logo: `data:${row.logoType};base64,${row.logo.toString('base64')}` }),
  };
}

function localeOf(content: InvoiceContent, fallback: string): DocumentLocale {
  const byCountry = LOCALE_BY_COUNTRY[content.customer.address.country?.toLowerCase() ?? ''];
  return byCountry ?? DOCUMENT_LOCALES.find((locale) => locale === fallback) ?? 'en-US';
}

function pageSizeOf(locale: DocumentLocale): PageSize {
  return locale === 'en-US' || locale === 'en-CA' ? 'letter' : 'a4';
}
