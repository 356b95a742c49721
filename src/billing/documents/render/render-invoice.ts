import { createHash } from 'node:crypto';
import { Money } from '../../../domain/money.js';
import { documentShell } from './document-shell.js';
import { normalisePdf } from './normalise.js';
import { assertPrintedTotal, readBack } from './printed-document.js';
import { type DocumentTemplate, loadTemplate } from './template.js';
import { formatOf, type InvoiceDocumentInput, toInvoiceView } from './view.js';

/** Changes whenever the same invoice would print differently; stored with a document to tell which template made it. */
const INVOICE_TEMPLATE_VERSION = 'v1';

export interface PrintOptions {
  /** Whose document it is: tenants take turns at the printer. */
  tenantId: string;
  signal?: AbortSignal | undefined;
}

export interface Printer {
  print(html: string, options: PrintOptions): Promise<Uint8Array>;
}

export interface RenderedInvoice {
  pdf: Buffer;
  /** Hex; the document's identity. Same input, template and browser: same bytes. */
  sha256: string;
  pages: number;
  /** Read back from the finished PDF, and equal to the invoice's total. */
  printedTotal: Money;
}

/** The page Chromium prints: complete, nothing to load. @throws SumsDisagree, RangeError (brand) */
export function invoiceHtml(
  input: InvoiceDocumentInput,
  template: DocumentTemplate = loadTemplate('invoice', INVOICE_TEMPLATE_VERSION),
): string {
  const view = toInvoiceView(input);
  const { locale } = formatOf(input);
  return documentShell({
    body: template.render(view),
    css: template.css,
    title: `${view.title} ${view.number}`,
    locale,
    brand: input.brand,
  });
}

/** @throws PrintedTotalDiffers, SumsDisagree, RangeError (brand), the signal's reason, or what the printer said. */
export async function renderInvoice(
  input: InvoiceDocumentInput,
  printer: Printer,
  { template, ...options }: PrintOptions & { template?: DocumentTemplate },
): Promise<RenderedInvoice> {
  const { content } = input;
  const printed = await printer.print(invoiceHtml(input, template), options);
  const pdf = normalisePdf(printed, content.date);
  const { pages, totalText } = await readBack(pdf);
  const printedTotal = assertPrintedTotal(content.number, totalText, Money.of(content.total, content.currency), formatOf(input));
  return { pdf, sha256: createHash('sha256').update(pdf).digest('hex'), pages, printedTotal };
}
