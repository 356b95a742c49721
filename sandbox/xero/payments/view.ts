import { contactName } from '../contacts/view.js';
import { wireDate, wireInstantString } from '../dates.js';
import { balanceOf } from '../documents/balance.js';
import { NO_ID } from '../documents/failed-view.js';
import type { PaymentInput } from '../inputs.js';
import type { Ledger } from '../ledger.js';
import { jsonNumber } from '../money.js';
import type { DocumentRecord, PaymentRecord } from '../records.js';

export function paymentView(ledger: Ledger, payment: PaymentRecord): Record<string, unknown> {
  const account = ledger.accounts().find(({ id }) => id === payment.accountId);
  const invoice = payment.invoiceId === undefined ? undefined : ledger.invoice(payment.invoiceId);
  const note = payment.creditNoteId === undefined ? undefined : ledger.creditNote(payment.creditNoteId);
  return {
    PaymentID: payment.id,
    Date: wireDate(payment.date),
    BankAmount: jsonNumber(payment.bankAmount),
    Amount: jsonNumber(payment.amount),
    Reference: payment.reference,
    CurrencyRate: jsonNumber(payment.currencyRate),
    PaymentType: payment.type,
    Status: payment.status,
    UpdatedDateUTC: wireDate(payment.updatedAt),
    UpdatedDateUTCString: wireInstantString(payment.updatedAt),
    HasAccount: true,
    IsReconciled: false,
    Account: { AccountID: payment.accountId, Code: account?.code, Name: account?.name },
    ...(invoice && { Invoice: paidInvoice(ledger, invoice) }),
    ...(note && { CreditNote: { CreditNoteID: note.id, CreditNoteNumber: note.number, HasErrors: false, LineItems: [] } }),
    HasValidationErrors: false,
  };
}

function paidInvoice(ledger: Ledger, invoice: DocumentRecord): Record<string, unknown> {
  const balance = balanceOf(ledger, invoice);
  return {
    Type: invoice.type,
    InvoiceID: invoice.id,
    InvoiceNumber: invoice.number,
    AmountDue: jsonNumber(balance.due),
    AmountPaid: jsonNumber(balance.paid),
    CurrencyRate: jsonNumber(invoice.currencyRate),
    HasErrors: false,
    Contact: contactName(ledger, invoice.contactId),
    Status: invoice.status,
    LineAmountTypes: invoice.lineAmountTypes,
    LineItems: [],
    SubTotal: jsonNumber(invoice.subTotal),
    TotalTax: jsonNumber(invoice.totalTax),
    Total: jsonNumber(invoice.total),
    CurrencyCode: invoice.currency,
  };
}

/** A refused payment still looks like one, with a PaymentID and AUTHORISED: only its errors say otherwise. */
export function failedPaymentView(ledger: Ledger, input: PaymentInput): Record<string, unknown> {
  return {
    PaymentID: ledger.newId(),
    ...(input.Date && { Date: wireDate(input.Date) }),
    Amount: jsonNumber(input.Amount ?? '0'),
    Reference: input.Reference,
    Status: 'AUTHORISED',
    HasAccount: input.Account !== undefined,
    ...(input.Invoice && {
      Invoice: { InvoiceID: input.Invoice.InvoiceID ?? NO_ID, InvoiceNumber: input.Invoice.InvoiceNumber, LineItems: [] },
    }),
    HasValidationErrors: true,
  };
}
