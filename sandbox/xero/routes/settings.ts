import type { Router } from 'express';
import { wireDate } from '../dates.js';
import { readElement } from '../elements.js';
import type { Ledger } from '../ledger.js';
import { jsonNumber } from '../money.js';
import { notFound, validationFailed } from '../problem.js';
import { selectRows } from '../query.js';
import type { AccountRecord, ItemRecord, TaxRateRecord, TrackingCategoryRecord } from '../records.js';
import { itemErrors, itemInput, saveItem } from '../items.js';
import { elementsOf, route, type Answer, type Call } from './route.js';

/** The reference data of the organisation: read only, but for items. */
export function settingsRoutes(router: Router, ledger: Ledger): void {
  router.get(
    '/Organisation',
    route(ledger, [], () => ({ plural: 'Organisations', items: [organisationView(ledger)] })),
  );
  router.get(
    '/Accounts',
    route(ledger, ['where', 'order'], (call) => accounts(ledger, call)),
  );
  router.get(
    '/TaxRates',
    route(ledger, ['where', 'order'], (call) => taxRates(ledger, call)),
  );
  router.get(
    '/TrackingCategories',
    route(ledger, ['includeArchived'], (call) => trackingCategories(ledger, call)),
  );
  router.get(
    '/Currencies',
    route(ledger, [], () => ({
      plural: 'Currencies',
      items: ledger.organisation().currencies.map(({ code, description }) => ({ Code: code, Description: description })),
    })),
  );
  router.get(
    '/Items',
    route(ledger, ['where', 'order', 'unitdp'], (call) => items(ledger, call)),
  );
  router.get(
    '/Items/:id',
    route(ledger, ['unitdp'], ({ param }) => {
      const item = ledger.items().find(({ id }) => id === param('id').toLowerCase()) ?? ledger.itemByCode(param('id'));
      if (!item) throw notFound();
      return { plural: 'Items', items: [itemView(item)] };
    }),
  );
  router.put(
    '/Items',
    route(ledger, ['unitdp'], (call) => createItems(ledger, call)),
  );
}

function organisationView(ledger: Ledger): Record<string, unknown> {
  const organisation = ledger.organisation();
  const { periodLockDate, endOfYearLockDate } = ledger.options();
  return {
    OrganisationID: organisation.id,
    Name: organisation.name,
    LegalName: organisation.legalName,
    PaysTax: true,
    Version: 'AU',
    OrganisationType: 'COMPANY',
    BaseCurrency: organisation.baseCurrency,
    CountryCode: 'AU',
    IsDemoCompany: false,
    OrganisationStatus: 'ACTIVE',
    FinancialYearEndDay: 30,
    FinancialYearEndMonth: 6,
    SalesTaxBasis: 'ACCRUALS',
    SalesTaxPeriod: 'QUARTERLY1',
    DefaultSalesTax: 'Tax Exclusive',
    DefaultPurchasesTax: 'Tax Inclusive',
    ...(periodLockDate && { PeriodLockDate: wireDate(periodLockDate) }),
    ...(endOfYearLockDate && { EndOfYearLockDate: wireDate(endOfYearLockDate) }),
    CreatedDateUTC: wireDate(organisation.createdAt),
    Timezone: organisation.timeZoneName,
    OrganisationEntityType: 'COMPANY',
    ShortCode: organisation.shortCode,
    Class: 'PREMIUM',
    Edition: 'BUSINESS',
    Addresses: [],
    Phones: [],
    ExternalLinks: [],
    PaymentTerms: {},
  };
}

function accounts(ledger: Ledger, { request, query }: Call): Answer {
  const rows = ledger.accounts().map((account) => ({
    record: account,
    id: account.id,
    updatedAt: account.updatedAt,
    fields: {
      code: account.code,
      name: account.name,
      type: account.type,
      class: account.class,
      status: account.status,
      taxtype: account.taxType,
      systemaccount: account.systemAccount,
      enablepaymentstoaccount: account.paymentsEnabled,
    },
  }));
  const { records } = selectRows(request, query, rows, {
    fields: {
      Code: 'text',
      Name: 'text',
      Type: 'text',
      Class: 'text',
      Status: 'text',
      TaxType: 'text',
      SystemAccount: 'text',
      EnablePaymentsToAccount: 'boolean',
    },
    orders: ['Code', 'Name'],
  });
  return { plural: 'Accounts', items: records.map(accountView) };
}

