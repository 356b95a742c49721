import type { InvoiceLine, InvoiceType, LineKind } from '../../../domain/invoice.js';
import { Decimal } from '../../../domain/money.js';
import { money, plain, tolerance, workOrderOf, type LineContext, type MappedLine } from './line.js';
import type { InvoiceRecord } from './records.js';

/** A line for an amount that stands on the header alone. */
export function headerLine(
  key: string,
  kind: LineKind,
  description: string,
  exact: Decimal,
  taxable: boolean,
  context: LineContext,
  more: Partial<InvoiceLine> = {},
): MappedLine {
  return {
    exact,
    line: {
      key,
      kind,
      description,
      quantity: '1',
      unitPrice: plain(exact),
      amount: money(exact, context.currency),
      taxable,
      billable: 'billable',
      ...more,
    },
    facts: {},
  };
}

/** Kinds that charge by an amount on the header instead of, or besides, their rows. */
const BY_HEADER: ReadonlySet<InvoiceType> = new Set(['progress', 'down_payment', 'miscellaneous']);

/**
 * What the header charges for services beyond its time: the fee of a fixed-fee project, a down payment, a free-standing
 * amount. Elsewhere only time that was listed at no value at all says that a fixed fee takes its place.
 */
export function headerServices(invoice: InvoiceRecord, type: InvoiceType, time: readonly MappedLine[], context: LineContext): MappedLine[] {
  const charged = time.reduce((sum, { exact }) => sum.plus(exact), new Decimal(0));
  const rest = (invoice.serviceTotal ?? new Decimal(0)).minus(charged);
  const isFixedFee = time.length > 0 && time.every(({ exact }) => exact.isZero());
  if (rest.isZero() || !(BY_HEADER.has(type) || invoice.specialInvoiceFlag || isFixedFee)) return [];
  // Between time that is charged and its total, two coins are rounding and no fee.
  if (!charged.isZero() && rest.abs().lte(tolerance(context.currency))) return [];
  const workOrder = workOrderOf(invoice);
  const kind = type === 'down_payment' ? 'down_payment' : 'fixed_fee';
  return [headerLine('header:services', kind, described(invoice, type), rest, context.rules.services, context, workOrder && { workOrder })];
}

function described(invoice: InvoiceRecord, type: InvoiceType): string {
  const phase = invoice.phase?.name;
  if (type === 'progress') return phase ? `Fixed fee to date, ${phase}` : 'Fixed fee to date';
  if (type === 'down_payment') return invoice.reference ?? 'Down payment';
  if (type === 'miscellaneous') return invoice.reference ?? 'Miscellaneous';
  return invoice.reference ?? 'Fixed fee';
}

/** What the header takes off or adds after the rows. */
export function headerCorrections(invoice: InvoiceRecord, serviceAdjustment: Decimal, context: LineContext): MappedLine[] {
  const { services } = context.rules;
  const lines: MappedLine[] = [];
  if (!serviceAdjustment.isZero()) {
    const isDiscount = serviceAdjustment.isNegative();
    const [kind, description] = isDiscount
      ? (['discount', 'Discount on services'] as const)
      : (['adjustment', 'Adjustment of services'] as const);
    lines.push(headerLine('header:service-adjustment', kind, description, serviceAdjustment, services, context));
  }
  const progress = invoice.previousProgressApplied;
  if (progress && !progress.isZero()) {
    lines.push(
      headerLine('header:previous-progress', 'adjustment', 'Billed on earlier progress invoices', progress.negated(), services, context),
    );
  }
  const downPayment = invoice.downpaymentApplied;
  if (downPayment && !downPayment.isZero()) {
    const isTaxed = services && invoice.downpaymentPreviouslyTaxedFlag;
    lines.push(headerLine('header:down-payment', 'down_payment', 'Down payment applied', downPayment.negated(), isTaxed, context));
  }
  return lines;
}
