import { DOCUMENT_LOCALES } from '../../billing/documents/render/brand.js';
import type { CompanyDetails } from '../../identity/company.js';
import type { GeneralPage, SettingsFrame } from './settings-view.js';

const REGIONS = new Intl.DisplayNames('en', { type: 'region' });

export function generalFields(
  details: CompanyDetails,
  problem?: { sentence: string; field?: string },
): Omit<GeneralPage, keyof SettingsFrame> {
  return {
    name: details.name,
    timeZone: details.timeZone,
    timeZones: [...Intl.supportedValuesOf('timeZone'), 'UTC'],
    locales: DOCUMENT_LOCALES.map((value) => ({ value, label: localeLabel(value), selected: value === details.locale })),
    currency: details.currency,
    currencies: Intl.supportedValuesOf('currency'),
    problems: problem ? { [problem.field ?? 'name']: problem.sentence } : {},
  };
}

/** 'United States: 11/30/2026, 1,234.50' */
function localeLabel(locale: string): string {
  const country = REGIONS.of(locale.slice(3)) ?? locale;
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeZone: 'UTC' }).format(Date.UTC(2026, 10, 30));
  return `${country}: ${day}`;
}
