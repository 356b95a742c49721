import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { InvoiceState } from '../../domain/invoice-state.js';
import type { InvoiceType } from '../../domain/invoice.js';
import { askedDay } from '../../platform/http/date-input.js';
import type { Caller } from '../../database/audit/actor.js';
import { InboxRows, type ListedInvoice } from './inbox-rows.js';
import type { InboxFilter, InboxTab } from './inbox-statements.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { moneyText, type MoneyText } from './money-text.js';
import { pageOf, readCursor, type Page, type PageRequest } from './page.js';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';

export { FLAG_FILTERS, INBOX_TABS, type FlagFilter, type InboxFilter, type InboxTab } from './inbox-statements.js';

/** One invoice in a list. Dates are 'YYYY-MM-DD'. */
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
  reviewers: ListedInvoice['reviewers'];
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

const cursorShape = z.tuple([askedDay, z.uuid()]);

/** The list of invoices: tabs, search, flags; newest first. */
@Injectable()
export class InboxQuery {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly rows: InboxRows,
    private readonly connectors: ConnectorCatalog,
  ) {}

  async list(caller: Caller, filter: InboxFilter & PageRequest): Promise<Page<InboxItem>> {
    const after = readCursor(filter.cursor, cursorShape);
    return await this.tx.run(caller.tenantId, async () => {
      const rows = await this.rows.page(caller, filter, filter.limit + 1, after && { date: after[0], id: after[1] });
      const hashes = await this.rows.presentHashes(rows.filter((row) => row.approvedHash === null));
      return pageOf(
        rows,
        filter.limit,
        (row) => [row.date, row.id],
        (row) => this.item(row, row.approvedHash ?? hashes.get(row.id)),
      );
    });
  }

  /** How many each tab holds under this search. */
  async counts(caller: Caller, search = ''): Promise<Record<InboxTab, number>> {
    return await this.tx.run(caller.tenantId, () => this.rows.counts(caller, search));
  }

  /** Number and total of the whole filter, one entry per currency. */
  async sums(caller: Caller, filter: InboxFilter): Promise<{ count: number; total: MoneyText }[]> {
    const sums = await this.tx.run(caller.tenantId, () => this.rows.sums(caller, filter));
    return sums.map((sum) => ({ count: sum.count, total: moneyText(sum.amount, sum.currency) }));
  }

  /** Undefined when the invoice does not exist. One that has left the filter still has its neighbours. */
  async position(caller: Caller, filter: InboxFilter, invoiceId: string): Promise<InboxPosition | undefined> {
    return await this.tx.run(caller.tenantId, async () => {
      const key = await this.rows.keyOf(invoiceId);
      if (!key) return undefined;
      const { of, newer, previousId, nextId } = await this.rows.around(caller, filter, key);
      return { index: newer + 1, of, ...(previousId && { previousId }), ...(nextId && { nextId }) };
    });
  }

  private item(row: ListedInvoice, documentHash: string | undefined): InboxItem {
    const { ledger } = row;
    return {
      id: row.id,
      number: row.number,
      type: row.type,
      typeLabel: row.typeLabel,
      state: row.state,
      customer: { id: row.customerId, name: row.customerName },
      date: row.date,
      dueDate: row.dueDate,
      total: moneyText(row.total, row.currency),
      balance: moneyText(row.balance, row.currency),
      flags: { errors: row.openErrors, warnings: row.openWarnings, infos: row.openInfos },
      reviewers: row.reviewers,
      unread: row.unread,
      ...(ledger && { ledger: { connectionId: ledger.id, connector: ledger.connector, label: this.connectors.label(ledger.connector) } }),
      ...(documentHash && { documentHash }),
      changedAfterPosting: row.changedAfterPosting,
    };
  }
}
