import { Injectable } from '@nestjs/common';
import { documentLook } from '../../domain/document-look.js';
import type { InvoiceState } from '../../domain/invoice-state.js';
import type { InvoiceType } from '../../domain/invoice.js';
import type { ReviewerEntity } from '../review/reviewer.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import {
  inboxAround,
  inboxCounts,
  inboxLedgers,
  inboxPage,
  inboxSums,
  type InboxFilter,
  type InboxKey,
  type InboxTab,
  type InboxViewer,
} from './inbox-statements.js';

export interface ListedInvoice {
  id: string;
  number: string;
  type: InvoiceType;
  typeLabel: string;
  state: InvoiceState;
  customerId: string;
  customerName: string;
  date: string;
  dueDate: string;
  currency: string;
  total: string;
  balance: string;
  locationExternalId: string;
  revisionId: string;
  openErrors: number;
  openWarnings: number;
  openInfos: number;
  changedAfterPosting: boolean;
  /** Where it is or will be posted; null while its location has no ledger. */
  ledger: { id: string; connector: string } | null;
  unread: boolean;
  reviewers: { name: string; email: string; state: ReviewerEntity['decision'] }[];
  approvedHash: string | null;
}

interface PageRow extends Omit<ListedInvoice, 'ledger'> {
  sourceConnectionId: string;
  /** Fixed by its first live posting; until then its location decides. */
  ledgerConnectionId: string | null;
}

interface LedgerRow {
  id: string;
  connector: string;
  sourceConnectionId: string | null;
  locationExternalId: string | null;
}

export interface InboxPlace {
  of: number;
  newer: number;
  previousId: string | null;
  nextId: string | null;
}

/** The list of invoices as people page through it. */
@Injectable()
export class InboxRows {
  constructor(private readonly tx: TenantTransaction) {}

  async page(viewer: InboxViewer, filter: InboxFilter, limit: number, after?: InboxKey): Promise<ListedInvoice[]> {
    const page = inboxPage(viewer, filter, limit, after);
    const rows = await this.tx.query<PageRow>(page.sql, page.parameters);
    if (rows.length === 0) return [];
    const { sql, parameters } = inboxLedgers(viewer);
    const ledgers = await this.tx.query<LedgerRow>(sql, parameters);
    return rows.map((row) => ({ ...row, ledger: ledgerOf(row, ledgers) }));
  }

  async counts(viewer: InboxViewer, search: string): Promise<Record<InboxTab, number>> {
    const { sql, parameters } = inboxCounts(viewer, search);
    const [counts] = await this.tx.query<Record<InboxTab, number>>(sql, parameters);
    if (!counts) throw new Error('Counting answered nothing');
    return counts;
  }

  async sums(viewer: InboxViewer, filter: InboxFilter): Promise<{ currency: string; count: number; amount: string }[]> {
    const { sql, parameters } = inboxSums(viewer, filter);
    return await this.tx.query(sql, parameters);
  }

  async keyOf(invoiceId: string): Promise<InboxKey | undefined> {
    const [key] = await this.tx.query<InboxKey>('select date, id from invoice where tenant_id = $1 and id = $2', [
      this.tx.tenantId,
      invoiceId,
    ]);
    return key;
  }

  async around(viewer: InboxViewer, filter: InboxFilter, key: InboxKey): Promise<InboxPlace> {
    const { sql, parameters } = inboxAround(viewer, filter, key);
    const [place] = await this.tx.query<InboxPlace>(sql, parameters);
    if (!place) throw new Error('A place in the list answered nothing');
    return place;
  }

  /** By invoice id, the hash of the stored document that shows the present revision under the present look. */
  async presentHashes(invoices: readonly Pick<ListedInvoice, 'id' | 'revisionId' | 'locationExternalId'>[]): Promise<Map<string, string>> {
    if (invoices.length === 0) return new Map();
    const stored = await this.tx.query<{ revisionId: string; look: string; sha256: string; brandVersion: number }>(
      `select d.revision_id as "revisionId", d.look, d.sha256, b.version as "brandVersion" from document d
       join brand b on b.tenant_id = d.tenant_id where d.tenant_id = $1 and d.revision_id = any($2)`,
      [this.tx.tenantId, invoices.map((invoice) => invoice.revisionId)],
    );
    return new Map(
      invoices.flatMap((invoice) =>
        stored
          .filter((row) => row.revisionId === invoice.revisionId && row.look === documentLook(row.brandVersion, invoice.locationExternalId))
          .map((row): [string, string] => [invoice.id, row.sha256]),
      ),
    );
  }
}

function ledgerOf(row: PageRow, ledgers: readonly LedgerRow[]): ListedInvoice['ledger'] {
  const { ledgerConnectionId, sourceConnectionId, locationExternalId } = row;
  const found = ledgers.find((ledger) =>
    ledgerConnectionId
      ? ledger.id === ledgerConnectionId
      : ledger.sourceConnectionId === sourceConnectionId && ledger.locationExternalId === locationExternalId,
  );
  return found ? { id: found.id, connector: found.connector } : null;
}
