import { MSP } from '../../msp/msp.js';
import type { SandboxStore } from '../../kit/store.js';
import type { Doc, Ref } from '../documents.js';

export const INFO = { lastUpdated: '2026-01-05T15:00:00Z', updatedBy: 'owner', dateEntered: '2019-03-04T16:04:59Z', enteredBy: 'owner' };

export interface Office {
  key: 'us' | 'au';
  location: Ref;
  currency: Ref;
  billingSetup: Ref;
  country: Ref;
  priceFactor: string;
  engineers: readonly string[];
  reviewers: readonly string[];
}

const currencyReference = (id: number, symbol: string, code: string, name: string): Ref => ({
  id,
  symbol,
  currencyCode: code,
  decimalSeparator: '.',
  numberOfDecimals: 2,
  thousandsSeparator: ',',
  negativeParenthesesFlag: false,
  displaySymbolFlag: true,
  currencyIdentifier: code,
  displayIdFlag: false,
  rightAlign: false,
  name,
});

export const OFFICES: Record<'us' | 'au', Office> = {
  us: {
    key: 'us',
    location: { id: 1, name: MSP.offices.us.name },
    currency: currencyReference(7, '$', 'USD', 'US Dollars'),
    billingSetup: { id: 1, name: MSP.offices.us.legalName },
    country: { id: 1, identifier: 'US', name: 'United States' },
    priceFactor: '1',
    engineers: ['priya', 'tom'],
    reviewers: ['jdoe', 'marco', 'dana'],
  },
  au: {
    key: 'au',
    location: { id: 2, name: MSP.offices.au.name },
    currency: currencyReference(8, '$', 'AUD', 'Australian Dollars'),
    billingSetup: { id: 2, name: MSP.offices.au.legalName },
    country: { id: 2, identifier: 'AU', name: 'Australia' },
    priceFactor: '1.5',
    engineers: ['mei', 'callum'],
    reviewers: ['callum', 'dana', 'marco'],
  },
};

type LevelRow = [caption: string, rate: number];
type TaxRow = [id: number, identifier: string, description: string, country: 'us' | 'au', levels: LevelRow[], taxesServices: boolean];

const TAX_CODES: readonly TaxRow[] = [
  [
    11,
    'FL-HILLS',
    'FL-Hillsborough',
    'us',
    [
      ['State', 0.06],
      ['County', 0.015],
    ],
    false,
  ],
  [
    12,
    'FL-PINEL',
    'FL-Pinellas',
    'us',
    [
      ['State', 0.06],
      ['County', 0.01],
    ],
    false,
  ],
  [
    13,
    'FL-POLK',
    'FL-Polk',
    'us',
    [
      ['State', 0.06],
      ['County', 0.01],
      ['Transit', 0.005],
    ],
    true,
  ],
  [
    14,
    'FL-SARA',
    'FL-Sarasota',
    'us',
    [
      ['State', 0.06],
      ['County', 0.0125],
    ],
    false,
  ],
  [15, 'EXEMPT', 'Tax exempt', 'us', [['Exempt', 0]], false],
  [21, 'GST', 'GST 10%', 'au', [['GST', 0.1]], true],
  [22, 'GSTFREE', 'GST free', 'au', [['GST free', 0]], true],
];

export function seedSetup(store: SandboxStore): void {
  const put = (kind: string, rows: Doc[]): void => rows.forEach((row) => store.put(kind, row.id, { ...row, _info: INFO }));
  put('billingStatus', statuses());
  put('billingTerms', [
    { id: 2, name: 'Net 15', defaultFlag: false, dueDays: 15 },
    { id: 3, name: 'Net 30', defaultFlag: true, dueDays: 30 },
  ]);
  put(
    'location',
    Object.values(OFFICES).map(({ key, location }) => ({
      ...location,
      ownerLevelId: location.id,
      timeZoneSetup: { id: location.id, name: key === 'us' ? 'US Eastern' : 'AUS Eastern' },
      inactiveFlag: false,
    })),
  );
  put(
    'currency',
    Object.values(OFFICES).map(({ currency }) => ({ ...currency, currencyCode: { id: currency.id, name: currency['currencyCode'] } })),
  );
  put('billingSetup', Object.values(OFFICES).map(billingSetup));
  put('agreementType', [
    { id: 4, name: 'Managed Services', defaultFlag: true, inactiveFlag: false },
    { id: 5, name: 'Backup', defaultFlag: false, inactiveFlag: false },
  ]);
  for (const row of TAX_CODES) seedTaxCode(store, row);
}

