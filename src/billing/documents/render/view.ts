import type { CivilDate } from '../../../domain/civil-date.js';
import { assertSums } from '../../../domain/invoice-sums.js';
import type { InvoiceContent, InvoiceParty } from '../../../domain/invoice.js';
import { Decimal } from '../../../domain/money.js';
import { assertPrintable, type Brand, type DocumentLocale } from './brand.js';
import { DocumentFormat } from './format.js';
import { markerFor } from './line-marker.js';
import { detailView } from './view-detail.js';
import { sectionViews } from './view-sections.js';
import type { FactView, PrintedInvoiceView, PartyView, SellerView } from './view-types.js';
import { type Wording, wordingFor } from './wording.js';

export interface InvoiceDocumentInput {
  content: InvoiceContent;
  brand: Brand;
  /** The client's, when it differs from the brand's. */
  locale?: DocumentLocale;
  /** The day of issue: the amount due is as of this day and is never updated on the document. */
  asOf: CivilDate;
}

/**
 * Everything the template may print, as deeply frozen plain text.
 * @throws SumsDisagree when the lines do not add up, RangeError when the brand cannot be printed.
 */
export function toInvoiceView(input: InvoiceDocumentInput): PrintedInvoiceView {
  const { content, brand } = input;
  assertPrintable(brand);
  assertSums(content);
  const format = formatOf(input);
  const words = wordingFor(content, brand, format.locale, format.date(content.dueDate));
  const total = format.money(content.total);
  return deepFreeze({
    seller: sellerView(brand),
    title: words.title,
    number: content.number,
    kind: words.kind === '' ? null : words.kind,
    total,
    totalLabel: words.totalLabel,
    totalMarker: markerFor('total'),
    due: {
      label: words.dueLabel,
      amount: words.isCredit ? format.money(new Decimal(content.total).negated().toString()) : total,
      note: words.dueNote,
    },
    billTo: partyView(content.customer, format.locale),
    shipTo: content.shipTo ? partyView(content.shipTo, format.locale) : null,
    facts: factViews(content, words, format),
    topComment: present(content.topComment),
    bottomComment: present(content.bottomComment),
    sections: sectionViews(content, format),
    subtotal: content.taxes.length > 0 ? format.money(content.subtotal) : null,
    taxes: content.taxes.map((tax) => ({ label: tax.label, amount: format.money(tax.amount) })),
    asOf: words.asksForPayment ? { label: `Amount due as of ${format.date(input.asOf)}`, amount: total } : null,
    paymentInstructions: words.asksForPayment ? present(brand.paymentInstructions) : null,
    detail: detailView(content, format),
  });
}

export function formatOf(input: InvoiceDocumentInput): DocumentFormat {
  return new DocumentFormat(input.locale ?? input.brand.locale, input.content.currency);
}

function sellerView(brand: Brand): SellerView {
  const taxId = brand.taxId === undefined ? [] : [brand.taxIdLabel ? `${brand.taxIdLabel} ${brand.taxId}` : brand.taxId];
  const contact = [brand.phone, brand.email, brand.website].filter((entry) => entry !== undefined && entry !== '') as string[];
  return { name: brand.sellerName, logo: brand.logo ?? null, lines: [...brand.addressLines, ...taxId], contact };
}

function partyView(party: InvoiceParty, locale: DocumentLocale): PartyView {
  const { lines, city, state, postcode, country } = party.address;
  const region = [state, postcode].filter(Boolean).join(' ');
  // Only North American addresses set the city apart with a comma.
  const town = [city, region].filter(Boolean).join(locale === 'en-US' || locale === 'en-CA' ? ', ' : ' ');
  const taxId = party.taxId === undefined ? undefined : `Tax ID ${party.taxId}`;
  const all = [party.attention === undefined ? undefined : `Attn: ${party.attention}`, ...lines, town, country, taxId];
  return { name: party.name, lines: all.filter((line) => line !== undefined && line !== '') as string[] };
}

function factViews(content: InvoiceContent, words: Wording, format: DocumentFormat): FactView[] {
  const fact = (label: string, value: string | undefined, code = false) => (value ? [{ label, value, code }] : []);
  return [
    ...fact('Date', format.date(content.date)),
    ...(words.asksForPayment ? [...fact('Due', format.date(content.dueDate)), ...fact('Terms', content.terms)] : []),
    ...fact('Purchase order', content.purchaseOrder, true),
    ...fact('Reference', content.reference),
    ...fact('Account', content.customer.accountNumber, true),
  ];
}

function present(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text.trim();
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
