import { z } from 'zod';
import { readDate } from './dates.js';
import { readAmount } from './money.js';

/** `null` means the same as absence. */
function optional<S extends z.ZodType>(schema: S) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const text = optional(z.string());
const guid = optional(z.guid().transform((id) => id.toLowerCase()));
const flag = optional(z.union([z.boolean(), z.stringbool()]));
const upper = optional(z.string().transform((value) => value.toUpperCase()));

const amount = optional(
  z.unknown().transform((value, check) => {
    const read = readAmount(value);
    if (read === undefined && value !== null && value !== undefined) check.addIssue('not an amount');
    return read;
  }),
);

const date = optional(
  z.string().transform((value, check) => {
    const read = readDate(value);
    if (read === undefined) check.addIssue(`not a date: ${value}`);
    return read;
  }),
);

/** Fields that answers carry and requests may echo; the vendor computes them itself. */
function computed<const N extends string>(...names: N[]) {
  return Object.fromEntries(names.map((name) => [name, z.unknown().optional()])) as Record<N, z.ZodOptional<z.ZodUnknown>>;
}

const reported = computed(
  'HasErrors',
  'HasValidationErrors',
  'StatusAttributeString',
  'ValidationErrors',
  'Warnings',
  'HasAttachments',
  'Attachments',
);

const address = z.strictObject({
  AddressType: z.enum(['POBOX', 'STREET']),
  AddressLine1: optional(z.string().max(500)),
  AddressLine2: optional(z.string().max(500)),
  AddressLine3: optional(z.string().max(500)),
  AddressLine4: optional(z.string().max(500)),
  City: optional(z.string().max(255)),
  Region: optional(z.string().max(255)),
  PostalCode: optional(z.string().max(50)),
  Country: optional(z.string().max(50)),
  AttentionTo: optional(z.string().max(255)),
  ...computed('ValidationErrors'),
});

const phone = z.strictObject({
  PhoneType: z.enum(['DEFAULT', 'DDI', 'MOBILE', 'FAX']),
  PhoneNumber: text,
  PhoneAreaCode: text,
  PhoneCountryCode: text,
});

const contactPerson = z.strictObject({ FirstName: text, LastName: text, EmailAddress: text, IncludeInEmails: flag });

export const contactInput = z.strictObject({
  ContactID: guid,
  ContactNumber: text,
  AccountNumber: text,
  ContactStatus: upper,
  Name: text,
  FirstName: text,
  LastName: text,
  CompanyNumber: text,
  EmailAddress: text,
  TaxNumber: text,
  DefaultCurrency: text,
  Addresses: optional(z.array(address)),
  Phones: optional(z.array(phone)),
  ContactPersons: optional(z.array(contactPerson)),
  ...computed('IsSupplier', 'IsCustomer', 'UpdatedDateUTC', 'ContactGroups', 'Balances', 'MergedToContactID'),
  ...reported,
});
export type ContactInput = z.output<typeof contactInput>;

const tracking = z.strictObject({
  Name: text,
  Option: text,
  TrackingCategoryID: guid,
  TrackingOptionID: guid,
  Options: z.unknown().optional(),
});

const lineInput = z.strictObject({
  LineItemID: guid,
  Description: text,
  Quantity: amount,
  UnitAmount: amount,
  ItemCode: text,
  AccountCode: text,
  TaxType: text,
  TaxAmount: amount,
  LineAmount: amount,
  DiscountRate: amount,
  DiscountAmount: amount,
  Tracking: optional(z.array(tracking)),
  ...computed('AccountID', 'Item', 'ValidationErrors'),
});
export type LineInput = z.output<typeof lineInput>;

const documentFields = {
  Type: upper,
  Contact: optional(contactInput),
  Date: date,
  DueDate: date,
  LineAmountTypes: text,
  LineItems: optional(z.array(lineInput)),
  CurrencyCode: upper,
  CurrencyRate: amount,
  Status: upper,
  Reference: text,
  ...computed(
    'SubTotal',
    'TotalTax',
    'Total',
    'DateString',
    'DueDateString',
    'UpdatedDateUTC',
    'UpdatedDateUTCString',
    'FullyPaidOnDate',
    'Payments',
  ),
  ...reported,
};

export const invoiceInput = z.strictObject({
  ...documentFields,
  InvoiceID: guid,
  InvoiceNumber: text,
  Url: text,
  ExpectedPaymentDate: date,
  PlannedPaymentDate: date,
  SentToContact: flag,
  ...computed('AmountDue', 'AmountPaid', 'AmountCredited', 'TotalDiscount', 'IsDiscounted', 'Prepayments', 'Overpayments', 'CreditNotes'),
});
export type InvoiceInput = z.output<typeof invoiceInput>;

export const creditNoteInput = z.strictObject({
  ...documentFields,
  CreditNoteID: guid,
  CreditNoteNumber: text,
  ...computed('ID', 'RemainingCredit', 'Allocations', 'SentToContact', 'AppliedAmount'),
});
export type CreditNoteInput = z.output<typeof creditNoteInput>;

const invoiceReference = z.object({ InvoiceID: guid, InvoiceNumber: text });
const creditNoteReference = z.object({ CreditNoteID: guid, CreditNoteNumber: text });

export const allocationInput = z.strictObject({
  Amount: amount,
  Invoice: optional(invoiceReference),
  ...computed('Date', 'AllocationID', 'CreditNote', 'IsDeleted'),
});
export type AllocationInput = z.output<typeof allocationInput>;

export const paymentInput = z.strictObject({
  PaymentID: guid,
  Invoice: optional(invoiceReference),
  CreditNote: optional(creditNoteReference),
  Account: optional(z.object({ AccountID: guid, Code: text })),
  Date: date,
  Amount: amount,
  CurrencyRate: amount,
  Reference: text,
  Status: upper,
  ...computed('PaymentType', 'BankAmount', 'IsReconciled', 'HasAccount', 'UpdatedDateUTC', 'UpdatedDateUTCString'),
  ...reported,
});
export type PaymentInput = z.output<typeof paymentInput>;

export const historyInput = z.strictObject({ Details: z.string().max(2_500), ...computed('Changes', 'User', 'DateUTC', 'DateUTCString') });
