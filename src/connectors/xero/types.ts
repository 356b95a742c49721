import { z } from 'zod';

/** What we read of Xero's answers; everything else in them is dropped. Dates arrive as `/Date(ms+0000)/`. */
const text = z.string().nullish();
const flag = z.boolean().nullish();
const amount = z.number();

const messages = z.array(z.object({ Message: text, Description: text })).nullish();

export const envelope = z.object({ Type: text, Message: text, Title: text, Detail: text, ErrorNumber: z.number().nullish() });

/** The verdict on one element of a write; ids and status of a refused one only echo what was asked. */
export const verdict = z.object({
  InvoiceID: text,
  InvoiceNumber: text,
  CreditNoteID: text,
  CreditNoteNumber: text,
  StatusAttributeString: text,
  HasErrors: flag,
  HasValidationErrors: flag,
  ValidationErrors: messages,
  Contact: z.object({ ValidationErrors: messages }).nullish(),
  LineItems: z.array(z.object({ ValidationErrors: messages })).nullish(),
});
export type Verdict = z.output<typeof verdict>;

/** The verdict on one contact of a write; the id of a refused one is nothing but zeros. */
export const contactVerdict = z.object({
  ContactID: text,
  ContactNumber: text,
  StatusAttributeString: text,
  HasValidationErrors: flag,
  ValidationErrors: messages,
});
export type ContactVerdict = z.output<typeof contactVerdict>;

export const attachmentRow = z.object({ AttachmentID: text });

export const organisationRow = z.object({
  Name: z.string().min(1),
  BaseCurrency: z.string(),
  CountryCode: text,
  OrganisationStatus: text,
  PeriodLockDate: text,
  EndOfYearLockDate: text,
});

export const accountRow = z.object({ Code: text, Name: text, Type: text, Status: text, SystemAccount: text });
export type AccountRow = z.output<typeof accountRow>;

export const taxRateRow = z.object({
  TaxType: text,
  Name: text,
  Status: text,
  ReportTaxType: text,
  CanApplyToRevenue: flag,
  EffectiveRate: amount.nullish(),
  DisplayTaxRate: amount.nullish(),
});
export type TaxRateRow = z.output<typeof taxRateRow>;

export const pageOf = <K extends string, S extends z.ZodType>(plural: K, row: S) =>
  z.object({ [plural]: z.array(row) } as Record<K, z.ZodArray<S>>);

export const documentRow = z.object({
  InvoiceID: text,
  InvoiceNumber: text,
  CreditNoteID: text,
  CreditNoteNumber: text,
  Type: z.string(),
  Status: z.string(),
  Contact: z.object({ ContactID: z.string() }),
  CurrencyCode: z.string(),
  Date: z.string(),
  Total: amount,
  Url: text,
  Reference: text,
});
export type DocumentRow = z.output<typeof documentRow>;

export const contactRow = z.object({
  ContactID: z.string(),
  ContactNumber: text,
  AccountNumber: text,
  Name: text,
  ContactStatus: text,
  MergedToContactID: text,
  UpdatedDateUTC: z.string(),
});
export type ContactRow = z.output<typeof contactRow>;

export const paymentRow = z.object({
  PaymentID: z.string(),
  PaymentType: text,
  Status: text,
  Amount: amount.nullish(),
  Date: z.string(),
  Reference: text,
  UpdatedDateUTC: z.string(),
  Invoice: z.object({ InvoiceID: text, CurrencyCode: text }).nullish(),
  CreditNote: z.object({ CreditNoteID: text, CurrencyCode: text }).nullish(),
});
export type PaymentRow = z.output<typeof paymentRow>;

export const creditNoteRow = z.object({
  CreditNoteID: z.string(),
  CreditNoteNumber: text,
  Type: z.string(),
  Status: z.string(),
  CurrencyCode: z.string(),
  UpdatedDateUTC: z.string(),
  Allocations: z
    .array(
      z.object({ AllocationID: text, Amount: amount, Date: z.string(), IsDeleted: flag, Invoice: z.object({ InvoiceID: z.string() }) }),
    )
    .nullish(),
});

/** Money received before the invoice existed, or too much of it, and applied to the invoice since. */
const receivedBefore = { AppliedAmount: amount.nullish(), Date: text };

export const invoiceRow = z.object({
  InvoiceID: z.string(),
  Type: z.string(),
  Status: z.string(),
  CurrencyCode: z.string(),
  Date: z.string(),
  UpdatedDateUTC: z.string(),
  Prepayments: z.array(z.object({ PrepaymentID: z.string(), ...receivedBefore })).nullish(),
  Overpayments: z.array(z.object({ OverpaymentID: z.string(), ...receivedBefore })).nullish(),
});
export type InvoiceRow = z.output<typeof invoiceRow>;
