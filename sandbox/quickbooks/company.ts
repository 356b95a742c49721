import { MSP } from '../msp/msp.js';
import type { Books } from './books.js';

const US = MSP.offices.us;
const CREATED = '2023-04-03T09:12:44-04:00';
const META = { CreateTime: CREATED, LastUpdatedTime: CREATED };

export function companyInfo(_books: Books) {
  const address = {
    Id: '1',
    Line1: US.addressLine1,
    City: US.city,
    CountrySubDivisionCode: US.state,
    PostalCode: US.postcode,
    Country: 'USA',
  };
  return {
    CompanyName: US.legalName,
    LegalName: US.legalName,
    CompanyAddr: address,
    LegalAddr: address,
    PrimaryPhone: { FreeFormNumber: US.phone },
    Email: { Address: 'accounts@lumen.example' },
    Country: 'US',
    FiscalYearStartMonth: 'January',
    SupportedLanguages: 'en',
    NameValue: [{ Name: 'OfferingSku', Value: 'QuickBooks Online Plus' }],
    domain: 'QBO',
    sparse: false,
    Id: '1',
    SyncToken: '4',
    MetaData: META,
  };
}

export function preferences(books: Books) {
  const { customTxnNumbers, bookCloseDate, multicurrency, partnerTaxEnabled, warnDuplicateDocNumber } = books.options;
  return {
    AccountingInfoPrefs: {
      FirstMonthOfFiscalYear: 'January',
      TrackDepartments: true,
      DepartmentTerminology: 'Location',
      ClassTrackingPerTxn: false,
      ClassTrackingPerTxnLine: true,
      CustomerTerminology: 'Customers',
      ...(bookCloseDate === null ? {} : { BookCloseDate: bookCloseDate }),
    },
    SalesFormsPrefs: {
      CustomTxnNumbers: customTxnNumbers,
      AllowDeposit: true,
      AllowDiscount: true,
      AllowShipping: false,
      AllowServiceDate: true,
      AllowEstimates: true,
      DefaultTerms: { value: '3' },
      AutoApplyCredit: false,
      AutoApplyPayments: false,
      ETransactionPaymentEnabled: false,
      CustomField: [],
    },
    CurrencyPrefs: { MultiCurrencyEnabled: multicurrency, HomeCurrency: { value: 'USD' } },
    TaxPrefs: { UsingSalesTax: true, PartnerTaxEnabled: partnerTaxEnabled },
    OtherPrefs: { NameValue: [{ Name: 'WarnDuplicateInvoiceNumber', Value: String(warnDuplicateDocNumber) }] },
    domain: 'QBO',
    sparse: false,
    Id: '1',
    SyncToken: '7',
    MetaData: META,
  };
}
