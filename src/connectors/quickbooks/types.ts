import { z } from 'zod';

/** What we read of the answers; everything else in them is dropped. Ids are text, up to 19 digits long. */
const text = z.string().nullish();
const flag = z.boolean().nullish();
const ref = z.object({ value: z.string(), name: text });
const stamps = z.object({ LastUpdatedTime: z.string() });

const fault = z.object({ Message: text, Detail: text, code: text, element: text });
export const faultBody = z.object({ Error: z.array(fault), type: text });

/** The gateway in front of the application spells the same in lower case. */
export const gatewayFaultBody = z.object({
  error: z.array(z.object({ message: text, detail: text, code: text })),
  type: text,
});

/** The rows under an entity's name; an empty result has no such name at all. */
export const rowsOf = <S extends z.ZodType>(entity: string, row: S) =>
  z
    .object({ QueryResponse: z.object({ [entity]: z.array(row).default([]) }), time: text })
    .transform((body) => body.QueryResponse[entity] as z.output<S>[]);

export const companyRow = z.object({ CompanyName: z.string(), Country: text });

export const preferencesRow = z.object({
  AccountingInfoPrefs: z.object({ BookCloseDate: text }).nullish(),
  SalesFormsPrefs: z.object({ CustomTxnNumbers: flag }).nullish(),
  CurrencyPrefs: z.object({ HomeCurrency: ref.nullish() }).nullish(),
  TaxPrefs: z.object({ PartnerTaxEnabled: flag }).nullish(),
});
export type Preferences = z.output<typeof preferencesRow>;

export const accountRow = z.object({
  Id: z.string(),
  Name: z.string(),
  FullyQualifiedName: text,
  Active: flag,
  Classification: text,
  AccountType: text,
  AccountSubType: text,
});
export type AccountRow = z.output<typeof accountRow>;

export const taxCodeRow = z.object({
  Id: z.string(),
  Name: z.string(),
  Active: flag,
  Taxable: flag,
  SalesTaxRateList: z.object({ TaxRateDetail: z.array(z.object({ TaxRateRef: ref })).nullish() }).nullish(),
});
export type TaxCodeRow = z.output<typeof taxCodeRow>;

export const taxRateRow = z.object({ Id: z.string(), RateValue: z.number().nullish() });

export const customerRow = z.object({ Id: z.string(), DisplayName: text, Active: flag, Notes: text, MetaData: stamps });
export type CustomerRow = z.output<typeof customerRow>;

export const itemRow = z.object({
  Id: z.string(),
  Name: text,
  Sku: text,
  Type: text,
  Active: flag,
  IncomeAccountRef: ref.nullish(),
  MetaData: stamps,
});
export type ItemRow = z.output<typeof itemRow>;

export const documentRow = z.object({
  Id: z.string(),
  DocNumber: text,
  TxnDate: z.string(),
  CustomerRef: ref,
  CurrencyRef: ref.nullish(),
  TotalAmt: z.number(),
  PrivateNote: text,
});
export type DocumentRow = z.output<typeof documentRow>;

export const attachableRow = z.object({ Id: z.string(), FileName: text, Size: z.number().nullish() });

/** What was deleted comes as its id and this word, and nothing else. */
export const tombstone = z.object({ Id: z.string(), status: z.literal('Deleted') });

export const changedDocumentRow = z.object({ Id: z.string(), DocNumber: text, TotalAmt: z.number(), PrivateNote: text, MetaData: stamps });
export type ChangedDocumentRow = z.output<typeof changedDocumentRow>;

export const paymentRow = z.object({
  Id: z.string(),
  TxnDate: z.string(),
  TotalAmt: z.number(),
  UnappliedAmt: z.number().nullish(),
  CurrencyRef: ref.nullish(),
  PaymentRefNum: text,
  Line: z
    .array(z.object({ Amount: z.number(), LinkedTxn: z.array(z.object({ TxnId: z.string(), TxnType: z.string() })).nullish() }))
    .nullish(),
  MetaData: stamps,
});
export type PaymentRow = z.output<typeof paymentRow>;
