import { CUSTOMERS, MSP, type SandboxCustomer } from '../msp/msp.js';
import { SeededRandom } from '../kit/random.js';
import type { Ledger } from './ledger.js';
import { inBaseCurrency, priceLine, totalsOf } from './money.js';
import type {
  AccountRecord,
  ContactRecord,
  DocumentRecord,
  ItemRecord,
  OrganisationRecord,
  TaxRateRecord,
  TrackingCategoryRecord,
} from './records.js';

/** Before anything of the month under review: the company's books as the connector first meets them. */
const FOUNDED = '2024-03-04T01:15:30.000Z';
const EVERY_CLASS: AccountRecord['class'][] = ['ASSET', 'EQUITY', 'EXPENSE', 'LIABILITY', 'REVENUE'];
const SPENDING: AccountRecord['class'][] = ['ASSET', 'EXPENSE', 'LIABILITY'];

type AccountRow = [
  code: string,
  name: string,
  type: AccountRecord['type'],
  class_: AccountRecord['class'],
  taxType: string,
  more?: Partial<AccountRecord>,
];

const ACCOUNTS: readonly AccountRow[] = [
  ['090', 'Business Account', 'BANK', 'ASSET', 'BASEXCLUDED', { bankAccountNumber: '0123456789' }],
  ['091', 'Business Savings', 'BANK', 'ASSET', 'BASEXCLUDED', { bankAccountNumber: '0123456790' }],
  ['200', 'Sales', 'REVENUE', 'REVENUE', 'OUTPUT', { description: 'Income from labour and services' }],
  ['210', 'Managed Services', 'REVENUE', 'REVENUE', 'OUTPUT', { description: 'Income from agreements' }],
  ['220', 'Hardware', 'SALES', 'REVENUE', 'OUTPUT', { description: 'Income from products' }],
  ['230', 'Reimbursed Expenses', 'REVENUE', 'REVENUE', 'OUTPUT'],
  ['240', 'Old Web Hosting', 'REVENUE', 'REVENUE', 'OUTPUT', { status: 'ARCHIVED' }],
  ['310', 'Cost of Goods Sold', 'DIRECTCOSTS', 'EXPENSE', 'INPUT'],
  ['404', 'Bank Fees', 'EXPENSE', 'EXPENSE', 'EXEMPTEXPENSES'],
  ['461', 'Printing & Stationery', 'EXPENSE', 'EXPENSE', 'INPUT'],
  ['610', 'Accounts Receivable', 'CURRENT', 'ASSET', 'BASEXCLUDED', { systemAccount: 'DEBTORS' }],
  ['800', 'Accounts Payable', 'CURRLIAB', 'LIABILITY', 'BASEXCLUDED', { systemAccount: 'CREDITORS' }],
  ['820', 'GST', 'CURRLIAB', 'LIABILITY', 'BASEXCLUDED', { systemAccount: 'GST' }],
  ['850', 'Customer Deposits', 'CURRLIAB', 'LIABILITY', 'BASEXCLUDED', { paymentsEnabled: true }],
  ['860', 'Rounding', 'CURRLIAB', 'LIABILITY', 'BASEXCLUDED', { systemAccount: 'ROUNDING' }],
  ['960', 'Retained Earnings', 'EQUITY', 'EQUITY', 'BASEXCLUDED', { systemAccount: 'RETAINEDEARNINGS' }],
];

const TAX_RATES: readonly TaxRateRecord[] = [
  {
    taxType: 'OUTPUT',
    name: 'GST on Income',
    reportTaxType: 'OUTPUT',
    percent: '10',
    status: 'ACTIVE',
    appliesTo: ['ASSET', 'EQUITY', 'LIABILITY', 'REVENUE'],
  },
  {
    taxType: 'EXEMPTOUTPUT',
    name: 'GST Free Income',
    reportTaxType: 'EXEMPTOUTPUT',
    percent: '0',
    status: 'ACTIVE',
    appliesTo: ['ASSET', 'EQUITY', 'LIABILITY', 'REVENUE'],
  },
  {
    taxType: 'EXEMPTEXPORT',
    name: 'GST Free Exports',
    reportTaxType: 'EXEMPTEXPORT',
    percent: '0',
    status: 'ACTIVE',
    appliesTo: ['REVENUE'],
  },
  { taxType: 'INPUT', name: 'GST on Expenses', reportTaxType: 'INPUT', percent: '10', status: 'ACTIVE', appliesTo: SPENDING },
  {
    taxType: 'EXEMPTEXPENSES',
    name: 'GST Free Expenses',
    reportTaxType: 'EXEMPTEXPENSES',
    percent: '0',
    status: 'ACTIVE',
    appliesTo: SPENDING,
  },
  {
    taxType: 'CAPEXINPUT',
    name: 'GST on Capital',
    reportTaxType: 'CAPEXINPUT',
    percent: '10',
    status: 'ACTIVE',
    appliesTo: ['ASSET', 'EXPENSE'],
  },
  { taxType: 'BASEXCLUDED', name: 'BAS Excluded', reportTaxType: 'BASEXCLUDED', percent: '0', status: 'ACTIVE', appliesTo: EVERY_CLASS },
  { taxType: 'TAX001', name: 'Old Luxury Levy', reportTaxType: 'OUTPUT', percent: '12.5', status: 'DELETED', appliesTo: ['REVENUE'] },
];

const REGIONS = ['North', 'South', 'East', 'West', 'Melbourne'];
const ITEMS: readonly [code: string, name: string, unitPrice: string, accountCode: string][] = [
  ['LABOUR', 'Labour', '180', '200'],
  ['MANAGED', 'Managed services', '95', '210'],
  ['HARDWARE', 'Hardware', '0', '220'],
];
const STRANGERS = ['Ridgeway University', 'Bayside Club', 'City Limousines'];

