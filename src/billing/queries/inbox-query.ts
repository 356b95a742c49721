import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';
import type { Principal } from '../../database/audit/actor.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { documentLook } from '../../domain/document-look.js';
import type { InvoiceState } from '../../domain/invoice-state.js';
import type { InvoiceType } from '../../domain/invoice.js';
import { Money, type MoneyText } from '../../domain/money.js';
import type { ReviewerEntity } from '../review/reviewer.entity.js';
import {
  inboxAround,
  inboxCounts,
  inboxLedgers,
  inboxPage,
  inboxSums,
  type InvoiceFilter,
  type InboxKey,
  type InboxTab,
} from './inbox-statements.js';
import { askedDay } from '../../platform/http/date-input.js';
import { pageOf, readCursor, type Page, type PageRequest } from './page.js';

export { FLAG_FILTERS, INBOX_TABS, type InvoiceFilter, type InboxTab } from './inbox-statements.js';

/** One invoice in a list, as the pages and the API read it. The statement of a page answers it; dates are 'YYYY-MM-DD'. */
export interface InboxItem {
  id: string;
  number: string;
  type: InvoiceType;
  /** The PSA's word for the type. */
  typeLabel: string;
  state: InvoiceState;
  customer: { id: string; name: string };
  date: string;
  dueDate: string;
  total: MoneyText;
  balance: MoneyText;
  /** Flags that stand and that nobody marked as fine. */
  flags: { errors: number; warnings: number; infos: number };
  reviewers: { name: string; email: string; state: ReviewerEntity['decision'] }[];
  /** This person has not opened it and it waits for people; never for API keys. */
  unread: boolean;
  /** Where it is, or will be, posted; absent while its location has no ledger. */
  ledger?: { connectionId: string; connector: string; label: string };
  /** SHA-256 of the stored document an approval would consent to, or has; absent until it is rendered. */
  documentHash?: string;
  /** The PSA changed the charge after it was posted. */
  changedAfterPosting: boolean;
}

/** Where an open invoice stands in the filtered list; `index` counts from 1. */
export interface InboxPosition {
  index: number;
  of: number;
  previousId?: string;
  nextId?: string;
}

/** What the statement of a page answers besides the item itself: the keys of what is read beside it. */
interface ItemKeys {
  locationExternalId: string;
  revisionId: string;
  /** The document that the final approval consents to. */
  approvedHash: string | null;
  sourceConnectionId: string;
  /** Fixed by its first live posting; until then its location decides. */
  ledgerConnectionId: string | null;
}

type FoundItem = InboxItem & { keys: ItemKeys };

interface LedgerOfLocation {
  id: string;
  connector: string;
  sourceConnectionId: string | null;
  locationExternalId: string | null;
}

const cursorShape = z.tuple([askedDay, z.uuid()]);

/** The list of invoices: tabs, search, flags; newest first. */
@Injectable()
export class InboxQuery {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly connectors: ConnectorCatalog,
  ) {}

  async list(caller: Principal, filter: InvoiceFilter & PageRequest): Promise<Page<InboxItem>> {
    const after = readCursor(filter.cursor, cursorShape);
    const page = inboxPage(caller, filter, filter.limit + 1, after && { date: after[0], id: after[1] });
    return await this.tx.run(caller.tenantId, async () => {
      const rows = await this.tx.query<FoundItem>(page.sql, page.parameters);
      const ledgers = rows.length === 0 ? [] : await this.ledgers(caller);
      const hashes = await this.presentHashes(
        rows.filter(({ keys }) => keys.approvedHash === null).map(({ id, keys }) => ({ ...keys, id })),
      );
      return pageOf(
        rows,
        filter.limit,
        (row) => [row.date, row.id],
        (row) => this.item(row, ledgers, hashes),
      );
    });
  }

  /** How many each tab holds under this search. */
  async counts(caller: Principal, search = ''): Promise<Record<InboxTab, number>> {
    const { sql, parameters } = inboxCounts(caller, search);
    const [counts] = await this.tx.run(caller.tenantId, () => this.tx.query<Record<InboxTab, number>>(sql, parameters));
    if (!counts) throw new Error('Counting answered nothing');
    return counts;
  }

  /** Number and total of the whole filter, one entry per currency. */
  async sums(caller: Principal, filter: InvoiceFilter): Promise<{ count: number; total: MoneyText }[]> {
    const { sql, parameters } = inboxSums(caller, filter);
    const sums = await this.tx.run(caller.tenantId, () =>
      this.tx.query<{ currency: string; count: number; amount: string }>(sql, parameters),
    );
    return sums.map((sum) => ({ count: sum.count, total: Money.of(sum.amount, sum.currency).toJSON() }));
  }

  /** Undefined when the invoice does not exist. One that has left the filter still has its neighbours. */
  async position(caller: Principal, filter: InvoiceFilter, invoiceId: string): Promise<InboxPosition | undefined> {
    return await this.tx.run(caller.tenantId, async () => {
      const [key] = await this.tx.query<InboxKey>('select date, id from invoice where tenant_id = $1 and id = $2', [
        caller.tenantId,
        invoiceId,
      ]);
      if (!key) return undefined;
      const { sql, parameters } = inboxAround(caller, filter, key);
      const [place] = await this.tx.query<{ of: number; newer: number; previousId: string | null; nextId: string | null }>(sql, parameters);
      if (!place) throw new Error('A place in the list answered nothing');
      const { of, newer, previousId, nextId } = place;
      return { index: newer + 1, of, ...(previousId && { previousId }), ...(nextId && { nextId }) };
    });
  }

  /**
   * By invoice id, the hash of the stored document that shows the present revision under the present look; within the
   * transaction of whoever asks.
   */
  async presentHashes(
    invoices: readonly ({ id: string } & Pick<ItemKeys, 'revisionId' | 'locationExternalId'>)[],
  ): Promise<Map<string, string>> {
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

  private async ledgers(caller: Principal): Promise<LedgerOfLocation[]> {
    const { sql, parameters } = inboxLedgers(caller);
    return await this.tx.query(sql, parameters);
  }

  private item({ keys, ...item }: FoundItem, ledgers: readonly LedgerOfLocation[], hashes: ReadonlyMap<string, string>): InboxItem {
    const ledger = ledgerOf(keys, ledgers);
    const documentHash = keys.approvedHash ?? hashes.get(item.id);
    return {
      ...item,
      total: Money.of(item.total.amount, item.total.currency).toJSON(),
      balance: Money.of(item.balance.amount, item.balance.currency).toJSON(),
      ...(ledger && { ledger: { connectionId: ledger.id, connector: ledger.connector, label: this.connectors.label(ledger.connector) } }),
      ...(documentHash && { documentHash }),
    };
  }
}

function ledgerOf(row: ItemKeys, ledgers: readonly LedgerOfLocation[]): LedgerOfLocation | undefined {
  const { ledgerConnectionId, sourceConnectionId, locationExternalId } = row;
  return ledgers.find((ledger) =>
    ledgerConnectionId
      ? ledger.id === ledgerConnectionId
      : ledger.sourceConnectionId === sourceConnectionId && ledger.locationExternalId === locationExternalId,
  );
}
