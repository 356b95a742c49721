import { CUSTOMERS, type SandboxCustomer } from '../../msp/msp.js';
import type { SeededRandom } from '../../kit/random.js';
import type { SandboxStore } from '../../kit/store.js';
import type { Ref } from '../documents.js';
import { INFO, OFFICES, taxCodeOf, type Office } from './setup.js';
import { CONTACTS } from './texts.js';

const FIRST_COMPANY_ID = 250;
const FIRST_SITE_ID = 301;
const FIRST_CONTACT_ID = 401;

/** One customer as the rest of the data needs it. */
export interface Account {
  index: number;
  customer: SandboxCustomer;
  office: Office;
  company: Ref;
  site: Ref;
  contact: Ref;
  taxCode: Ref;
  taxable: boolean;
  terms: Ref;
  termDays: number;
}

export function accounts(): Account[] {
  return CUSTOMERS.map((customer, index) => {
    const [firstName, lastName] = CONTACTS[index % CONTACTS.length] ?? ['', ''];
    const quick = index % 3 === 1;
    const taxCode = taxCodeOf(customer.identifier, customer.office, customer.city);
    return {
      index,
      customer,
      office: OFFICES[customer.office],
      company: { id: FIRST_COMPANY_ID + index, identifier: customer.identifier, name: customer.name },
      site: { id: FIRST_SITE_ID + index, name: 'Main' },
      contact: { id: FIRST_CONTACT_ID + index, name: `${firstName} ${lastName}` },
      taxCode,
      taxable: taxCode.id !== 15,
      terms: quick ? { id: 2, name: 'Net 15' } : { id: 3, name: 'Net 30' },
      termDays: quick ? 15 : 30,
    };
  });
}

export function seedCompanies(store: SandboxStore, random: SeededRandom): void {
  for (const account of accounts()) {
    store.put('company', account.company.id, company(account, random));
    store.put('site', account.site.id, site(account));
    store.put('contact', account.contact.id, contact(account));
  }
}

function company(account: Account, random: SeededRandom): object {
  const { customer, office, taxCode, terms, site: main, contact: person } = account;
  return {
    ...account.company,
    status: { id: 1, name: 'Active' },
    addressLine1: customer.addressLine1,
    city: customer.city,
    state: customer.state,
    zip: customer.postcode,
    country: office.country,
    phoneNumber: phone(account),
    faxNumber: '',
    website: `www.${customer.identifier.toLowerCase()}.example`,
    territory: { id: 37 + office.location.id, name: office.key === 'us' ? 'Florida' : 'Australia' },
    accountNumber: customer.accountNumber,
    defaultContact: person,
    dateAcquired: '2019-03-04T00:00:00Z',
    annualRevenue: 0,
    leadFlag: false,
    unsubscribeFlag: false,
    taxIdentifier: office.key === 'au' ? businessNumber(random) : '',
    taxCode,
    billingTerms: terms,
    billToCompany: account.company,
    billingSite: main,
    billingContact: person,
    invoiceDeliveryMethod: { id: 2, name: 'E-Mail' },
    invoiceToEmailAddress: customer.email,
    deletedFlag: false,
    mobileGuid: random.uuid(),
    currency: office.currency,
    isVendorFlag: false,
    types: [{ id: 1, name: 'Client' }],
    site: main,
    integratorTags: [],
    customFields: [],
    _info: INFO,
  };
}

function site({ customer, office, company: owner, site: main, taxCode }: Account): object {
  return {
    ...main,
    addressLine1: customer.addressLine1,
    city: customer.city,
    stateReference: { id: 60, identifier: customer.state, name: customer.state },
    zip: customer.postcode,
    country: office.country,
    taxCode,
    primaryAddressFlag: true,
    defaultShippingFlag: true,
    defaultBillingFlag: true,
    defaultMailingFlag: true,
    inactiveFlag: false,
    company: owner,
    customFields: [],
    _info: INFO,
  };
}

function contact(account: Account): object {
  const { customer, office, company: owner, site: main, contact: person, index } = account;
  const [firstName, lastName] = CONTACTS[index % CONTACTS.length] ?? ['', ''];
  return {
    id: person.id,
    firstName,
    lastName,
    company: owner,
    site: main,
    addressLine1: customer.addressLine1,
    city: customer.city,
    state: customer.state,
    zip: customer.postcode,
    country: office.country,
    title: 'Accounts Payable',
    inactiveFlag: false,
    unsubscribeFlag: false,
    defaultPhoneNbr: phone(account),
    defaultBillingFlag: true,
    defaultFlag: true,
    communicationItems: [
      {
        id: person.id * 2,
        type: { id: 1, name: 'Email' },
        value: customer.email,
        defaultFlag: true,
        domain: `@${customer.email.split('@')[1]}`,
        communicationType: 'Email',
      },
      { id: person.id * 2 + 1, type: { id: 2, name: 'Direct' }, value: phone(account), defaultFlag: true, communicationType: 'Phone' },
    ],
    types: [{ id: 1, name: 'Billing' }],
    integratorTags: [],
    customFields: [],
    _info: INFO,
  };
}

function phone({ office, index }: Account): string {
  return office.key === 'us' ? `813555${String(1_000 + index * 37)}` : `03555${String(10_000 + index * 37)}`;
}

const ABN_WEIGHTS = [11, 13, 15, 17, 19] as const;
const ABN_LEADING_WEIGHTS = [3, 5, 7, 9] as const;

/** An Australian business number whose check digits are right. */
function businessNumber(random: SeededRandom): string {
  const digits = Array.from({ length: 9 }, () => random.between(0, 9));
  const weights = [...ABN_LEADING_WEIGHTS, ...ABN_WEIGHTS];
  const weighted = digits.reduce((total, digit, index) => total + digit * (weights[index] ?? 0), 0);
  const check = 10 + (89 - (weighted % 89));
  return `${check} ${digits.join('').replace(/(\d{3})(?=\d)/g, '$1 ')}`;
}
