import type { InvoiceContent, InvoiceLine, LineKind, WorkOrder } from '../../../domain/invoice.js';
import { Decimal } from '../../../domain/money.js';
import type { DocumentFormat } from './format.js';
import { markerFor } from './line-marker.js';
import { sumAmounts, sumHours, uncharged } from './time-hours.js';
import type { GroupView, HeadingView, RowView, SectionView } from './view-types.js';

interface SectionKind {
  title: string;
  quantityLabel: string;
  priceLabel: string;
  holds: (line: InvoiceLine) => boolean;
}

const kinds =
  (...list: LineKind[]) =>
  (line: InvoiceLine) =>
    list.includes(line.kind);
const negative = (line: InvoiceLine) => new Decimal(line.amount).lessThan(0);

/** In printing order; each line goes to the first section that holds it, and the last one holds whatever is left. */
const SECTIONS: readonly SectionKind[] = [
  { title: 'Agreement', quantityLabel: 'Quantity', priceLabel: 'Price', holds: kinds('agreement', 'addition') },
  { title: 'Services', quantityLabel: 'Hours', priceLabel: 'Rate', holds: kinds('time', 'fixed_fee') },
  { title: 'Products', quantityLabel: 'Quantity', priceLabel: 'Price', holds: kinds('product', 'component') },
  { title: 'Expenses', quantityLabel: 'Quantity', priceLabel: 'Price', holds: kinds('expense') },
  {
    title: 'Down payment',
    quantityLabel: 'Quantity',
    priceLabel: 'Price',
    holds: (line) => line.kind === 'down_payment' && !negative(line),
  },
  { title: 'Adjustments', quantityLabel: 'Quantity', priceLabel: 'Price', holds: () => true },
];

/** Of these, "1 at the full amount" would say nothing. */
const ONE_OFF: ReadonlySet<LineKind> = new Set(['expense', 'discount', 'adjustment', 'down_payment', 'fixed_fee']);

/** The tables of the main page. Components print under their parent; work marked "do not bill" stays inside the house. */
export function sectionViews(content: InvoiceContent, format: DocumentFormat): SectionView[] {
  const printed = content.lines.filter(isPrinted);
  const children = childrenOf(printed);
  const top = printed.filter((line) => !hasParent(line, printed));
  const held = new Map(SECTIONS.map((section) => [section, [] as InvoiceLine[]]));
  for (const line of top) held.get(SECTIONS.find((section) => section.holds(line)) as SectionKind)?.push(line);
  const used = [...held].filter(([, lines]) => lines.length > 0);
  return used.map(([kind, lines]) => sectionView(kind, lines, children, format, used.length > 1 && lines.length > 1));
}

/** Hidden only where nothing is charged, so that the printed lines always add up. */
export function isPrinted(line: InvoiceLine): boolean {
  return line.billable !== 'do_not_bill' || !new Decimal(line.amount).isZero();
}

type Children = ReadonlyMap<string, readonly InvoiceLine[]>;

function childrenOf(lines: readonly InvoiceLine[]): Children {
  return new Map(groupBy(lines, (line) => line.parentKey ?? '').map((group) => [group[0]?.parentKey ?? '', group]));
}

function hasParent(line: InvoiceLine, lines: readonly InvoiceLine[]): boolean {
  return line.parentKey !== undefined && lines.some((other) => other.key === line.parentKey && other.parentKey === undefined);
}

function sectionView(kind: SectionKind, lines: InvoiceLine[], children: Children, format: DocumentFormat, showTotal: boolean): SectionView {
  const covered = lines.some((line) => line.kind === 'time' && !sumHours([line]).covered.isZero());
  return {
    title: kind.title,
    quantityLabel: kind.quantityLabel,
    priceLabel: kind.priceLabel,
    covered,
    groups: groupBy(lines, groupKey).map((group) => groupView(group, children, format)),
    total: showTotal ? format.money(sumAmounts(lines)) : null,
  };
}

function groupKey(line: InvoiceLine): string {
  const heading = headingOf(line);
  return heading ? `${heading.code ?? ''}\n${heading.text}` : '';
}

function groupView(lines: InvoiceLine[], children: Children, format: DocumentFormat): GroupView {
  const heading = headingOf(lines[0] as InvoiceLine);
  const rows = groupBy(lines, rowKey).map((group) => {
    const [line] = group as [InvoiceLine];
    return line.kind === 'time' ? timeRow(group, format) : lineRow(line, children.get(line.key) ?? [], format);
  });
  // An agreement that is its own only line would say its name twice.
  return { heading: heading && rows.length === 1 && rows[0]?.text === heading.text ? null : heading, rows };
}

/** Time of one ticket becomes one row per role and rate; everything else keeps its own row. */
function rowKey(line: InvoiceLine): string {
  if (line.kind !== 'time') return `line\n${line.key}`;
  return ['time', line.workRole ?? '', new Decimal(line.unitPrice).toString(), line.billable].join('\n');
}

function timeRow(lines: InvoiceLine[], format: DocumentFormat): RowView {
  const [first] = lines as [InvoiceLine];
  const { shown, covered } = sumHours(lines);
  const quiet = uncharged(lines);
  return {
    marker: null,
    text: first.workRole ?? first.workType ?? 'Services',
    note: null,
    code: null,
    covered: covered.isZero() ? null : format.hours(covered.toString()),
    quantity: shown.isZero() && !covered.isZero() ? null : format.hours(shown.toString()),
    price: quiet === undefined ? format.price(first.unitPrice) : null,
    amount: quiet ?? format.amount(sumAmounts(lines)),
    quiet: quiet !== undefined,
    children: [],
  };
}

function lineRow(line: InvoiceLine, children: readonly InvoiceLine[], format: DocumentFormat): RowView {
  const free = line.billable === 'no_charge';
  const single = new Decimal(line.quantity).equals(1);
  const plain = ONE_OFF.has(line.kind);
  return {
    marker: markerFor('charge', line.key),
    text: line.description,
    note: lineNote(line, format),
    code: line.productCode ?? null,
    covered: null,
    quantity: plain && single ? null : quantityWithUnit(line, format),
    price: free || (plain && single) ? null : format.price(line.unitPrice),
    amount: free ? 'No charge' : format.amount(line.amount),
    quiet: free,
    children: children.map((child) => ({
      marker: markerFor('charge', child.key),
      text: child.description,
      quantity: new Decimal(child.quantity).isZero() ? null : format.quantity(child.quantity),
    })),
  };
}

function quantityWithUnit(line: InvoiceLine, format: DocumentFormat): string {
  const quantity = format.quantity(line.quantity);
  return line.unit === undefined || line.unit === 'each' ? quantity : `${quantity} ${line.unit}`;
}

function lineNote(line: InvoiceLine, format: DocumentFormat): string | null {
  const parts =
    line.kind === 'expense' ? [line.date === undefined ? undefined : format.date(line.date), line.person, line.notes] : [line.notes];
  const said = parts.filter((part) => part !== undefined && part !== '');
  return said.length > 0 ? said.join(' · ') : null;
}

const CODES: Readonly<Record<WorkOrder['kind'], string>> = {
  ticket: '#',
  project: 'Project ',
  phase: 'Phase ',
  sales_order: 'Order ',
};

/** What a line is grouped under: its ticket or project, else its agreement, else nothing. */
export function headingOf(line: InvoiceLine): HeadingView | null {
  if (line.workOrder) return { code: `${CODES[line.workOrder.kind]}${line.workOrder.number}`, text: line.workOrder.summary };
  return line.agreementName ? { code: null, text: line.agreementName } : null;
}

/** Groups in order of first appearance, lines in their own order. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
}
