import type { RawInvoice } from '../../ports/billing-source.js';
import { agreementParts, type AgreementPart } from './agreement-parts.js';
import type { ConnectwiseClient, Row } from './client.js';
import { concurrently } from './concurrently.js';
import { COMPONENT_FIELDS, EXPENSE_FIELDS, PRODUCT_FIELDS, ROUTING_FIELDS, TIME_FIELDS, withoutLinks } from './fields.js';
import type { ReferenceData } from './reference-data.js';

/** Requests that exist only per record; the pacer allows as many at once. */
const WIDTH = 4;

/** Everything that one invoice is rebuilt from, as it was fetched. `mapInvoice` reads it, now or much later. */
interface InvoicePayload {
  version: 1;
  invoice: unknown;
  time: unknown[];
  expenses: unknown[];
  products: unknown[];
  components: unknown[];
  agreementParts: AgreementPart[];
  company?: unknown;
  taxCode?: unknown;
  routing: unknown[];
  /** Where deep links of this connection point. */
  appUrl: string;
}

/** Completes invoice headers with their lines and what they refer to: a handful of lists for a whole page. */
export class InvoiceBundles {
  constructor(
    private readonly client: ConnectwiseClient,
    private readonly reference: ReferenceData,
  ) {}

  notKnown(): string[] {
    return this.reference.missing.sentences();
  }

  async complete(headers: readonly Row[]): Promise<RawInvoice[]> {
    if (headers.length === 0) return [];
    const ids = headers.map((header) => header.id);
    const ofInvoices = (list: string) => `invoice/id in (${list})`;
    const [time, expenses, products, parts, companies, taxCodes, routing, { appUrl }] = await Promise.all([
      this.client.listIn('/time/entries', TIME_FIELDS, ids, ofInvoices),
      this.client.listIn('/expense/entries', EXPENSE_FIELDS, ids, ofInvoices),
      this.client.listIn('/procurement/products', PRODUCT_FIELDS, ids, ofInvoices),
      agreementParts(this.client, headers, this.reference.missing),
      this.reference.companyById(headers.flatMap((header) => customerId(header) ?? [])),
      this.reference.taxCodeById(),
      this.routingOf(headers),
      this.client.site(),
    ]);
    const components = await this.componentsOf(products);
    return headers.map((header): RawInvoice => {
      const mine = products.filter((row) => refId(row, 'invoice') === header.id);
      const company = companies.get(customerId(header) ?? 0);
      const taxCode = taxCodes.get(refId(header, 'taxCode') ?? 0);
      const payload: InvoicePayload = {
        version: 1,
        invoice: withoutLinks(header),
        time: linesOf(time, header.id),
        expenses: linesOf(expenses, header.id),
        products: linesOf(products, header.id),
        components: mine.flatMap((product) => components.get(product.id) ?? []),
        agreementParts: parts.get(header.id) ?? [],
        ...(company !== undefined && { company }),
        ...(taxCode !== undefined && { taxCode }),
        routing: routing.get(header.id) ?? [],
        appUrl,
      };
      return { externalId: String(header.id), number: numberOf(header), updatedAt: updatedAt(header), payload };
    });
  }

  private async componentsOf(products: readonly Row[]): Promise<Map<number, unknown[]>> {
    const bundles = products.filter((product) => product['productClass'] === 'Bundle');
    const found = await concurrently(bundles, WIDTH, ({ id }) =>
      this.reference.missing.orAbsent('components', [], () =>
        this.client.list(`/procurement/products/${id}/components`, { fields: COMPONENT_FIELDS }),
      ),
    );
    return new Map(
      bundles.map(({ id }, index) => [id, (found[index] ?? []).map((row) => ({ parentId: id, ...(withoutLinks(row) as object) }))]),
    );
  }

  /** Who is to look at an invoice; of interest only while it is open. The vendor has no list over several invoices. */
  private async routingOf(headers: readonly Row[]): Promise<Map<number, unknown[]>> {
    const open = headers.filter((header) => (header['status'] as { isClosed?: unknown } | undefined)?.isClosed !== true);
    if (open.length === 0) return new Map();
    const members = await this.reference.memberById();
    const found = await concurrently(open, WIDTH, ({ id }) =>
      this.reference.missing.orAbsent('routing', [], () =>
        this.client.list(`/finance/invoices/${id}/routings`, { fields: ROUTING_FIELDS }),
      ),
    );
    const withEmail = (row: Row) => {
      const email = members.get(refId(row, 'member') ?? 0)?.['defaultEmail'];
      return { ...(withoutLinks(row) as object), ...(typeof email === 'string' && { email }) };
    };
    return new Map(open.map(({ id }, index) => [id, (found[index] ?? []).map(withEmail)]));
  }
}

/** In the order of ids, so that the same invoice always looks the same. */
function linesOf(rows: readonly Row[], invoiceId: number): unknown[] {
  const mine = rows.filter((row) => refId(row, 'invoice') === invoiceId).toSorted((a, b) => a.id - b.id);
  return mine.map((row) => withoutLinks(Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'invoice'))));
}

/** Who pays: the company that is billed, which may be another than the one the work was for. */
function customerId(header: Row): number | undefined {
  return refId(header, 'billToCompany') ?? refId(header, 'company');
}

export function refId(row: Row, field: string): number | undefined {
  const { id } = (row[field] ?? {}) as { id?: unknown };
  return typeof id === 'number' ? id : undefined;
}

function numberOf(header: Row): string {
  const number = header['invoiceNumber'];
  return typeof number === 'string' && number !== '' ? number : String(header.id);
}

/** The instant of the last change; the epoch where the vendor does not tell, so that it counts as changed. */
export function updatedAt(row: Row): string {
  const { lastUpdated } = (row['_info'] ?? {}) as { lastUpdated?: unknown };
  return typeof lastUpdated === 'string' && !Number.isNaN(Date.parse(lastUpdated)) ? lastUpdated : '1970-01-01T00:00:00Z';
}
