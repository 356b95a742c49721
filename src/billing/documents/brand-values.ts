import { Refusal } from '../../domain/refusal.js';
import type { BrandData, BrandEntity } from './brand.entity.js';
import type { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
import { documentBrand } from './document-brand.js';
import type { Picture } from './picture-process.js';
import { readableAccent } from './render/accent.js';
import { assertPrintable } from './render/brand.js';
import { sampleContent } from './sample-content.js';

export type BrandDetails = Omit<BrandData, 'locations'>;

/** What somebody typed on the brand page, saved or not. */
export interface BrandValues {
  /** The PSA's id of a location, when only its own details are edited: what is empty there is as everywhere. */
  location?: string;
  /** Empty text takes a detail away. */
  details: BrandDetails;
  /** What was uploaded as a new picture; null takes the present one away. */
  logo?: Buffer | null;
}

/** The same, with its picture decoded and written anew. */
export type BrandWish = Omit<BrandValues, 'logo'> & { logo?: Picture | null };

/** Looks do not differ by location: one logo and one colour are the brand. */
const ONLY_EVERYWHERE: readonly (keyof BrandDetails)[] = ['accent'];

/**
 * The brand as it would be with these values. Pure.
 * @throws Refusal 'invalid' with the field that cannot be printed
 */
export function brandWith(row: BrandEntity, values: BrandWish): Pick<BrandEntity, 'data' | 'logo' | 'logoType'> {
  const { location, logo } = values;
  const { locations = {}, ...common } = row.data;
  const details = present(values.details);
  assertAccent(details.accent);
  if (location !== undefined) {
    const own = Object.fromEntries(Object.entries(details).filter(([key]) => !ONLY_EVERYWHERE.includes(key as keyof BrandDetails)));
    const others = Object.entries(locations).filter(([id]) => id !== location);
    return { ...picture(row, undefined), data: withLocations(common, [...others, ...(hasAny(own) ? [[location, own] as const] : [])]) };
  }
  if (!details.sellerName) throw new Refusal('invalid', 'A document needs the name of its sender.', { field: 'sellerName' });
  return { ...picture(row, logo), data: withLocations(details, Object.entries(locations)) };
}

/** @throws Refusal 'invalid' for a brand that no document could be printed with */
export function assertBrandPrintable(row: BrandEntity, settings: TenantSettingsEntity, location = ''): void {
  try {
    assertPrintable(documentBrand(row, settings, sampleContent('2026-01-31', settings.currency), location));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal('invalid', `${error.message}.`, { field: 'logo' });
  }
}

function picture(row: BrandEntity, logo: Picture | null | undefined): Pick<BrandEntity, 'logo' | 'logoType'> {
  if (logo === undefined) return { logo: row.logo, logoType: row.logoType };
  return logo === null ? { logo: null, logoType: null } : { logo: logo.bytes, logoType: logo.type };
}

function withLocations(common: BrandDetails, locations: readonly (readonly [string, BrandDetails])[]): BrandData {
  return locations.length === 0 ? common : { ...common, locations: Object.fromEntries(locations) };
}

function present(details: BrandDetails): BrandDetails {
  const kept = Object.entries(details).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const clean = typeof value === 'string' ? value.trim() : value.map((line) => line.trim()).filter(Boolean);
    return clean.length === 0 ? [] : [[key, clean]];
  });
  return Object.fromEntries(kept) as BrandDetails;
}

function hasAny(details: object): boolean {
  return Object.keys(details).length > 0;
}

function assertAccent(accent: string | undefined): void {
  if (accent === undefined) return;
  try {
    readableAccent(accent);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal('invalid', `${error.message}.`, { field: 'accent' });
  }
}
