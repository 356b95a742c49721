import { contactName, embeddedContact } from '../contacts/view.js';
import { wireDate, wireDateString, wireInstantString } from '../dates.js';
import type { Ledger } from '../ledger.js';
import { compare, discountOf, jsonNumber, roundTo, sum } from '../money.js';
import type { DocumentRecord, LineRecord } from '../records.js';
import { attachmentView } from '../attachments.js';
import { balanceOf } from './balance.js';

export interface ViewOptions {
  unitDp: 2 | 4;
  /** Lists without paging, and `summaryOnly`: no lines, no payments, the contact by name alone. */
  isSummary?: boolean;
  /** A single document also lists its attachments. */
  isSingle?: boolean;
}

function lineView(ledger: Ledger, line: LineRecord, unitDp: 2 | 4): Record<string, unknown> {
  const amount = (value: string | undefined) => (value === undefined ? undefined : jsonNumber(value));
  const account = line.accountCode === undefined ? undefined : ledger.accountByCode(line.accountCode);
  const item = line.itemCode === undefined ? undefined : ledger.itemByCode(line.itemCode);
  return {
    Description: line.description,
    UnitAmount: amount(line.unitAmount === undefined ? undefined : roundTo(line.unitAmount, unitDp)),
    TaxType: line.taxType,
    TaxAmount: amount(line.taxAmount),
    LineAmount: amount(line.lineAmount),
    AccountCode: line.accountCode,
    ItemCode: line.itemCode,
    Item: item && { ItemID: item.id, Name: item.name, Code: item.code },
    Tracking: line.tracking.map((tracking) => trackingView(ledger, tracking)),
    Quantity: amount(line.quantity),
    DiscountRate: amount(line.discountRate),
    DiscountAmount: amount(line.discountAmount),
    LineItemID: line.id,
    AccountID: account?.id,
    ValidationErrors: [],
  };
}

function trackingView(ledger: Ledger, { categoryId, optionId }: LineRecord['tracking'][number]): Record<string, unknown> {
  const category = ledger.trackingCategories().find(({ id }) => id === categoryId);
  const option = category?.options.find(({ id }) => id === optionId);
  return { Name: category?.name, Option: option?.name, TrackingCategoryID: categoryId, TrackingOptionID: optionId, Options: [] };
}

/** What both kinds of document show. */
function documentHead(ledger: Ledger, document: DocumentRecord, options: ViewOptions): Record<string, unknown> {
  const discount = sum(
    document.lines.map((line) =>
      line.unitAmount !== undefined && line.lineAmount !== undefined && (line.discountRate ?? line.discountAmount) !== undefined
        ? discountOf({ quantity: line.quantity ?? '1', unitAmount: line.unitAmount, lineAmount: line.lineAmount })
        : '0',
    ),
  );
  const isDiscounted = compare(discount, '0') !== 0;
  return {
    Type: document.type,
    Reference: document.reference ?? '',
    CurrencyRate: jsonNumber(document.currencyRate),
    ...(document.type === 'ACCREC' && { IsDiscounted: isDiscounted, ...(isDiscounted && { TotalDiscount: jsonNumber(discount) }) }),
    HasErrors: false,
    UpdatedDateUTCString: wireInstantString(document.updatedAt),
    Contact: options.isSummary ? contactName(ledger, document.contactId) : embeddedContact(ledger, document.contactId),
    DateString: wireDateString(document.date),
    Date: wireDate(document.date),
    ...(document.dueDate && { DueDateString: wireDateString(document.dueDate), DueDate: wireDate(document.dueDate) }),
    Status: document.status,
    LineAmountTypes: document.lineAmountTypes,
    ...(!options.isSummary && {
      LineItems: document.lines.map((line) => lineView(ledger, line, options.unitDp)),
      HasAttachments: ledger.attachmentsOf(document.id).length > 0,
    }),
    SubTotal: jsonNumber(document.subTotal),
    TotalTax: jsonNumber(document.totalTax),
    Total: jsonNumber(document.total),
    UpdatedDateUTC: wireDate(document.updatedAt),
    CurrencyCode: document.currency,
    ...(document.fullyPaidOn && { FullyPaidOnDate: wireDate(document.fullyPaidOn) }),
  };
}

/** Unused Payments, CreditNotes and AmountCredited are left out of the answer to a write, as on the wire. */
export function invoiceView(
  ledger: Ledger,
  invoice: DocumentRecord,
  options: ViewOptions & { isWriteAnswer?: boolean },
): Record<string, unknown> {
  const balance = balanceOf(ledger, invoice);
  const payments = ledger.paymentsOf(invoice.id).map((payment) => ({
    PaymentID: payment.id,
    Date: wireDate(payment.date),
    Amount: jsonNumber(payment.amount),
    Reference: payment.reference,
    CurrencyRate: jsonNumber(payment.currencyRate),
    HasAccount: false,
    HasValidationErrors: false,
  }));
  const credits = ledger.allocationsOf(invoice.id).map((allocation) => ({
    CreditNoteID: allocation.creditNoteId,
    CreditNoteNumber: ledger.creditNote(allocation.creditNoteId)?.number,
    ID: allocation.creditNoteId,
    HasErrors: false,
    AppliedAmount: jsonNumber(allocation.amount),
    DateString: wireDateString(allocation.date),
    Date: wireDate(allocation.date),
    LineItems: [],
    Total: jsonNumber(ledger.creditNote(allocation.creditNoteId)?.total ?? '0'),
  }));
  const attachments = ledger.attachmentsOf(invoice.id);
  const hides = (list: readonly unknown[]) => options.isWriteAnswer === true && list.length === 0;
  return {
    InvoiceID: invoice.id,
    InvoiceNumber: invoice.number,
    Url: invoice.url,
    ...(!options.isSummary && !hides(payments) && { Payments: payments }),
    ...(!hides(credits) && { CreditNotes: options.isSummary ? [] : credits }),
    Prepayments: [],
    Overpayments: [],
    AmountDue: jsonNumber(balance.due),
    AmountPaid: jsonNumber(balance.paid),
    ...(!hides(credits) && { AmountCredited: jsonNumber(balance.credited) }),
    SentToContact: invoice.sentToContact,
    ...(invoice.expectedPaymentDate && { ExpectedPaymentDate: wireDate(invoice.expectedPaymentDate) }),
    ...(invoice.plannedPaymentDate && { PlannedPaymentDate: wireDate(invoice.plannedPaymentDate) }),
    ...documentHead(ledger, invoice, options),
    ...(options.isSingle && attachments.length > 0 && { Attachments: attachments.map((attachment) => attachmentView(ledger, attachment)) }),
  };
}

export function creditNoteView(ledger: Ledger, note: DocumentRecord, options: ViewOptions): Record<string, unknown> {
  return {
    CreditNoteID: note.id,
    CreditNoteNumber: note.number,
    ID: note.id,
    Payments: options.isSummary ? undefined : [],
    RemainingCredit: jsonNumber(balanceOf(ledger, note).due),
    ...(!options.isSummary && {
      Allocations: ledger.allocationsOf(note.id).map((allocation) => ({
        AllocationID: allocation.id,
        Amount: jsonNumber(allocation.amount),
        Date: wireDate(allocation.date),
        Invoice: { InvoiceID: allocation.invoiceId, InvoiceNumber: ledger.invoice(allocation.invoiceId)?.number, LineItems: [] },
      })),
    }),
    ...documentHead(ledger, note, options),
  };
}
