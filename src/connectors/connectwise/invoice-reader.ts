import type { RawInvoice } from '../../ports/billing-source.js';
import type { ConnectorError } from '../../ports/connector-error.js';
import type { ConnectorContext } from '../../ports/connector.js';
import type { InvoiceBundles } from './bundles.js';
import type { ConnectwiseClient, Row } from './client.js';
import { LABEL } from './descriptor.js';
import { INVOICE_FIELDS } from './fields.js';
import { isolate } from './isolate.js';

/** Stands in for an invoice that the vendor cannot hand out, so that it is set aside and shown instead of lost. */
interface UnreadablePayload {
  version: 1;
  unreadable: { id: number; why: string };
}

export function isUnreadable({ payload }: RawInvoice): boolean {
  return typeof payload === 'object' && payload !== null && 'unreadable' in payload;
}

/** Complete invoices, in bulk; one that the vendor stumbles over does not take its neighbours with it. */
export class InvoiceReader {
  constructor(
    private readonly client: ConnectwiseClient,
    private readonly bundles: InvoiceBundles,
    private readonly context: ConnectorContext,
  ) {}

  /** What could not be learned of the invoices that were read so far, because a list of it was refused. */
  notKnown(): string[] {
    return this.bundles.notKnown();
  }

  async complete(headers: readonly Row[]): Promise<RawInvoice[]> {
    const byId = new Map(headers.map((header) => [header.id, header]));
    return this.isolated(
      headers.map((header) => header.id),
      (ids) => this.bundles.complete(ids.flatMap((id) => byId.get(id) ?? [])),
    );
  }

  /** Those that exist, in the order of their ids. */
  async byId(ids: readonly number[]): Promise<RawInvoice[]> {
    return this.isolated(ids, async (part) => {
      const headers = await this.client.listIn('/finance/invoices', INVOICE_FIELDS, part, (list) => `id in (${list})`);
      return this.bundles.complete(headers.toSorted((a, b) => a.id - b.id));
    });
  }

  private async isolated(ids: readonly number[], read: (ids: readonly number[]) => Promise<RawInvoice[]>): Promise<RawInvoice[]> {
    const { good, corrupt } = await isolate(ids, read, () => this.client.get('/system/info'));
    return [...good, ...corrupt.map(({ id, error }) => this.setAside(id, error))];
  }

  private setAside(id: number, error: ConnectorError): RawInvoice {
    const words = error.details.vendorWords;
    const why =
      `${LABEL} cannot hand out this invoice: asked for it alone, it answers with an error${words ? ` (${words})` : ''}. ` +
      `Open it there and save it again.`;
    const payload: UnreadablePayload = { version: 1, unreadable: { id, why } };
    return { externalId: String(id), number: String(id), updatedAt: this.context.clock.now().toISOString(), payload };
  }
}
