import { civilDate, type CivilDate } from '../../../domain/civil-date.js';
import type { Billable, InvoiceLine, LineFacts, WorkOrder } from '../../../domain/invoice.js';
import { Decimal, exponentOf, Money, roundToCurrency, type DecimalText } from '../../../domain/money.js';
import { MappingProblem } from '../../../ports/billing-source.js';
import type { Reference } from './records.js';
import type { TaxRules } from './tax-rules.js';

/** What lines of every kind need to know of their invoice. */
export interface LineContext {
  number: string;
  currency: string;
  taxable: boolean;
  rules: TaxRules;
  appUrl: string;
}

export interface MappedLine {
  line: InvoiceLine;
  facts: LineFacts;
  /** What the PSA sums, before it is rounded to the coin. */
  exact: Decimal;
}

/** Stays inside the house: such rows are on the invoice in the PSA but not on the document. */
export const isHidden = (billableOption: string | undefined): boolean => billableOption === 'DoNotBill';

export const billableOf = (billableOption: string | undefined): Billable => (billableOption === 'NoCharge' ? 'no_charge' : 'billable');

export function money(value: Decimal, currency: string): DecimalText {
  return Money.of(roundToCurrency(value, currency), currency).toText();
}

/** Text of a figure that is no amount of money: hours, quantities, prices of fractions of a cent. */
export const plain = (value: Decimal | undefined): DecimalText => (value === undefined || value.isZero() ? '0' : value.toString());

/** Two of the currency's smallest coins: what rounding of floats explains. */
export const tolerance = (currency: string): Decimal => new Decimal(10).pow(-exponentOf(currency)).times(2);

/** The day, cut from the text, so that no zone can move it. */
export function dayOf(value: string | undefined, field: string): CivilDate | undefined {
  if (value === undefined) return undefined;
  try {
    return civilDate(value);
  } catch (error) {
    if (error instanceof RangeError) throw new MappingProblem(`${error.message} (${field})`, field);
    throw error;
  }
}

export interface WorkOrderRefs {
  ticket?: Reference | undefined;
  project?: Reference | undefined;
  phase?: Reference | undefined;
  salesOrder?: Reference | undefined;
}

/** The nearest order: the ticket before the phase and the project that it is part of. */
export function workOrderOf({ ticket, project, phase, salesOrder }: WorkOrderRefs): WorkOrder | undefined {
  if (ticket) return { kind: 'ticket', number: String(ticket.id), summary: ticket.summary ?? ticket.name ?? '' };
  if (project) return { kind: 'project', number: String(project.id), summary: project.name ?? '' };
  if (phase) return { kind: 'phase', number: String(phase.id), summary: phase.name ?? '' };
  if (salesOrder) return { kind: 'sales_order', number: salesOrder.identifier ?? String(salesOrder.id), summary: salesOrder.name ?? '' };
  return undefined;
}

/** The members of `parts` that are set. */
export function present<T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
