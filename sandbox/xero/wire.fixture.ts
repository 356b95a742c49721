/** JSON that specs send, or that they compare as a whole. */
export type Json = Record<string, unknown>;

/**
 * What specs read of the JSON on the wire. Each answer and each element of one has some of these parts: one that is missing is
 * undefined, and fails the expectation that reads it.
 */
export interface Wire extends Json {
  AllocationID: string;
  ContactID: string;
  CreditNoteID: string;
  InvoiceID: string;
  PaymentID: string;
  Accounts: Wire[];
  Allocations: Wire[];
  Attachments: Wire[];
  Contact: Wire;
  Contacts: Wire[];
  CreditNotes: Wire[];
  HistoryRecords: Wire[];
  Invoices: Wire[];
  Items: Wire[];
  LineItems: Wire[];
  Payments: Wire[];
  TaxRates: Wire[];
  /** The refused ones. */
  Elements: Wire[];
  ValidationErrors: { Message: string }[];
  pagination: { pageSize: number; itemCount: number };
  access_token: string;
  refresh_token: string;
}
