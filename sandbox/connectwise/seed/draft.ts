import type { SeededRandom } from '../../kit/random.js';
import type { SandboxStore } from '../../kit/store.js';
import type { AgreementBilling, Doc, InvoiceDoc, PaymentDoc, Ref } from '../documents.js';
import { taxLevelsOf, withTotals } from '../totals.js';
import { addDays, at, midnight } from './calendar.js';
import type { Account } from './companies.js';

/** An invoice while its lines are being written. */
export interface Draft {
  account: Account;
  number: string;
  date: string;
  invoice: InvoiceDoc;
  time: Doc[];
  expenses: Doc[];
  products: Doc[];
  components: Doc[];
  payments: PaymentDoc[];
}

export interface Header {
  type: string;
  number: string;
  date: string;
  fields?: Record<string, unknown>;
  headerService?: string;
  agreementTaxable?: boolean;
  agreements?: AgreementBilling[];
}

/** Ids and numbers differ, as in a PSA that has been in use for years. */
const ID_OFFSET = 4_000;

export function startDraft(random: SeededRandom, account: Account, header: Header): Draft {
  const { type, number, date } = header;
  const id = Number(number) + ID_OFFSET;
  const stamp = at(date, random.between(14 * 60, 22 * 60), random.between(0, 59));
  const invoice: InvoiceDoc = {
    ...addresses(account),
    id,
    invoiceNumber: number,
    type,
    status: { id: 1, name: 'New', isClosed: false },
    company: account.company,
    billingTerms: account.terms,
    templateSetupId: 1,
    invoiceTemplate: { id: 4, name: 'Standard T&M' },
    emailTemplateId: 1,
    addToBatchEmailList: true,
    date: midnight(date),
    dueDate: midnight(addDays(date, account.termDays)),
    restrictDownpaymentFlag: false,
    locationId: account.office.location.id,
    location: account.office.location,
    departmentId: 10,
    department: { id: 10, name: 'Services' },
    topComment: 'Thank you for your business.',
    taxableFlag: account.taxable,
    taxCode: account.taxCode,
    currency: account.office.currency,
    billingSetupReference: account.office.billingSetup,
    overrideDownPaymentAmountFlag: false,
    downpaymentPreviouslyTaxedFlag: false,
    specialInvoiceFlag: false,
    serviceTotal: 0,
    expenseTotal: 0,
    productTotal: 0,
    previousProgressApplied: 0,
    serviceAdjustmentAmount: 0,
    agreementAmount: 0,
    downpaymentApplied: 0,
    remainingDownpayment: 0,
    subtotal: 0,
    salesTax: 0,
    total: 0,
    payments: 0,
    credits: 0,
    balance: 0,
    customFields: [{ id: 21, caption: 'Accounting Ref', type: 'Text', entryMethod: 'EntryField', numberOfDecimals: 0, value: null }],
    ...header.fields,
    _sandbox: {
      ...(header.headerService !== undefined && { headerService: header.headerService }),
      ...(header.agreementTaxable && { agreementTaxable: true }),
      ...(header.agreements && { agreements: header.agreements }),
    },
    _info: { lastUpdated: stamp, updatedBy: 'dana', dateEntered: stamp, enteredBy: 'dana' },
  };
  return { account, number, date, invoice, time: [], expenses: [], products: [], components: [], payments: [] };
}

function addresses({ customer, company, site, contact }: Account): Record<string, unknown> {
  const address = (prefix: string) => ({
    [`${prefix}AddressLine1`]: customer.addressLine1,
    [`${prefix}City`]: customer.city,
    [`${prefix}State`]: customer.state,
    [`${prefix}Zip`]: customer.postcode,
    [`${prefix}Country`]: customer.country,
  });
  return {
    billToCompany: company,
    shipToCompany: company,
    accountNumber: customer.accountNumber,
    attention: contact.name,
    billingSite: site,
    ...address('billingSite'),
    shippingSite: site,
    ...address('shippingSite'),
  };
}

/** The reference that lines carry to their invoice. */
export function invoiceReference({ invoice }: Draft): Ref {
  return {
    id: invoice.id,
    identifier: invoice.invoiceNumber,
    billingType: invoice.type,
    ...(typeof invoice['applyToType'] === 'string' && { applyToType: invoice['applyToType'] }),
    invoiceDate: invoice.date,
    chargeFirmFlag: false,
  };
}

/** Works the totals out from what was written, and stores everything. */
export function storeDraft(store: SandboxStore, draft: Draft): InvoiceDoc {
  const levels = taxLevelsOf(store, draft.invoice.taxCode?.id);
  const invoice = withTotals(draft.invoice, draft, levels, draft.payments);
  store.put('invoice', invoice.id, invoice);
  for (const row of draft.time) store.put('time', row.id, row);
  for (const row of draft.expenses) store.put('expense', row.id, row);
  for (const row of draft.products) store.put('product', row.id, row);
  for (const row of draft.components) store.put('component', row.id, row);
  for (const row of draft.payments) store.put('payment', row.id, row);
  return invoice;
}
