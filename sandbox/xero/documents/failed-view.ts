import { wireDate, wireDateString } from '../dates.js';
import type { CreditNoteInput, InvoiceInput, LineInput } from '../inputs.js';
import { jsonNumber } from '../money.js';

export const NO_ID = '00000000-0000-0000-0000-000000000000';

/** A refused element echoes what was asked, the wanted status included: it says nothing about what the books hold. */
export function failedInvoiceView(input: InvoiceInput, id: string | undefined): Record<string, unknown> {
  return {
    ...echo(input),
    InvoiceID: id ?? NO_ID,
    InvoiceNumber: input.InvoiceNumber,
    Payments: [],
    CreditNotes: [],
    IsDiscounted: false,
  };
}

export function failedCreditNoteView(input: CreditNoteInput, id: string | undefined): Record<string, unknown> {
  return { ...echo(input), CreditNoteID: id ?? NO_ID, ID: id ?? NO_ID, CreditNoteNumber: input.CreditNoteNumber };
}

function echo(input: InvoiceInput | CreditNoteInput): Record<string, unknown> {
  return {
    Type: input.Type,
    Reference: input.Reference,
    HasErrors: true,
    Contact: {
      ContactID: input.Contact?.ContactID,
      ContactNumber: input.Contact?.ContactNumber,
      Name: input.Contact?.Name,
      HasValidationErrors: false,
      ValidationErrors: [],
    },
    ...(input.Date && { DateString: wireDateString(input.Date), Date: wireDate(input.Date) }),
    ...(input.DueDate && { DueDateString: wireDateString(input.DueDate), DueDate: wireDate(input.DueDate) }),
    Status: input.Status,
    LineAmountTypes: input.LineAmountTypes ?? 'Exclusive',
    LineItems: (input.LineItems ?? []).map(echoLine),
  };
}

function echoLine(line: LineInput): Record<string, unknown> {
  const amount = (value: string | undefined) => (value === undefined ? undefined : jsonNumber(value));
  return {
    LineItemID: line.LineItemID,
    Description: line.Description,
    UnitAmount: amount(line.UnitAmount),
    TaxType: line.TaxType,
    TaxAmount: amount(line.TaxAmount),
    LineAmount: amount(line.LineAmount),
    AccountCode: line.AccountCode,
    ItemCode: line.ItemCode,
    Tracking: line.Tracking ?? [],
    Quantity: amount(line.Quantity),
  };
}
