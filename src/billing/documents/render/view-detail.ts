import type { InvoiceContent, InvoiceLine } from '../../../domain/invoice.js';
import { Decimal } from '../../../domain/money.js';
import type { DocumentFormat } from './format.js';
import { markerFor } from './line-marker.js';
import { hoursOf, sumAmounts, sumHours, uncharged } from './time-hours.js';
import type { DetailEntryView, DetailGroupView, DetailView } from './view-types.js';
import { groupBy, headingOf, isPrinted } from './view-sections.js';

/** About a third of a page: an entry beyond this may break over pages, or it would leave half of one empty. */
const LONG_CHARACTERS = 900;
const LONG_LINES = 18;

/** The appended page, entry by entry; null when there is no time on the invoice. */
export function detailView(content: InvoiceContent, format: DocumentFormat): DetailView | null {
  const entries = content.lines.filter((line) => line.kind === 'time' && isPrinted(line));
  if (entries.length === 0) return null;
  const priced = entries.some((line) => !new Decimal(line.amount).isZero());
  const groups = groupBy(entries, (line) => JSON.stringify(headingOf(line)));
  const hours = sumHours(entries);
  return {
    period: period(entries, format),
    priced,
    columns: 4 + (priced ? 2 : 0) + (hours.covered.isZero() ? 0 : 1),
    groups: groups.map((group) => detailGroup(group, priced, groups.length > 1, format)),
    hours: format.hours(hours.shown.toString()),
    covered: orNothing(hours.covered, format),
    amount: format.money(sumAmounts(entries)),
  };
}

function detailGroup(lines: InvoiceLine[], priced: boolean, several: boolean, format: DocumentFormat): DetailGroupView {
  const hours = sumHours(lines);
  const sorted = lines.toSorted((a, b) => (a.date ?? '').localeCompare(b.date ?? ''));
  return {
    heading: headingOf(lines[0] as InvoiceLine),
    entries: sorted.map((line) => entryView(line, priced, format)),
    subtotal:
      several && lines.length > 1
        ? {
            hours: format.hours(hours.shown.toString()),
            covered: orNothing(hours.covered, format),
            amount: format.amount(sumAmounts(lines)),
          }
        : null,
  };
}

function entryView(line: InvoiceLine, priced: boolean, format: DocumentFormat): DetailEntryView {
  const { shown, covered } = hoursOf(line);
  const quiet = uncharged([line]);
  const notes = line.notes === undefined || line.notes.trim() === '' ? line.description : line.notes.trim();
  return {
    marker: markerFor('detail', line.key),
    date: line.date === undefined ? '' : format.dayAndMonth(line.date),
    person: line.person ?? '',
    role: line.workRole ?? line.workType ?? null,
    notes,
    long: notes.length > LONG_CHARACTERS || notes.split('\n').length > LONG_LINES,
    hours: shown.isZero() && !covered.isZero() ? null : format.hours(shown.toString()),
    covered: orNothing(covered, format),
    rate: priced && quiet === undefined ? format.price(line.unitPrice) : null,
    amount: quiet ?? format.amount(line.amount),
    quiet: quiet !== undefined,
  };
}

function orNothing(hours: Decimal, format: DocumentFormat): string | null {
  return hours.isZero() ? null : format.hours(hours.toString());
}

function period(lines: readonly InvoiceLine[], format: DocumentFormat): string {
  const days = lines.flatMap((line) => (line.date === undefined ? [] : [line.date])).toSorted();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return '';
  return first === last ? format.date(first) : `${format.date(first)} – ${format.date(last)}`;
}
