import { canonical } from './content-hash.js';
import type { Address, InvoiceContent, InvoiceLine, InvoiceParty, InvoiceTax } from './invoice.js';
import { Money, type DecimalText } from './money.js';

/** A value before or after: text as printed, a civil date, or an amount. */
export type DiffValue = string | { amount: DecimalText; currency: string };

/** One thing that differs between two revisions of an invoice. */
export interface RevisionChange {
  kind: 'added' | 'removed' | 'changed';
  /** In words: 'Due date', 'Line 3, Managed services: Quantity'. */
  what: string;
  /** Where it is, for programs: 'dueDate', 'lines.product:33107.quantity'. */
  path: string;
  lineKey?: string;
  before?: DiffValue;
  after?: DiffValue;
}

type Show<T> = (value: T, currency: string) => DiffValue;

/** Every field by name, so that a field added to the content does not compile until it can be compared. */
type Fields<T> = { readonly [K in keyof Required<T>]: { label: string; show?: Show<NonNullable<T[K]>> } };

const amount: Show<DecimalText> = (value, currency) => Money.of(value, currency).toJSON();
const party: Show<InvoiceParty> = (value) =>
  [value.name, value.attention, addressText(value.address), value.accountNumber, value.taxId].filter(Boolean).join(', ');
const yesNo: Show<boolean> = (value) => (value ? 'yes' : 'no');

const CONTENT_FIELDS: Fields<Omit<InvoiceContent, 'lines' | 'taxes' | 'typeLabel' | 'currency'>> = {
  number: { label: 'Number' },
  type: { label: 'Type' },
  date: { label: 'Invoice date' },
  dueDate: { label: 'Due date' },
  terms: { label: 'Terms' },
  purchaseOrder: { label: 'Purchase order' },
  reference: { label: 'Reference' },
  customer: { label: 'Bill to', show: party },
  shipTo: { label: 'Ship to', show: party },
  subtotal: { label: 'Subtotal', show: amount },
  tax: { label: 'Tax', show: amount },
  total: { label: 'Total', show: amount },
  topComment: { label: 'Comment above the lines' },
  bottomComment: { label: 'Comment below the lines' },
};

const LINE_FIELDS: Fields<Omit<InvoiceLine, 'key'>> = {
  kind: { label: 'Kind' },
  description: { label: 'Description' },
  notes: { label: 'Notes' },
  quantity: { label: 'Quantity' },
  unit: { label: 'Unit' },
  unitPrice: { label: 'Unit price', show: amount },
  amount: { label: 'Amount', show: amount },
  taxable: { label: 'Taxable', show: yesNo },
  billable: { label: 'Billed', show: (value) => ({ billable: 'yes', no_charge: 'no charge', do_not_bill: 'not billed' })[value] },
  date: { label: 'Date' },
  person: { label: 'Person' },
  workRole: { label: 'Work role' },
  workType: { label: 'Work type' },
  productCode: { label: 'Product code' },
  workOrder: { label: 'Work order', show: (value) => `${value.kind.replace('_', ' ')} #${value.number} ${value.summary}` },
  hours: { label: 'Hours', show: (value) => `${value.worked} worked, ${value.billed} billed, ${value.covered} covered` },
  agreementName: { label: 'Agreement' },
  parentKey: { label: 'Part of' },
};

const TAX_FIELDS: Fields<InvoiceTax> = {
  label: { label: 'Label' },
  code: { label: 'Code' },
  rate: { label: 'Rate' },
  amount: { label: 'Amount', show: amount },
};

/** What a person has to look at again; empty exactly when both have the same content hash. */
export function revisionDiff(before: InvoiceContent, after: InvoiceContent): RevisionChange[] {
  const currencies = { before: before.currency, after: after.currency };
  return [
    ...changed('currency', 'Currency', before.currency, after.currency),
    ...changed('typeLabel', 'Type', before.typeLabel, after.typeLabel),
    ...fieldChanges(CONTENT_FIELDS, before, after, currencies),
    ...lineChanges(before, after),
    ...taxChanges(before, after),
  ];
}

interface Currencies {
  before: string;
  after: string;
}

function fieldChanges<T extends object>(
  fields: Fields<T>,
  before: T,
  after: T,
  currencies: Currencies,
  path = '',
  where = '',
): RevisionChange[] {
  return (Object.keys(fields) as (keyof T & string)[]).flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (canonical(was) === canonical(is)) return [];
    const { label, show } = fields[name];
    const print = (value: T[typeof name], currency: string): DiffValue | undefined =>
      value === undefined || value === null ? undefined : show ? show(value, currency) : String(value);
    return changed(`${path}${name}`, `${where}${label}`, print(was, currencies.before), print(is, currencies.after));
  });
}

function changed(path: string, what: string, before: DiffValue | undefined, after: DiffValue | undefined): RevisionChange[] {
  if (before === undefined && after === undefined) return [];
  if (before === after) return [];
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return [{ kind, what, path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

function lineChanges(before: InvoiceContent, after: InvoiceContent): RevisionChange[] {
  const old = new Map(before.lines.map((line) => [line.key, line]));
  const present = new Set(after.lines.map((line) => line.key));
  const currencies = { before: before.currency, after: after.currency };
  const gone = before.lines
    .filter((line) => !present.has(line.key))
    .map((line): RevisionChange => ({
      kind: 'removed',
      what: `Line: ${line.description}`,
      path: `lines.${line.key}`,
      lineKey: line.key,
      before: amount(line.amount, before.currency),
    }));
  const rest = after.lines.flatMap((line, index): RevisionChange[] => {
    const was = old.get(line.key);
    const where = `Line ${index + 1}, ${line.description}`;
    if (!was)
      return [{ kind: 'added', what: where, path: `lines.${line.key}`, lineKey: line.key, after: amount(line.amount, after.currency) }];
    return fieldChanges(LINE_FIELDS, was, line, currencies, `lines.${line.key}.`, `${where}: `).map((change) => ({
      ...change,
      lineKey: line.key,
    }));
  });
  return [...gone, ...rest, ...orderChange(before.lines, after.lines)];
}

/** Only the order of the lines that both have; lines that came or went are changes of their own. */
function orderChange(before: readonly InvoiceLine[], after: readonly InvoiceLine[]): RevisionChange[] {
  const keys = (lines: readonly InvoiceLine[], others: readonly InvoiceLine[]) =>
    lines.map((line) => line.key).filter((key) => others.some((other) => other.key === key));
  if (canonical(keys(before, after)) === canonical(keys(after, before))) return [];
  return [{ kind: 'changed', what: 'Order of the lines', path: 'lines' }];
}

/** Taxes are few and have no key that outlives a change, so they are compared by their place. */
function taxChanges(before: InvoiceContent, after: InvoiceContent): RevisionChange[] {
  const currencies = { before: before.currency, after: after.currency };
  const places = Array.from({ length: Math.max(before.taxes.length, after.taxes.length) }, (_, index) => index);
  return places.flatMap((place) => {
    const [was, is] = [before.taxes[place], after.taxes[place]];
    if (was && is) return fieldChanges(TAX_FIELDS, was, is, currencies, `taxes.${place}.`, `Tax, ${is.label}: `);
    const path = `taxes.${place}`;
    if (is) return changed(path, `Tax, ${is.label}`, undefined, amount(is.amount, after.currency));
    return was ? changed(path, `Tax, ${was.label}`, amount(was.amount, before.currency), undefined) : [];
  });
}

function addressText(address: Address): string {
  return [...address.lines, address.city, address.state, address.postcode, address.country].filter(Boolean).join(', ');
}
