import type { FlagItem, InvoiceDetail } from '../../billing/queries/invoice-detail.js';
import type { Tone } from '../shell/shell-view.js';
import type { FlagView, InvoiceView } from './invoice-view.js';
import { severityWords } from './invoice-words.js';
import { linePlaces } from './line-places.js';

type FlagsOfInvoice = Pick<InvoiceView, 'flags' | 'openFlags' | 'openFlagsTone' | 'unlooked' | 'blockingFlags'>;

export function flagsView(invoice: Pick<InvoiceDetail, 'id' | 'flags' | 'lines' | 'source' | 'unkept'>): FlagsOfInvoice {
  const places = linePlaces(invoice.lines);
  const flags = invoice.flags.map((flag) => flagView(flag, invoice, places));
  const open = flags.filter(({ dismissed }) => !dismissed);
  const tone = (['error', 'warning'] as const satisfies Tone[]).find((wanted) => open.some((flag) => flag.tone === wanted));
  return {
    flags,
    openFlags: open.length,
    unlooked: invoice.unkept !== undefined,
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
