import { Money } from '../../domain/money.js';
import type {
  BillingSource,
  BillingStatus,
  RawInvoice,
  SourceGlance,
  SourceLocation,
  SourcePage,
  StaffList,
} from '../../ports/billing-source.js';
import type { ConnectorContext, HealthReport } from '../../ports/connector.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { fromJsonNumber } from '../kit/money-border.js';
import { InvoiceBundles, updatedAt } from './bundles.js';
import type { ConnectwiseClient, Row } from './client.js';
import { GLANCE_FIELDS } from './fields.js';
import { checkHealth } from './health.js';
import { InvoiceReader } from './invoice-reader.js';
import { pull } from './pull.js';
import { readLocations, readStaff, readStatuses, ReferenceData } from './reference-data.js';
import { writeStatus } from './status-write.js';

const IDS_PER_PAGE = 1_000;

/** One company's PSA as a source of invoices. */
export class ConnectwiseSource implements BillingSource {
  private readonly reader: InvoiceReader;
  private readonly reference: ReferenceData;

  constructor(
    private readonly context: ConnectorContext,
    private readonly client: ConnectwiseClient,
  ) {
    this.reference = new ReferenceData(client);
    this.reader = new InvoiceReader(client, new InvoiceBundles(client, this.reference), context);
  }

  check(): Promise<HealthReport> {
    return checkHealth(this.client);
  }

  pull(cursor: string | undefined): AsyncIterable<SourcePage> {
    return pull(this.client, this.reader, this.context, cursor);
  }

  fetch(externalIds: readonly string[]): Promise<RawInvoice[]> {
    return this.reader.byId(numbers(externalIds));
  }

  async glance(externalIds: readonly string[]): Promise<SourceGlance[]> {
    if (externalIds.length === 0) return [];
    const rows = await this.client.listIn('/finance/invoices', GLANCE_FIELDS, numbers(externalIds), (list) => `id in (${list})`);
    return rows.map(glanceOf);
  }

  async *listIds(): AsyncGenerator<string[]> {
    let pageId: number | undefined;
    do {
      const page = await this.client.page('/finance/invoices', { fields: 'id' }, IDS_PER_PAGE, pageId);
      yield page.rows.map((row) => String(row.id));
      pageId = page.next;
    } while (pageId !== undefined);
  }

  statuses(): Promise<BillingStatus[]> {
    return readStatuses(this.client);
  }

  locations(): Promise<SourceLocation[]> {
    return readLocations(this.client);
  }

  staff(): Promise<StaffList> {
    return readStaff(this.reference);
  }

  writeStatus(externalId: string, statusExternalId: string): Promise<WriteOutcome> {
    return writeStatus(this.client, externalId, statusExternalId);
  }
}

/** Ids of this vendor are whole numbers; anything else names no invoice of it. */
function numbers(ids: readonly string[]): number[] {
  return ids.filter((id) => /^\d{1,15}$/.test(id)).map((id) => Number.parseInt(id, 10));
}

function glanceOf(row: Row): SourceGlance {
  const status = (row['status'] ?? {}) as { id?: number; isClosed?: boolean };
  const { currencyCode } = (row['currency'] ?? {}) as { currencyCode?: unknown };
  const currency = typeof currencyCode === 'string' && /^[A-Z]{3}$/.test(currencyCode) ? currencyCode : 'XXX';
  return {
    externalId: String(row.id),
    updatedAt: updatedAt(row),
    statusExternalId: String(status.id ?? ''),
    closed: status.isClosed === true,
    total: Money.of(fromJsonNumber(row['total'] ?? 0), currency).toText(),
  };
}
