import { Injectable } from '@nestjs/common';
import type { Customer } from '../../domain/customer.js';
import type { InvoiceState } from '../../domain/invoice-state.js';
import type { SourceInvoice } from '../../domain/invoice.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { searchText } from '../../domain/search-text.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

export interface KnownInvoice {
  id: string;
  externalId: string;
  state: InvoiceState;
  revisionNumber: number;
  contentHash: string;
  /** The tenant kept no content when this revision was read. */
  isBare: boolean;
  /** A document posting is on its way or done: the books hold, or may hold, what was approved. */
  inLedger: boolean;
}

export interface InvoiceWrite {
  id: string;
  invoice: SourceInvoice;
  contentHash: string;
  /** Absent: the revision stays as it is. */
  revision?: { id: string; number: number; current: boolean };
  /** The same charge as before, with its content again: no news for anybody. */
  restored?: boolean;
  /** It was passed over while no content was kept, and is now to be reviewed like a new one. */
  opened?: boolean;
  /** Only for new invoices. */
  state?: InvoiceState;
  customerId: string;
}

/** The batch writes of intake: a page of invoices in a handful of statements. */
@Injectable()
export class IntakeInvoices {
  constructor(private readonly tx: TenantTransaction) {}

  /** Locks what it answers, so that nothing is sent or decided while the charge changes. */
  async known(connectionId: string, externalIds: readonly string[]): Promise<Map<string, KnownInvoice>> {
    // First the lock and then, in a statement of its own, the look: what was sent while this waited has to be seen.
    await this.tx.query(
      'select id from invoice where tenant_id = $1 and connection_id = $2 and external_id = any($3) order by id for update',
      [this.tx.tenantId, connectionId, externalIds],
    );
    const rows = await this.tx.query<KnownInvoice>(
      `select i.id, i.external_id as "externalId", i.state, r.number as "revisionNumber", r.content_hash as "contentHash",
              r."isBare", exists (select from posting p where p.tenant_id = i.tenant_id and p.invoice_id = i.id and p.operation = 'document'
                      and p.state in ('sending', 'unknown', 'posted')) as "inLedger"
       from invoice i
       join lateral (select number, content_hash, content ? 'bare' as "isBare" from invoice_revision r
         where r.tenant_id = i.tenant_id and r.invoice_id = i.id order by number desc limit 1) r on true
       where i.tenant_id = $1 and i.connection_id = $2 and i.external_id = any($3)`,
      [this.tx.tenantId, connectionId, externalIds],
    );
    return new Map(rows.map((row) => [row.externalId, row]));
  }

  /** Those that were deleted here by age. They do not come back: as a new invoice they could be posted a second time. */
  async purged(connectionId: string, externalIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.tx.query<{ externalId: string }>(
      'select external_id as "externalId" from purged_invoice where tenant_id = $1 and connection_id = $2 and external_id = any($3)',
      [this.tx.tenantId, connectionId, externalIds],
    );
    return new Set(rows.map((row) => row.externalId));
  }

  /** Answers our id of each customer by its id in the PSA. */
  async saveCustomers(connectionId: string, customers: readonly Customer[], now: Date): Promise<Map<string, string>> {
    const unique = [...new Map(customers.map((customer) => [customer.externalId, customer])).values()];
    const rows = await this.tx.query<{ id: string; externalId: string }>(
      `insert into customer as c (tenant_id, id, connection_id, external_id, name, data, updated_at)
       select $1, n.id, $2, n.external_id, n.name, n.data, $3
       from jsonb_to_recordset($4::jsonb) as n (id uuid, external_id text, name text, data jsonb)
       on conflict (tenant_id, connection_id, external_id) do update set name = excluded.name, data = excluded.data, updated_at = excluded.updated_at
       returning c.id, c.external_id as "externalId"`,
      [
        this.tx.tenantId,
        connectionId,
        now,
        JSON.stringify(unique.map((data) => ({ id: uuidv7(), external_id: data.externalId, name: data.name, data }))),
      ],
    );
    return new Map(rows.map((row) => [row.externalId, row.id]));
  }

  async insertRevisions(writes: readonly InvoiceWrite[], now: Date): Promise<void> {
    const revisions = writes.flatMap((write) =>
      write.revision
        ? [
            {
              id: write.revision.id,
              invoice_id: write.id,
              number: write.revision.number,
              content_hash: write.contentHash,
              content: write.invoice.content,
            },
          ]
        : [],
    );
    if (revisions.length === 0) return;
    await this.tx.execute(
      `insert into invoice_revision (tenant_id, id, invoice_id, number, content_hash, content, created_at)
       select $1, r.id, r.invoice_id, r.number, r.content_hash, r.content, $2
       from jsonb_to_recordset($3::jsonb) as r (id uuid, invoice_id uuid, number int, content_hash text, content jsonb)`,
      [this.tx.tenantId, now, JSON.stringify(revisions)],
    );
  }