function statuses(): Doc[] {
  const status = (id: number, name: string, flags: object = {}): Doc => ({
    id,
    name,
    sortOrder: id,
    defaultFlag: false,
    closedFlag: false,
    inactiveFlag: false,
    sentFlag: false,
    ...flags,
  });
  return [
    status(1, 'New', { defaultFlag: true }),
    status(2, 'In Review'),
    status(3, 'Ready to Send'),
    status(4, 'Rejected'),
    status(5, 'Sent', { sentFlag: true }),
    status(6, 'Closed', { closedFlag: true }),
  ];
}

function billingSetup({ key, location, currency, billingSetup: { id }, country }: Office): Doc {
  const office = MSP.offices[key];
  return {
    id,
    remitName: office.legalName,
    location,
    addressOne: office.addressLine1,
    city: office.city,
    state: { id: 10 + id, identifier: office.state, name: office.state },
    zip: office.postcode,
    country,
    phone: office.phone,
    invoiceTitle: key === 'us' ? 'Invoice' : 'Tax Invoice',
    payableName: office.legalName,
    invoiceFooter: 'Questions about this invoice? Write to billing@lumen.example.',
    excludeDoNotBillTimeFlag: true,
    excludeDoNotBillExpenseFlag: true,
    excludeDoNotBillProductFlag: true,
    displayTaxFlag: true,
    printLogoFlag: true,
    overallInvoiceDefault: { id: 4, name: 'Standard T&M' },
    emailTemplate: { id: 1, name: 'Invoice' },
    ...(key === 'au' && { businessNumber: '51 824 753 556' }),
    currency,
  };
}

function seedTaxCode(store: SandboxStore, [id, identifier, description, country, levels, taxesServices]: TaxRow): void {
  const flattened = levels.map(([caption, rate], index) => {
    const level = `level${['One', 'Two', 'Three'][index]}`;
    return {
      [`${level}Rate`]: rate,
      [`${level}RateType`]: 'Percent',
      [`${level}Caption`]: caption,
      [`${level}ServicesFlag`]: taxesServices,
      [`${level}ExpensesFlag`]: taxesServices,
      [`${level}ProductsFlag`]: true,
    };
  });
  const code = {
    id,
    identifier,
    description,
    invoiceCaption: description.slice(0, 25),
    country: OFFICES[country].country,
    effectiveDate: '2019-01-01T00:00:00Z',
    defaultFlag: id === 11,
    displayOnInvoiceFlag: true,
    workRoleIds: [],
    expenseTypeIds: [],
    productTypeIds: [],
  };
  store.put('taxCode', id, Object.assign(code, ...flattened, { _info: INFO }));
  levels.forEach(([caption, rate], index) => {
    const level = { id: id * 10 + index, taxLevel: index + 1, taxRate: rate, rateType: 'Percent', caption };
    const flags = { taxServicesFlag: taxesServices, taxExpensesFlag: taxesServices, taxProductsFlag: true, singleUnitFlag: false };
    store.put('taxLevel', level.id, { ...level, ...flags, taxCode: { id, name: description }, _info: INFO });
  });
}

const CODE_BY_CITY: Record<string, number> = {
  'St. Petersburg': 12,
  Clearwater: 12,
  'Tarpon Springs': 12,
  Dunedin: 12,
  Largo: 12,
  Lakeland: 13,
  Sarasota: 14,
  Bradenton: 14,
};
const EXEMPT_CUSTOMERS: Record<string, number> = { HillsboroughYouth: 15, MelbourneMontessori: 22 };

/** The sales tax code of a customer: by charity, then by country, then by town. */
export function taxCodeOf(identifier: string, office: 'us' | 'au', city: string): Ref {
  const id = EXEMPT_CUSTOMERS[identifier] ?? (office === 'au' ? 21 : (CODE_BY_CITY[city] ?? 11));
  const row = TAX_CODES.find(([code]) => code === id);
  return { id, name: row?.[2] ?? '' };
}
