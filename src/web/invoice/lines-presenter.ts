import type { InvoiceDetail, FlagItem } from '../../billing/queries/invoice-detail.js';
import type { WorkOrder } from '../../domain/invoice.js';
import { RULES } from '../../domain/review/rules/index.js';
import { Decimal } from '../../domain/money.js';
import type { Tone, Link } from '../shell/shell-view.js';
import { civilDateText } from '../templating/date-text.js';
import type { InvoicePane } from './invoice-presenter.js';
import { severityWords } from './invoice-words.js';
import type { LineItem } from '../../billing/queries/invoice-lines.js';
import type { Severity } from '../../domain/review/rule.js';
import type { MoneyView } from '../templating/money-text.js';

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

/** The number people count by: lines that charge, in order; what is printed under another line has none. */
function lineNumbers(lines: readonly Pick<LineItem, 'key' | 'parentKey'>[]): Map<string, string> {
  return new Map(lines.filter(({ parentKey }) => parentKey === undefined).map(({ key }, index) => [key, String(index + 1)]));
}

/** Where a flag points: the ticket that people know, else the line's number. */
function linePlaces(lines: readonly LineItem[]): Map<string, string> {
  const numbers = lineNumbers(lines);
  return new Map(lines.flatMap((line) => placeOf(line, numbers)));
}

function placeOf({ key, parentKey, kind, workOrder }: LineItem, numbers: ReadonlyMap<string, string>): [string, string][] {
  if (kind === 'time' && workOrder) return [[key, `#${workOrder.number}`]];
  const number = numbers.get(key) ?? numbers.get(parentKey ?? '');
  return number === undefined ? [] : [[key, `Line ${number}`]];
}

type FlagsOfInvoice = Pick<InvoicePane, 'flags' | 'openFlags' | 'openFlagsTone' | 'unlooked' | 'rules' | 'blockingFlags'>;

export function flagsView(invoice: Pick<InvoiceDetail, 'id' | 'flags' | 'lines' | 'source' | 'unkept'>): FlagsOfInvoice {
  const places = linePlaces(invoice.lines);
  const flags = invoice.flags.map((flag) => flagView(flag, invoice, places));
  const open = flags.filter(({ dismissed }) => !dismissed);
  const tone = (['error', 'warning'] as const satisfies Tone[]).find((wanted) => open.some((flag) => flag.tone === wanted));
  return {
    flags,
    openFlags: open.length,
    unlooked: invoice.unkept !== undefined,
    rules: RULES.map(({ label }) => label),
    ...(tone && { openFlagsTone: tone }),
    blockingFlags: open
      .filter(({ severity }) => severity !== 'info')
      .map(({ title, where, severityLabel, tone: own }) => ({
        title: where === undefined ? title : `${title}, ${where.replace(/^Line/, 'line')}`,
        severityLabel,
        ...(own && { tone: own }),
      })),
  };
}

function flagView(flag: FlagItem, invoice: Pick<InvoiceDetail, 'id' | 'source'>, places: ReadonlyMap<string, string>): FlagView {
  const { id, severity, title, message, lineKey, link, dismissed } = flag;
  const { label, tone } = severityWords(severity);
  const where = lineKey === undefined ? undefined : places.get(lineKey);
  return {
    id,
    severity,
    severityLabel: label,
    title,
    message,
    dismissalHref: `/invoices/${invoice.id}/flags/${id}/dismissal`,
    ...(tone && { tone }),
    ...(lineKey !== undefined && { lineKey }),
    ...(where !== undefined && { where }),
    ...(link !== undefined && { fix: { label: `Fix in ${invoice.source.label}`, href: link } }),
    ...(dismissed && { dismissed }),
  };
}

export interface FlagView {
  id: string;
  severity: Severity;
  severityLabel: string;
  tone?: Tone;
  title: string;
  message: string;
  lineKey?: string;
  /** 'Line 7', '#48213' */
  where?: string;
  /** The exact record: 'Fix in Harbor PSA'. */
  fix?: Link;
  dismissed?: { by: string; at: string };
  dismissalHref: string;
}

export interface LineView {
  key: string;
  /** '1', '2', …; components under a line have none. */
  position?: string;
  description: string;
  notes?: string;
  detail?: string;
  quantity: string;
  unitPrice: MoneyView;
  amount: MoneyView;
  /** For those who may see cost. */
  cost?: MoneyView;
  margin?: { text: string; tone?: Tone };
  component: boolean;
  link?: Link;
  flags: { severityLabel: string; title: string; tone?: Tone }[];
}

export interface LineGroupView {
  /** 'Ticket #48213 · Replace firewall'; absent: lines outside any work order. */
  title?: string;
  lines: LineView[];
}