export function seedLedger(ledger: Ledger): void {
  const random = new SeededRandom(ledger.context.seed ^ 0x0ae50);
  const put = (kind: string, id: string, record: unknown): void => ledger.context.store.put(kind, id, record);
  const organisation = organisationRecord(random);
  put('organisation', organisation.id, organisation);
  for (const row of ACCOUNTS) {
    const account = accountRecord(random, row);
    put('account', account.id, account);
  }
  for (const rate of TAX_RATES) put('tax-rate', rate.taxType, rate);
  const region = regionCategory(random);
  put('tracking-category', region.id, region);
  for (const [code, name, unitPrice, accountCode] of ITEMS) {
    const item: ItemRecord = { id: random.uuid(), code, name, unitPrice, accountCode, taxType: 'OUTPUT', updatedAt: FOUNDED };
    put('item', item.id, item);
  }
  const known = CUSTOMERS.filter((customer) => customer.office === 'au' && customer.knownToLedger);
  const contacts = [...known.map((customer) => knownContact(random, customer)), ...STRANGERS.map((name) => strangerContact(random, name))];
  for (const contact of contacts) put('contact', contact.id, contact);
  seedOldInvoices(ledger, random, contacts);
}

function organisationRecord(random: SeededRandom): OrganisationRecord {
  const { legalName, currency } = MSP.offices.au;
  return {
    id: random.uuid(),
    name: legalName,
    legalName,
    shortCode: '!lum3n',
    baseCurrency: currency,
    currencies: [
      { code: currency, description: 'Australian Dollar', rate: '1' },
      { code: 'USD', description: 'United States Dollar', rate: '0.65' },
    ],
    timeZone: 'Australia/Melbourne',
    timeZoneName: 'AUSEASTERNSTANDARDTIME',
    createdAt: FOUNDED,
  };
}

function accountRecord(random: SeededRandom, [code, name, type, class_, taxType, more]: AccountRow): AccountRecord {
  return {
    id: random.uuid(),
    code,
    name,
    type,
    class: class_,
    taxType,
    status: 'ACTIVE',
    paymentsEnabled: false,
    updatedAt: FOUNDED,
    ...more,
  };
}

function regionCategory(random: SeededRandom): TrackingCategoryRecord {
  const options = REGIONS.map((name) => ({ id: random.uuid(), name, status: 'ACTIVE' as const }));
  return { id: random.uuid(), name: 'Region', status: 'ACTIVE', options };
}

/** As a bookkeeper typed it once: no ContactNumber, and without the angle brackets that names may not have. */
function knownContact(random: SeededRandom, customer: SandboxCustomer): ContactRecord {
  return {
    ...strangerContact(random, customer.name.replace(/[<>]/g, '')),
    emailAddress: customer.email,
    addresses: [
      {
        AddressType: 'POBOX',
        AddressLine1: customer.addressLine1,
        City: customer.city,
        Region: customer.state,
        PostalCode: customer.postcode,
        Country: customer.country,
      },
    ],
  };
}

function strangerContact(random: SeededRandom, name: string): ContactRecord {
  return {
    id: random.uuid(),
    name,
    status: 'ACTIVE',
    addresses: [],
    phones: [],
    contactPersons: [],
    isCustomer: true,
    isSupplier: false,
    updatedAt: FOUNDED,
  };
}

/** Documents from before the connection, some paid: their numbers begin with OLD- and meet nobody else's. */
function seedOldInvoices(ledger: Ledger, random: SeededRandom, contacts: readonly ContactRecord[]): void {
  for (let index = 1; index <= 8; index += 1) {
    const invoice = oldInvoice(random, index, random.pick(contacts).id);
    ledger.context.store.put('invoice', invoice.id, invoice);
    if (index % 2 === 0) payOldInvoice(ledger, random, invoice);
  }
}

function oldInvoice(random: SeededRandom, index: number, contactId: string): DocumentRecord {
  const quantity = String(random.between(1, 12));
  const unitAmount = `${random.between(80, 220)}.${random.between(10, 99)}`;
  const priced = priceLine({ quantity, unitAmount, taxPercent: '10' }, 'Exclusive', 2);
  const line = { id: random.uuid(), description: 'Support', quantity, ...priced, taxType: 'OUTPUT', accountCode: '200', tracking: [] };
  return {
    id: random.uuid(),
    type: 'ACCREC',
    number: `OLD-${String(index).padStart(3, '0')}`,
    reference: '',
    contactId,
    date: `2025-0${index}-15`,
    dueDate: `2025-0${index}-28`,
    lineAmountTypes: 'Exclusive',
    currency: 'AUD',
    currencyRate: '1',
    status: 'AUTHORISED',
    lines: [line],
    ...totalsOf([line], 'Exclusive'),
    sentToContact: true,
    createdByMyApp: false,
    updatedAt: `2025-0${index}-15T03:00:00.000Z`,
  };
}

function payOldInvoice(ledger: Ledger, random: SeededRandom, invoice: DocumentRecord): void {
  const date = invoice.dueDate ?? invoice.date;
  ledger.savePayment({
    id: random.uuid(),
    invoiceId: invoice.id,
    accountId: ledger.accountByCode('090')?.id ?? '',
    date,
    amount: invoice.total,
    bankAmount: inBaseCurrency(invoice.total, '1'),
    currencyRate: '1',
    reference: 'EFT',
    type: 'ACCRECPAYMENT',
    status: 'AUTHORISED',
    updatedAt: `${date}T03:00:00.000Z`,
  });
  ledger.context.store.put('invoice', invoice.id, { ...invoice, status: 'PAID', fullyPaidOn: date, updatedAt: `${date}T03:00:00.000Z` });
}