function accountView(account: AccountRecord): Record<string, unknown> {
  return {
    AccountID: account.id,
    Code: account.code,
    Name: account.name,
    Status: account.status,
    Type: account.type,
    TaxType: account.taxType,
    Description: account.description,
    Class: account.class,
    SystemAccount: account.systemAccount,
    EnablePaymentsToAccount: account.paymentsEnabled,
    ShowInExpenseClaims: false,
    ...(account.type === 'BANK' && { BankAccountNumber: account.bankAccountNumber, BankAccountType: 'BANK', CurrencyCode: 'AUD' }),
    HasAttachments: false,
    UpdatedDateUTC: wireDate(account.updatedAt),
    AddToWatchlist: false,
  };
}

function taxRates(ledger: Ledger, { request, query }: Call): Answer {
  const rows = ledger.taxRates().map((rate) => ({
    record: rate,
    id: rate.taxType,
    updatedAt: '',
    fields: { name: rate.name, taxtype: rate.taxType, status: rate.status, canapplytorevenue: rate.appliesTo.includes('REVENUE') },
  }));
  const fields = { Name: 'text', TaxType: 'text', Status: 'text', CanApplyToRevenue: 'boolean' } as const;
  const { records } = selectRows(request, query, rows, { fields, orders: ['Name'] });
  return { plural: 'TaxRates', items: records.map(taxRateView) };
}

function taxRateView(rate: TaxRateRecord): Record<string, unknown> {
  const percent = jsonNumber(rate.percent);
  return {
    Name: rate.name,
    TaxType: rate.taxType,
    ReportTaxType: rate.reportTaxType,
    CanApplyToAssets: rate.appliesTo.includes('ASSET'),
    CanApplyToEquity: rate.appliesTo.includes('EQUITY'),
    CanApplyToExpenses: rate.appliesTo.includes('EXPENSE'),
    CanApplyToLiabilities: rate.appliesTo.includes('LIABILITY'),
    CanApplyToRevenue: rate.appliesTo.includes('REVENUE'),
    DisplayTaxRate: percent,
    EffectiveRate: percent,
    Status: rate.status,
    TaxComponents: [{ Name: 'GST', Rate: percent, IsCompound: false, IsNonRecoverable: false }],
  };
}

function trackingCategories(ledger: Ledger, { query }: Call): Answer {
  const showsArchived = query.flag('includeArchived', false);
  const shown = ledger.trackingCategories().filter(({ status }) => showsArchived || status === 'ACTIVE');
  return { plural: 'TrackingCategories', items: shown.map(trackingView) };
}

function trackingView(category: TrackingCategoryRecord): Record<string, unknown> {
  return {
    Name: category.name,
    Status: category.status,
    TrackingCategoryID: category.id,
    Options: category.options.map((option) => ({ TrackingOptionID: option.id, Name: option.name, Status: option.status })),
  };
}

function items(ledger: Ledger, { request, query }: Call): Answer {
  const rows = ledger.items().map((item) => ({
    record: item,
    id: item.id,
    updatedAt: item.updatedAt,
    fields: { code: item.code, name: item.name },
  }));
  const { records } = selectRows(request, query, rows, { fields: { Code: 'text', Name: 'text' }, orders: ['Code', 'Name'] });
  return { plural: 'Items', items: records.map(itemView) };
}

function createItems(ledger: Ledger, { request }: Call): Answer {
  const inputs = elementsOf(request, 'Items').map((element) => readElement(itemInput, element, request));
  const failed = inputs.flatMap((input) => {
    const errors = itemErrors(ledger, input);
    return errors.length > 0 ? [{ Code: input.Code, Name: input.Name, ValidationErrors: errors.map((Message) => ({ Message })) }] : [];
  });
  if (failed.length > 0) throw validationFailed(failed);
  return { plural: 'Items', items: inputs.map((input) => itemView(saveItem(ledger, input))) };
}

function itemView(item: ItemRecord): Record<string, unknown> {
  return {
    ItemID: item.id,
    Code: item.code,
    Name: item.name,
    Description: item.description,
    UpdatedDateUTC: wireDate(item.updatedAt),
    PurchaseDetails: {},
    SalesDetails: {
      ...(item.unitPrice !== undefined && { UnitPrice: jsonNumber(item.unitPrice) }),
      AccountCode: item.accountCode,
      TaxType: item.taxType,
    },
    IsTrackedAsInventory: false,
    IsSold: true,
    IsPurchased: false,
    ValidationErrors: [],
  };
}
