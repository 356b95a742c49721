import type { LineAmountTypes } from './money.js';

/** Amounts are decimal text, dates are civil dates, instants are ISO text in UTC; the views turn them into wire shapes. */
export interface LineRecord {
  id: string;
  description?: string | undefined;
  quantity?: string | undefined;
  unitAmount?: string | undefined;
  lineAmount?: string | undefined;
  taxAmount?: string | undefined;
  taxType?: string | undefined;
  accountCode?: string | undefined;
  itemCode?: string | undefined;
  discountRate?: string | undefined;
  discountAmount?: string | undefined;
  tracking: { categoryId: string; optionId: string }[];
}

export type InvoiceType = 'ACCREC' | 'ACCPAY';
export type CreditNoteType = 'ACCRECCREDIT' | 'ACCPAYCREDIT';
export type DocumentStatus = 'DRAFT' | 'SUBMITTED' | 'AUTHORISED' | 'PAID' | 'DELETED' | 'VOIDED';

export interface DocumentRecord {
  id: string;
  type: InvoiceType | CreditNoteType;
  number: string;
  reference?: string | undefined;
  url?: string | undefined;
  contactId: string;
  date: string;
  dueDate?: string | undefined;
  expectedPaymentDate?: string | undefined;
  plannedPaymentDate?: string | undefined;
  lineAmountTypes: LineAmountTypes;
  currency: string;
  currencyRate: string;
  status: DocumentStatus;
  lines: LineRecord[];
  subTotal: string;
  totalTax: string;
  total: string;
  sentToContact: boolean;
  fullyPaidOn?: string | undefined;
  createdByMyApp: boolean;
  updatedAt: string;
}

export interface PaymentRecord {
  id: string;
  invoiceId?: string | undefined;
  creditNoteId?: string | undefined;
  accountId: string;
  date: string;
  amount: string;
  bankAmount: string;
  currencyRate: string;
  reference?: string | undefined;
  type: 'ACCRECPAYMENT' | 'ACCPAYPAYMENT' | 'ARCREDITPAYMENT' | 'APCREDITPAYMENT';
  status: 'AUTHORISED' | 'DELETED';
  updatedAt: string;
}

export interface AllocationRecord {
  id: string;
  creditNoteId: string;
  invoiceId: string;
  amount: string;
  date: string;
}

interface AddressRecord {
  AddressType: 'POBOX' | 'STREET';
  AddressLine1?: string | undefined;
  AddressLine2?: string | undefined;
  AddressLine3?: string | undefined;
  AddressLine4?: string | undefined;
  City?: string | undefined;
  Region?: string | undefined;
  PostalCode?: string | undefined;
  Country?: string | undefined;
  AttentionTo?: string | undefined;
}

interface PhoneRecord {
  PhoneType: 'DEFAULT' | 'DDI' | 'MOBILE' | 'FAX';
  PhoneNumber?: string | undefined;
  PhoneAreaCode?: string | undefined;
  PhoneCountryCode?: string | undefined;
}

interface ContactPersonRecord {
  FirstName?: string | undefined;
  LastName?: string | undefined;
  EmailAddress?: string | undefined;
  IncludeInEmails?: boolean | undefined;
}

export interface ContactRecord {
  id: string;
  name: string;
  contactNumber?: string | undefined;
  accountNumber?: string | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
  companyNumber?: string | undefined;
  emailAddress?: string | undefined;
  taxNumber?: string | undefined;
  defaultCurrency?: string | undefined;
  status: 'ACTIVE' | 'ARCHIVED';
  mergedToContactId?: string | undefined;
  addresses: AddressRecord[];
  phones: PhoneRecord[];
  contactPersons: ContactPersonRecord[];
  isCustomer: boolean;
  isSupplier: boolean;
  updatedAt: string;
}

export interface AccountRecord {
  id: string;
  code: string;
  name: string;
  type: 'BANK' | 'CURRENT' | 'CURRLIAB' | 'EXPENSE' | 'OVERHEADS' | 'REVENUE' | 'SALES' | 'EQUITY' | 'DIRECTCOSTS';
  class: 'ASSET' | 'EQUITY' | 'EXPENSE' | 'LIABILITY' | 'REVENUE';
  taxType: string;
  systemAccount?: string | undefined;
  status: 'ACTIVE' | 'ARCHIVED';
  paymentsEnabled: boolean;
  description?: string | undefined;
  bankAccountNumber?: string | undefined;
  updatedAt: string;
}

export interface TaxRateRecord {
  taxType: string;
  name: string;
  reportTaxType: string;
  percent: string;
  status: 'ACTIVE' | 'DELETED' | 'ARCHIVED';
  appliesTo: AccountRecord['class'][];
}

export interface TrackingCategoryRecord {
  id: string;
  name: string;
  status: 'ACTIVE' | 'ARCHIVED';
  options: { id: string; name: string; status: 'ACTIVE' | 'ARCHIVED' }[];
}

export interface ItemRecord {
  id: string;
  code: string;
  name: string;
  description?: string | undefined;
  unitPrice?: string | undefined;
  accountCode?: string | undefined;
  taxType?: string | undefined;
  updatedAt: string;
}

export interface AttachmentRecord {
  id: string;
  endpoint: AttachmentEndpoint;
  documentId: string;
  fileName: string;
  mimeType: string;
  includeOnline: boolean;
  /** Base64, because the store keeps JSON. */
  content: string;
  contentLength: number;
}
export type AttachmentEndpoint = 'Invoices' | 'CreditNotes' | 'Contacts';

export interface HistoryRecord {
  id: string;
  documentId: string;
  changes: string;
  details: string;
  at: string;
}

export interface OrganisationRecord {
  id: string;
  name: string;
  legalName: string;
  shortCode: string;
  baseCurrency: string;
  currencies: { code: string; description: string; rate: string }[];
  timeZone: string;
  timeZoneName: string;
  createdAt: string;
}
