/** How the seller appears on a document. Whatever is absent leaves no gap. */
export interface Brand {
  sellerName: string;
  addressLines: readonly string[];
  /** 'ABN', 'EIN' …; printed only together with `taxId`. */
  taxIdLabel?: string;
  taxId?: string;
  phone?: string;
  email?: string;
  website?: string;
  /** `data:image/png;base64,…` or a JPEG; nothing else is ever loaded. */
  logo?: string;
  /** '#rrggbb' */
  accent: string;
  /** Line breaks are kept. */
  paymentInstructions?: string;
  /** One line at the foot of every page; the seller's name when absent. */
  footer?: string;
  pageSize: PageSize;
  locale: DocumentLocale;
}

export type PageSize = 'letter' | 'a4';

/** Numbers, dates and wording of a document; set by the brand or the client, never by the machine. */
export const DOCUMENT_LOCALES = ['en-US', 'en-AU', 'en-GB', 'en-NZ', 'en-CA', 'en-IE', 'en-ZA'] as const;
export type DocumentLocale = (typeof DOCUMENT_LOCALES)[number];

const LOGO = /^data:image\/(?:png|jpeg);base64,[A-Za-z0-9+/]+=*$/;
/** As text, the most that the largest picture can be that is kept of an upload: 1,584 by 400 pixels, none like another. */
const LOGO_LIMIT_CHARACTERS = 3_500_000;

/** @throws RangeError when a brand cannot be printed: a logo that is not an embedded picture, an unknown locale. */
export function assertPrintable(brand: Brand): void {
  if (brand.logo !== undefined && (brand.logo.length > LOGO_LIMIT_CHARACTERS || !LOGO.test(brand.logo)))
    throw new RangeError('The logo must be a PNG or JPEG as it is kept of an upload, embedded as a base64 data URI');
  if (!DOCUMENT_LOCALES.includes(brand.locale)) throw new RangeError(`"${brand.locale}" is not a locale that documents are printed in`);
}
