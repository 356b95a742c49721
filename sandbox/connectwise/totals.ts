import { Decimal } from 'decimal.js';
import type { SandboxStore } from '../kit/store.js';
import type { Doc, InvoiceDoc, PaymentDoc, TaxLevelDoc } from './documents.js';
import { sum, toFloat } from './money.js';

export interface InvoiceLines {
  time: readonly Doc[];
  expenses: readonly Doc[];
  products: readonly Doc[];
}

interface Bases {
  services: Decimal;
  expenses: Decimal;
  products: Decimal;
}

const onInvoice = (invoiceId: number) => (line: Doc) => (line['invoice'] as Doc | undefined)?.id === invoiceId;

export function linesOf(store: SandboxStore, invoiceId: number): InvoiceLines {
  return {
    time: store.all<Doc>('time').filter(onInvoice(invoiceId)),
    expenses: store.all<Doc>('expense').filter(onInvoice(invoiceId)),
    products: store.all<Doc>('product').filter(onInvoice(invoiceId)),
  };
}

const amount = (line: Doc, field: string): Decimal => new Decimal((line[field] as number | undefined) ?? 0);
const billable = (line: Doc): boolean => line['billableOption'] === 'Billable' && line['cancelledFlag'] !== true;

/**
 * The invoice with every total worked out from its lines and header amounts:
 * subtotal = service + expense + product + agreement + service adjustment - progress already billed - down payment;
 * salesTax = each tax level on what it taxes, rounded half-up once; total = subtotal + salesTax;
 * balance = total - payments - credits. A negative service adjustment is a discount.
 */
export function withTotals(
  invoice: InvoiceDoc,
  lines: InvoiceLines,
  levels: readonly TaxLevelDoc[],
  paid: readonly PaymentDoc[],
): InvoiceDoc {
  const products = lines.products.filter(billable);
  const service = sum(lines.time.filter(billable).map((line) => amount(line, 'extendedInvoiceAmount'))).plus(
    invoice._sandbox?.headerService ?? 0,
  );
  const expense = sum(lines.expenses.filter(billable).map((line) => amount(line, 'invoiceAmount')));
  const product = sum(products.map((line) => amount(line, 'extPrice')));
  const subtotal = sum([service, expense, product, invoice.agreementAmount, invoice.serviceAdjustmentAmount])
    .minus(invoice.previousProgressApplied)
    .minus(invoice.downpaymentApplied);
  const taxedEarlier = new Decimal(invoice.previousProgressApplied).plus(
    invoice.downpaymentPreviouslyTaxedFlag ? invoice.downpaymentApplied : 0,
  );
  const bases: Bases = {
    services: service
      .plus(invoice.serviceAdjustmentAmount)
      .plus(invoice._sandbox?.agreementTaxable ? invoice.agreementAmount : 0)
      .minus(taxedEarlier),
    expenses: expense,
    products: sum(products.filter((line) => line['taxableFlag'] === true).map((line) => amount(line, 'extPrice'))),
  };
  const salesTax = invoice.taxableFlag && invoice.taxCode ? taxOn(bases, levels) : new Decimal(0);
  return withPayments(
    {
      ...invoice,
      serviceTotal: toFloat(service),
      expenseTotal: toFloat(expense),
      productTotal: toFloat(product),
      subtotal: toFloat(subtotal),
      salesTax: toFloat(salesTax),
      total: toFloat(subtotal.plus(toFloat(salesTax))),
    },
    paid,
  );
}

function taxOn(bases: Bases, levels: readonly TaxLevelDoc[]): Decimal {
  return sum(
    levels.map((level) =>
      sum([
        level.taxServicesFlag ? bases.services : 0,
        level.taxExpensesFlag ? bases.expenses : 0,
        level.taxProductsFlag ? bases.products : 0,
      ]).times(level.taxRate),
    ),
  );
}

/** Money received counts as payments, credit memos applied count as credits. */
export function withPayments(invoice: InvoiceDoc, paid: readonly PaymentDoc[]): InvoiceDoc {
  const payments = sum(paid.filter((row) => !row.credit).map((row) => row.amount));
  const credits = sum(paid.filter((row) => row.credit).map((row) => row.amount));
  return {
    ...invoice,
    payments: toFloat(payments),
    credits: toFloat(credits),
    balance: toFloat(new Decimal(invoice.total).minus(payments).minus(credits)),
  };
}

export function paymentsOf(store: SandboxStore, invoiceId: number): PaymentDoc[] {
  return store.all<PaymentDoc>('payment').filter((row) => row.invoice.id === invoiceId);
}

export function taxLevelsOf(store: SandboxStore, taxCodeId: number | undefined): TaxLevelDoc[] {
  return store.all<TaxLevelDoc>('taxLevel').filter((level) => level.taxCode.id === taxCodeId);
}

export function recomputed(store: SandboxStore, invoice: InvoiceDoc): InvoiceDoc {
  return withTotals(invoice, linesOf(store, invoice.id), taxLevelsOf(store, invoice.taxCode?.id), paymentsOf(store, invoice.id));
}
