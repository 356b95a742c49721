import type { BrandItem } from '../../billing/documents/brand-settings.js';
import type { BrandFields, BrandPage, SettingsFrame } from './settings-view.js';
import { z } from 'zod';
import type { BrandDetails, BrandValues } from '../../billing/documents/brand-values.js';

interface BrandFacts {
  brand: BrandItem;
  /** Id of the location that is edited; '': everywhere. */
  location: string;
  /** What was typed and not saved. */
  typed?: BrandForm | undefined;
  problem?: { sentence: string; field?: string } | undefined;
}

export function brandFields({ brand, location, typed, problem }: BrandFacts): Omit<BrandPage, keyof SettingsFrame> {
  const everywhere = { ...fieldsOf(brand.data), sellerName: brand.data.sellerName ?? brand.companyName };
  const saved = location === '' ? everywhere : fieldsOf(brand.data.locations?.[location] ?? {});
  const shown = typed ? typedFields(typed) : saved;
  const inherited = location === '' ? EMPTY : everywhere;
  const accent = typed?.accent !== undefined && typed.accent !== '' ? typed.accent : brand.accent;
  const logoHref = brand.hasLogo ? `/settings/brand/logo?v=${brand.version}` : undefined;
  return {
    scopes: [
      { label: 'Everywhere', href: '/settings/brand', current: location === '' },
      ...brand.locations.map(({ id, name }) => ({ label: name, href: scopeHref(id), current: id === location })),
    ],
    ...(location !== '' && { location }),
    brand: shown,
    inherited,
    accent,
    ...(accent === brand.accent && brand.printedAccent !== brand.accent && { printedAccent: brand.printedAccent }),
    ...(logoHref !== undefined && { logoHref }),
    sketch: {
      name: shown.sellerName || inherited.sellerName,
      addressLines: (shown.addressLines || inherited.addressLines).replaceAll(/\s*\n\s*/g, ' '),
      accent,
      ...(logoHref !== undefined && { logoHref }),
    },
    problems: problem?.field !== undefined ? { [problem.field]: problem.sentence } : {},
  };
}

/** '/settings/brand?location=2' */
export function scopeHref(location: string, extra: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ ...(location !== '' && { location }), ...extra }).toString();
  return query === '' ? '/settings/brand' : `/settings/brand?${query}`;
}

function fieldsOf(data: BrandItem['data']): BrandFields {
  return {
    sellerName: data.sellerName ?? '',
    addressLines: (data.addressLines ?? []).join('\n'),
    taxIdLabel: data.taxIdLabel ?? '',
    taxId: data.taxId ?? '',
    phone: data.phone ?? '',
    email: data.email ?? '',
    website: data.website ?? '',
    paymentInstructions: data.paymentInstructions ?? '',
    footer: data.footer ?? '',
  };
}

const EMPTY = fieldsOf({});

function typedFields(typed: BrandForm): BrandFields {
  const { location: _location, accent: _accent, removeLogo: _removeLogo, ...fields } = typed;
  return fields;
}

const line = (longest: number) => z.string().max(longest).default('');

/** The brand form as it was typed. Picture and scope come along. */
export const brandForm = z.object({
  location: z.string().max(100).default(''),
  sellerName: line(120),
  addressLines: line(400),
  taxIdLabel: line(20),
  taxId: line(60),
  phone: line(60),
  email: line(254),
  website: line(200),
  accent: line(7),
  paymentInstructions: line(1_000),
  footer: line(200),
  removeLogo: z.string().optional(),
});
export type BrandForm = z.infer<typeof brandForm>;

/** @param picture the bytes that were uploaded with the form, if any */
export function brandValues(form: BrandForm, picture: Buffer | undefined): BrandValues {
  const { location, removeLogo, addressLines, ...texts } = form;
  const details: BrandDetails = { ...texts, addressLines: lines(addressLines) };
  const logo = picture !== undefined && picture.length > 0 ? picture : removeLogo !== undefined ? null : undefined;
  return { ...(location !== '' && { location }), details, ...(logo !== undefined && { logo }) };
}

/** Browsers send line breaks of forms as CR LF; the document knows LF. */
function lines(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}