  async insertInvoices(connectionId: string, writes: readonly InvoiceWrite[], now: Date): Promise<void> {
    if (writes.length === 0) return;
    await this.tx.execute(
      `insert into invoice (tenant_id, id, connection_id, external_id, state, revision_id, customer_id, first_seen_at, updated_at, ${COLUMNS.join(', ')})
       select $1, n.id, $2, n.external_id, n.state, n.revision_id, n.customer_id, $3, $3, ${COLUMNS.map((column) => `n.${column}`).join(', ')}
       from jsonb_to_recordset($4::jsonb) as n (id uuid, external_id text, state text, revision_id uuid, customer_id uuid, ${TYPES})`,
      [this.tx.tenantId, connectionId, now, JSON.stringify(writes.map(toRecord))],
    );
  }

  /** What may always change: balance, status, routing, and the charge itself when the revision became the current one. */
  async refreshInvoices(writes: readonly InvoiceWrite[], now: Date): Promise<void> {
    const moved = writes.filter((write) => write.revision?.current && !write.restored);
    const kept = writes.filter((write) => !moved.includes(write));
    if (kept.length > 0) {
      // What a ledger holds is paid there, and the PSA learns it from us: until it did, its own balance is behind.
      await this.tx.execute(
        `update invoice i set balance = case when i.state in ('posted', 'settled') then i.balance else n.balance end,
          context = n.context, revision_id = coalesce(n.restored_id, i.revision_id),
          agreement_external_id = case when n.restored_id is null then i.agreement_external_id else n.agreement_external_id end,
          source_updated_at = n.source_updated_at, updated_at = $2, check_wanted = true,
                changed_after_posting = i.changed_after_posting or n.revised
         from jsonb_to_recordset($3::jsonb) as n (id uuid, revised boolean, restored_id uuid, ${TYPES})
         where i.tenant_id = $1 and i.id = n.id`,
        [this.tx.tenantId, now, JSON.stringify(kept.map(toRecord))],
      );
    }
    if (moved.length > 0) {
      await this.tx.execute(
        `update invoice i set revision_id = n.revision_id, customer_id = n.customer_id, updated_at = $2, check_wanted = true,
                ${COLUMNS.map((column) => `${column} = n.${column}`).join(', ')}
         from jsonb_to_recordset($3::jsonb) as n (id uuid, revision_id uuid, customer_id uuid, ${TYPES})
         where i.tenant_id = $1 and i.id = n.id`,
        [this.tx.tenantId, now, JSON.stringify(moved.map(toRecord))],
      );
    }
  }
}

const COLUMN_TYPES = {
  number: 'text',
  search: 'text',
  type: 'text',
  type_label: 'text',
  customer_name: 'text',
  date: 'date',
  due_date: 'date',
  currency: 'text',
  subtotal: 'numeric',
  tax: 'numeric',
  total: 'numeric',
  balance: 'numeric',
  agreement_external_id: 'text',
  location_external_id: 'text',
  context: 'jsonb',
  source_updated_at: 'timestamptz',
} as const;
const COLUMNS = Object.keys(COLUMN_TYPES);
const TYPES = Object.entries(COLUMN_TYPES)
  .map(([column, type]) => `${column} ${type}`)
  .join(', ');

function toRecord(write: InvoiceWrite): Record<string, unknown> {
  const { content, context } = write.invoice;
  return {
    id: write.id,
    external_id: context.externalId,
    state: write.state,
    revision_id: write.revision?.id,
    revised: write.revision !== undefined && !write.restored,
    restored_id: write.restored ? write.revision?.id : undefined,
    customer_id: write.customerId,
    number: content.number,
    search: searchText(content.number, content.customer.name),
    type: content.type,
    type_label: content.typeLabel,
    customer_name: content.customer.name,
    date: content.date,
    due_date: content.dueDate,
    currency: content.currency,
    subtotal: content.subtotal,
    tax: content.tax,
    total: content.total,
    balance: context.balance,
    agreement_external_id: context.agreement?.externalId,
    location_external_id: context.location.externalId,
    context,
    source_updated_at: context.updatedAt,
  };
}
