import type { z } from 'zod';
import type { Customer } from '../../../domain/customer.js';
import type { InvoiceContent, SourceInvoice, InvoiceType } from '../../../domain/invoice.js';
import { Decimal } from '../../../domain/money.js';
import { MappingProblem } from '../../../ports/billing-source.js';
import { agreementLines } from './agreement-lines.js';
import { contextOf } from './context.js';
import { expenseLines } from './expense-lines.js';
import { headerCorrections, headerServices } from './header-lines.js';
import { dayOf, money, present, type LineContext, type MappedLine } from './line.js';
import { billedParty, customerOf, shippedParty } from './party.js';
import { productLines } from './product-lines.js';
import { reconciled } from './reconcile.js';
import { payloadRecord, unreadableRecord, type PayloadRecord } from './records.js';
import { timeLines } from './time-lines.js';
import { taxRules } from './tax-rules.js';
import { taxLines, type TaxBases } from './taxes.js';
import { roundingOfSubtotal, serviceAdjustment, totalsOf } from './totals.js';

const TYPES: Readonly<Record<string, [type: InvoiceType, label: string]>> = {
  standard: ['standard', 'Standard'],
  agreement: ['agreement', 'Agreement'],
  progress: ['progress', 'Progress'],
  creditmemo: ['credit_memo', 'Credit Memo'],
  downpayment: ['down_payment', 'Down Payment'],
  miscellaneous: ['miscellaneous', 'Miscellaneous'],
  consolidated: ['consolidated', 'Consolidated'],
};

/** A type that a later release brings stays what the PSA calls it. */
function invoiceType(word: string | undefined): { type: InvoiceType; label: string } {
  const [type, label] = TYPES[word?.toLowerCase() ?? ''] ?? ['other', word ?? 'Invoice'];
  return { type: type as InvoiceType, label };
}

const ZERO = new Decimal(0);

/** From a stored payload to what the client is charged. Pure: the same payload gives the same invoice for ever. @throws MappingProblem */
export function mapInvoice(payload: unknown): { invoice: SourceInvoice; customer: Customer } {
  const record = readPayload(payload);
  const { invoice, company } = record;
  const context = lineContext(record);
  const { currency } = context;
  const { type, label } = invoiceType(invoice.type);
  const totals = totalsOf(invoice, context);
  const adjustment = serviceAdjustment(invoice, totals.subtotal, currency);
  const lines = allLines(record, adjustment, totals.subtotal, context);
  const customer = billedParty(invoice, company);
  const date = dayOf(invoice.date, 'invoice.date');
  if (date === undefined) throw new MappingProblem(`Invoice ${context.number} has no date.`, 'invoice.date');
  const content: InvoiceContent = {
    number: context.number,
    type,
    typeLabel: label,
    date,
    dueDate: dayOf(invoice.dueDate, 'invoice.dueDate') ?? date,
    customer,
    currency,
    lines: lines.map(({ line }) => line),
    taxes: taxLines(invoice, record.taxCode, context.rules, taxBases(record, lines, adjustment), currency),
    subtotal: money(totals.subtotal, currency),
    tax: money(totals.tax, currency),
    total: money(totals.total, currency),
    ...present({
      terms: invoice.billingTerms?.name,
      purchaseOrder: invoice.customerPO,
      reference: invoice.reference,
      shipTo: shippedParty(invoice, customer),
      topComment: invoice.topComment,
      bottomComment: invoice.bottomComment,
    }),
  };
  return { invoice: { content, context: contextOf(record, lines, currency) }, customer: customerOf(invoice, company) };
}

function readPayload(payload: unknown): PayloadRecord {
  const unreadable = unreadableRecord.safeParse(payload);
  if (unreadable.success) throw new MappingProblem(unreadable.data.unreadable.why, 'invoice');
  const read = payloadRecord.safeParse(payload);
  if (read.success) return read.data;
  const issue: z.core.$ZodIssue | undefined = read.error.issues[0];
  const field = issue?.path.join('.') ?? 'payload';
  throw new MappingProblem(`The PSA's record is not as it should be: ${field} (${issue?.message ?? 'unknown cause'}).`, field);
}

function lineContext({ invoice, company, taxCode, appUrl }: PayloadRecord): LineContext {
  const currency = (
    invoice.currency?.currencyCode ??
    invoice.currency?.isoCode ??
    company?.currency?.currencyCode ??
    company?.currency?.isoCode ??
    ''
  ).toUpperCase();
  const number = invoice.invoiceNumber ?? String(invoice.id);
  if (!/^[A-Z]{3}$/.test(currency)) {
    throw new MappingProblem(`Invoice ${number} names no currency that can be understood ("${currency}").`, 'invoice.currency');
  }
  return { number, currency, taxable: invoice.taxableFlag, rules: taxRules(invoice, taxCode), appUrl };
}

/** Every line of the document; each bucket of the header, and then the subtotal, agree with them to the cent. */
function allLines(record: PayloadRecord, adjustment: Decimal, subtotal: Decimal, context: LineContext): MappedLine[] {
  const { invoice } = record;
  const { rules } = context;
  const { type } = invoiceType(invoice.type);
  const agreements = agreementLines(invoice, record.agreementParts, context);
  const products = productLines(record.products, record.components, context);
  const time = timeLines(record.time, context);
  const services = [...headerServices(invoice, type, time, context), ...time];
  const expenses = expenseLines(record.expenses, context);
  const isTaxedFlat = agreements.some(({ line }) => line.taxable);
  const buckets = [
    {
      key: 'agreements',
      name: 'the agreement amount',
      field: 'agreementAmount',
      stated: invoice.agreementAmount,
      lines: agreements,
      taxable: isTaxedFlat,
    },
    {
      key: 'products',
      name: 'the product total',
      field: 'productTotal',
      stated: invoice.productTotal,
      lines: products,
      taxable: rules.products,
    },
    {
      key: 'services',
      name: 'the service total',
      field: 'serviceTotal',
      stated: invoice.serviceTotal,
      lines: services,
      taxable: rules.services,
    },
    {
      key: 'expenses',
      name: 'the expense total',
      field: 'expenseTotal',
      stated: invoice.expenseTotal,
      lines: expenses,
      taxable: rules.expenses,
    },
  ] as const;
  const lines = buckets.flatMap((bucket) => [...bucket.lines, ...reconciled(bucket, context)]);
  const corrected = [...lines, ...headerCorrections(invoice, adjustment, context)];
  return [...corrected, ...roundingOfSubtotal(corrected, subtotal, context)];
}

/** What each kind of charge adds up to for the tax; what was taxed on an earlier invoice is not taxed again. */
function taxBases({ invoice, products }: PayloadRecord, lines: readonly MappedLine[], adjustment: Decimal): TaxBases {
  const taxedFlat = lines.filter(({ line }) => line.kind === 'agreement' && line.taxable).reduce((sum, { exact }) => sum.plus(exact), ZERO);
  const taxedEarlier = (invoice.previousProgressApplied ?? ZERO).plus(
    invoice.downpaymentPreviouslyTaxedFlag ? (invoice.downpaymentApplied ?? ZERO) : ZERO,
  );
  const taxable = new Set(products.filter((row) => row.taxableFlag).map((row) => `product:${row.id}`));
  return {
    services: (invoice.serviceTotal ?? ZERO).plus(adjustment).plus(taxedFlat).minus(taxedEarlier),
    expenses: invoice.expenseTotal ?? ZERO,
    products: lines.filter(({ line }) => taxable.has(line.key)).reduce((sum, { exact }) => sum.plus(exact), ZERO),
  };
}
