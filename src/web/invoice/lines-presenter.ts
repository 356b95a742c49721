import type { InvoiceDetail } from '../../billing/queries/invoice-detail.js';
import type { WorkOrder } from '../../domain/invoice.js';
import { Decimal } from '../../domain/money.js';
import type { Tone } from '../shell/shell-view.js';
import { civilDateText } from '../templating/date-text.js';
import type { LineGroupView, LineView } from './invoice-view.js';
import { severityWords } from './invoice-words.js';
import { lineNumbers } from './line-places.js';
import type { LineItem } from '../../billing/queries/invoice-lines.js';

const THIN_MARGIN_PERCENT = 15;

const WORK_ORDERS: Readonly<Record<WorkOrder['kind'], string>> = {
  ticket: 'Ticket',
  project: 'Project',
  phase: 'Phase',
  sales_order: 'Sales order',
};

/** The accessible twin of the document: every line with what the document leaves out. */
export function lineGroups(invoice: Pick<InvoiceDetail, 'lines' | 'flags' | 'source'>, now: Date, timeZone: string): LineGroupView[] {
  const numbers = lineNumbers(invoice.lines);
  const groups = new Map<string, LineGroupView>();
  for (const line of invoice.lines) {
    const title = line.workOrder && titleOf(line.workOrder);
    const group = groups.get(title ?? '') ?? { ...(title !== undefined && { title }), lines: [] };
    groups.set(title ?? '', group);
    group.lines.push(lineView(line, invoice, numbers.get(line.key), (date) => civilDateText(date, now, timeZone).text));
  }
  return [...groups.values()];
}

function titleOf({ kind, number, summary }: WorkOrder): string {
  return `${WORK_ORDERS[kind]} #${number}${summary === '' ? '' : ` · ${summary}`}`;
}

function lineView(
  line: LineItem,
  { flags, source }: Pick<InvoiceDetail, 'flags' | 'source'>,
  position: string | undefined,
  dateText: (date: string) => string,
): LineView {
  const detail = [line.date && dateText(line.date), line.person, line.workRole, line.workType, line.productCode, coveredText(line)]
    .filter(Boolean)
    .join(' · ');
  const margin = marginOf(line);
  return {
    key: line.key,
    description: line.description,
    quantity: quantityText(line),
    unitPrice: line.unitPrice,
    amount: line.amount,
    component: line.parentKey !== undefined,
    flags: flags
      .filter((flag) => flag.lineKey === line.key && !flag.dismissed)
      .map(({ severity, title }) => {
        const { label, tone } = severityWords(severity);
        return { severityLabel: label, title, ...(tone && { tone }) };
      }),
    ...(position !== undefined && { position }),
    ...(line.notes && { notes: line.notes }),
    ...(detail !== '' && { detail }),
    ...(line.cost && { cost: line.cost }),
    ...(margin && { margin }),
    ...(line.link && { link: { label: source.label, href: line.link } }),
  };
}

function quantityText({ quantity, unit }: LineItem): string {
  const figure = new Decimal(quantity).toString().replace('-', '\u2212');
  return unit === 'hours' ? `${figure} h` : figure;
}

function coveredText({ hours, billable }: LineItem): string {
  if (billable === 'no_charge') return 'no charge';
  if (!hours || new Decimal(hours.covered).isZero()) return '';
  return `${new Decimal(hours.covered).toString()} h covered by the agreement`;
}

function marginOf({ marginPercent }: LineItem): LineView['margin'] {
  if (marginPercent === undefined) return undefined;
  const percent = new Decimal(marginPercent);
  const tone: Tone | undefined = percent.isNegative() ? 'error' : percent.lessThan(THIN_MARGIN_PERCENT) ? 'warning' : undefined;
  return { text: `${marginPercent.replace('-', '\u2212')} %`, ...(tone && { tone }) };
}
