import { z } from 'zod';
import { Decimal } from '../../../domain/money.js';
import { fromJsonNumber } from '../../kit/money-border.js';

/**
 * What the mapping reads of a stored payload. Nothing, null, '' and `{}` all mean "not set", unknown members are
 * dropped, and unknown words of an enumeration stay words.
 */
export const text = z
  .string()
  .nullish()
  .transform((value) => value?.trim() || undefined);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value === true);

/** A JSON number by its shortest decimal text; a few releases send numbers as text. */
export const amount = z
  .union([z.number(), z.string().regex(/^\s*-?\d+(?:\.\d+)?\s*$/, 'is not a number')])
  .nullish()
  .transform((value): Decimal | undefined => {
    if (value === null || value === undefined) return undefined;
    return new Decimal(typeof value === 'number' ? fromJsonNumber(value) : value.trim());
  });

const members = { id: z.number().int().nullish(), name: text, identifier: text, summary: text };
/** A reference, or nothing where it has no id. */
const reference = z
  .object(members)
  .nullish()
  .transform((value) => (typeof value?.id === 'number' ? { ...value, id: value.id } : undefined));
export type Reference = NonNullable<z.output<typeof reference>>;

const workOrders = { ticket: reference, project: reference, phase: reference };

const invoiceRecord = z.object({
  id: z.number().int(),
  invoiceNumber: text,
  type: text,
  status: z.object({ ...members, isClosed: flag }).nullish(),
  company: reference,
  billToCompany: reference,
  shipToCompany: reference,
  accountNumber: text,
  attention: text,
  shipToAttention: text,
  billingSiteAddressLine1: text,
  billingSiteAddressLine2: text,
  billingSiteCity: text,
  billingSiteState: text,
  billingSiteZip: text,
  billingSiteCountry: text,
  shippingSiteAddressLine1: text,
  shippingSiteAddressLine2: text,
  shippingSiteCity: text,
  shippingSiteState: text,
  shippingSiteZip: text,
  shippingSiteCountry: text,
  billingTerms: reference,
  reference: text,
  customerPO: text,
  date: text,
  dueDate: text,
  locationId: z.number().int().nullish(),
  location: reference,
  topComment: text,
  bottomComment: text,
  taxableFlag: flag,
  taxCode: reference,
  downpaymentPreviouslyTaxedFlag: flag,
  currency: z.object({ currencyCode: text, isoCode: text }).nullish(),
  serviceTotal: amount,
  expenseTotal: amount,
  productTotal: amount,
  previousProgressApplied: amount,
  serviceAdjustmentAmount: amount,
  agreementAmount: amount,
  downpaymentApplied: amount,
  subtotal: amount,
  salesTax: amount,
  total: amount,
  payments: amount,
  credits: amount,
  balance: amount,
  specialInvoiceFlag: flag,
  salesOrder: reference,
  agreement: reference,
  _info: z.object({ lastUpdated: text }).nullish(),
  ...workOrders,
});
export type InvoiceRecord = z.output<typeof invoiceRecord>;

const timeRecord = z.object({
  id: z.number().int(),
  member: reference,
  workType: reference,
  workRole: reference,
  agreement: reference,
  timeStart: text,
  billableOption: text,
  notes: text,
  actualHours: amount,
  invoiceHours: amount,
  hourlyRate: amount,
  overageRate: amount,
  agreementHours: amount,
  extendedInvoiceAmount: amount,
  taxCode: reference,
  ...workOrders,
});
export type TimeRecord = z.output<typeof timeRecord>;

const expenseRecord = z.object({
  id: z.number().int(),
  type: reference,
  member: reference,
  billableOption: text,
  date: text,
  notes: text,
  agreement: reference,
  amount,
  billAmount: amount,
  invoiceAmount: amount,
  ...workOrders,
});
export type ExpenseRecord = z.output<typeof expenseRecord>;

const productRecord = z.object({
  id: z.number().int(),
  catalogItem: reference,
  description: text,
  customerDescription: text,
  sequenceNumber: amount,
  quantity: amount,
  quantityCancelled: amount,
  uom: text,
  price: amount,
  extPrice: amount,
  cost: amount,
  extCost: amount,
  billableOption: text,
  cancelledFlag: flag,
  taxableFlag: flag,
  taxCode: reference,
  productClass: text,
  agreement: reference,
  salesOrder: reference,
  ...workOrders,
});
export type ProductRecord = z.output<typeof productRecord>;

const componentRecord = z.object({
  id: z.number().int(),
  parentId: z.number().int(),
  sequenceNumber: amount,
  quantity: amount,
  catalogItem: reference,
  hidePriceFlag: flag,
  hideItemIdentifierFlag: flag,
  hideDescriptionFlag: flag,
  hideQuantityFlag: flag,
  price: amount,
});
export type ComponentRecord = z.output<typeof componentRecord>;

const agreementPartRecord = z.object({
  agreementRecId: z.number().int(),
  agreementName: text,
  agreementAmount: amount,
  taxable: flag,
});
export type AgreementPartRecord = z.output<typeof agreementPartRecord>;

const companyRecord = z.object({
  id: z.number().int(),
  name: text,
  addressLine1: text,
  addressLine2: text,
  city: text,
  state: text,
  zip: text,
  country: reference,
  phoneNumber: text,
  accountNumber: text,
  taxIdentifier: text,
  invoiceToEmailAddress: text,
  currency: z.object({ currencyCode: text, isoCode: text }).nullish(),
  deletedFlag: flag,
});
export type CompanyRecord = z.output<typeof companyRecord>;

const routingRecord = z.object({ id: z.number().int(), sequenceNumber: amount, member: reference, email: text });

export const payloadRecord = z.object({
  version: z.literal(1),
  invoice: invoiceRecord,
  time: z.array(timeRecord),
  expenses: z.array(expenseRecord),
  products: z.array(productRecord),
  components: z.array(componentRecord),
  agreementParts: z.array(agreementPartRecord),
  company: companyRecord.optional(),
  taxCode: z.record(z.string(), z.unknown()).optional(),
  routing: z.array(routingRecord),
  appUrl: z.string(),
});
export type PayloadRecord = z.output<typeof payloadRecord>;

export const unreadableRecord = z.object({ unreadable: z.object({ id: z.number().int(), why: z.string() }) });
