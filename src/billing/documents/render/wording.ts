import type { InvoiceContent, InvoiceType } from '../../../domain/invoice.js';
import { Money } from '../../../domain/money.js';
import type { Brand, DocumentLocale } from './brand.js';

/** What a document calls itself and its sum. */
export interface Wording {
  title: string;
  /** Says more than the title: the PSA's word for the type. Empty when it would only repeat it. */
  kind: string;
  /** Over the sum at the head of the page. */
  dueLabel: string;
  /** Under the sum: when to pay, or why not to. */
  dueNote: string;
  totalLabel: string;
  /** Whether money is asked for: decides on due date and payment instructions. */
  asksForPayment: boolean;
  /** The sum is the client's: said without a minus at the head of the page, with one in the totals. */
  isCredit: boolean;
}

const TITLES: Partial<Record<InvoiceType, string>> = {
  progress: 'Progress invoice',
  down_payment: 'Down payment invoice',
  consolidated: 'Consolidated invoice',
};

export function wordingFor(content: InvoiceContent, brand: Brand, locale: DocumentLocale, dueDate: string): Wording {
  const total = Money.of(content.total, content.currency);
  const title = titleFor(content, brand, locale);
  const kind = repeats(content.typeLabel, title) ? '' : content.typeLabel;
  // One with a positive total charges, by mistake as a rule: the document says so instead of hiding it.
  if (content.type === 'credit_memo' && !total.isPositive())
    return { title, kind, totalLabel: 'Total credit', ...favour('Credit to your account') };
  if (total.isNegative()) return { title, kind, totalLabel: 'Total', ...favour('In your favour') };
  const due = { title, kind, totalLabel: 'Total', dueLabel: 'Amount due', isCredit: false };
  if (total.isZero()) return { ...due, dueNote: 'Nothing to pay', asksForPayment: false };
  return { ...due, dueNote: `Due ${dueDate}`, asksForPayment: true };
}

function favour(dueLabel: string): Pick<Wording, 'dueLabel' | 'dueNote' | 'asksForPayment' | 'isCredit'> {
  return { dueLabel, dueNote: 'Nothing to pay', asksForPayment: false, isCredit: true };
}

function titleFor(content: InvoiceContent, brand: Brand, locale: DocumentLocale): string {
  if (content.type === 'credit_memo') return locale === 'en-US' ? 'Credit memo' : 'Credit note';
  const title = TITLES[content.type] ?? 'Invoice';
  // Australian and New Zealand law wants these words on a document that lets the client claim the tax.
  const taxInvoice = (locale === 'en-AU' || locale === 'en-NZ') && brand.taxId !== undefined && content.taxes.length > 0;
  return taxInvoice && title === 'Invoice' ? 'Tax invoice' : title;
}

/** Both 'Credit Memo' and 'Standard' add nothing to their titles. */
function repeats(typeLabel: string, title: string): boolean {
  const said = typeLabel.toLowerCase().replace(/ invoice$/, '');
  return said === 'standard' || said === 'credit memo' || said === 'credit note' || title.toLowerCase().startsWith(said);
}
