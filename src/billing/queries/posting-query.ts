import { Money, type MoneyText } from '../../domain/money.js';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { POSTING_STATES, type PostingState, type PostingOperation, postingAfter } from '../../domain/posting-state.js';
import { notFound } from '../../domain/refusal.js';
import type { Principal } from '../../database/audit/actor.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { pageOf, readCursor, type Page, type PageRequest } from './page.js';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';
import { searchWords } from '../../domain/search-text.js';

/** One intent to write something at a vendor, and how it went. Instants are ISO. */
export interface PostingItem {
  id: string;
  operation: PostingOperation;
  state: PostingState;
  connection: { id: string; connector: string; label: string; account: string };
  invoice?: { id: string; number: string; customer: string };
  /** As sent, or as it will be. */
  number?: string;
  /** What a customer or an item is called at the vendor. */
  name?: string;
  amount?: MoneyText;
  /** What happened, what it means, what to do. */
  cause?: string;
  vendorWords?: string;
  vendorCode?: string;
  attempts: number;
  notBefore: string;
  sentAt?: string;
  createdAt: string;
  updatedAt: string;
  createdBy: string;
  assignedTo?: string;
  /** The vendor's id of what was written. */
  externalId?: string;
  /** Deep links: what was written at the vendor, and the invoice in the PSA. */
  links: { label: string; href: string }[];
  /** What its state allows; whether a person may is their role's business. */
  can: { retry: boolean; skip: boolean; postNow: boolean };
}

/** The parts of an intent that people see; intents of other operations have none of them. */
const shownIntent = z.object({
  number: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  total: z.string().optional().catch(undefined),
  amount: z.string().optional().catch(undefined),
  currency: z.string().optional().catch(undefined),
});

export function postingItem(row: ListedPosting, connectors: ConnectorCatalog): PostingItem {
  const intent = shownIntent.parse(row.intent);
  const amount = row.operation === 'document' ? intent.total : intent.amount;
  const currency = intent.currency ?? row.invoiceCurrency;
  const number = row.sentNumber ?? intent.number;
  const label = connectors.label(row.connector);
  return {
    id: row.id,
    operation: row.operation,
    state: row.state,
    connection: { id: row.connectionId, connector: row.connector, label, account: row.connectionLabel },
    ...(row.invoiceId && { invoice: { id: row.invoiceId, number: row.invoiceNumber ?? '', customer: row.customerName ?? '' } }),
    ...(number && { number }),
    ...(intent.name && { name: intent.name }),
    ...(amount && currency && { amount: Money.of(amount, currency).toJSON() }),
    ...(row.cause && { cause: row.cause }),
    ...(row.vendorWords && { vendorWords: row.vendorWords }),
    ...(row.vendorCode && { vendorCode: row.vendorCode }),
    attempts: row.attempts,
    notBefore: row.notBefore.toISOString(),
    ...(row.sentAt && { sentAt: row.sentAt.toISOString() }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    createdBy: row.createdBy,
    ...(row.assignedTo && { assignedTo: row.assignedTo }),
    ...(row.externalId && { externalId: row.externalId }),
    links: [
      ...(row.link ? [{ label, href: row.link }] : []),
      ...(row.sourceLink && row.sourceConnector ? [{ label: connectors.label(row.sourceConnector), href: row.sourceLink }] : []),
    ],
    can: {
      retry: postingAfter(row.state, 'retry') !== undefined,
      skip: postingAfter(row.state, 'skip') !== undefined,
      postNow: row.state === 'planned',
    },
  };
}

export interface ListedPosting {
  id: string;
  operation: PostingOperation;
  state: PostingState;
  connectionId: string;
  connector: string;
  connectionLabel: string;
  invoiceId: string | null;
  invoiceNumber: string | null;
  customerName: string | null;
  invoiceCurrency: string | null;
  sourceLink: string | null;
  sourceConnector: string | null;
  sentNumber: string | null;
  intent: Record<string, unknown>;
  externalId: string | null;
  link: string | null;
  cause: string | null;
  vendorWords: string | null;
  vendorCode: string | null;
  attempts: number;
  assignedTo: string | null;
  createdBy: string;
  notBefore: Date;
  sentAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

interface PostingFilter {
  state?: PostingState;
  /** One of these. */
  states?: readonly PostingState[];
  connectionId?: string;
  /** Words of the invoice's number and customer. */
  search?: string;
}

/** How sending documents to one connection goes: what was decided since a moment, and what still waits. */
interface PostingRunRow {
  connectionId: string;
  connector: string;
  connectionLabel: string;
  posted: number;
  refused: number;
  waiting: number;
}

const LISTED = `select p.id, p.operation, p.state, p.connection_id as "connectionId", c.connector, c.label as "connectionLabel", p.invoice_id as "invoiceId",
    i.number as "invoiceNumber", i.customer_name as "customerName", i.currency as "invoiceCurrency",
      i.context ->> 'link' as "sourceLink", s.connector as "sourceConnector",
    p.sent_number as "sentNumber", p.intent, p.external_id as "externalId", p.link, p.cause, p.vendor_words as "vendorWords",
      p.vendor_code as "vendorCode", p.attempts,
    p.assigned_to as "assignedTo", p.created_by as "createdBy", p.not_before as "notBefore", p.sent_at as "sentAt",
      p.created_at as "createdAt", p.updated_at as "updatedAt"
  from posting p
  join connection c on c.tenant_id = p.tenant_id and c.id = p.connection_id
  left join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id
  left join connection s on s.tenant_id = i.tenant_id and s.id = i.connection_id`;

const cursorShape = z.uuid();

/** What was, is being and will be written at vendors: newest first by their time-ordered ids, which never move while somebody pages. */
@Injectable()
export class PostingQuery {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly connectors: ConnectorCatalog,
  ) {}

  async list(caller: Principal, request: PostingFilter & PageRequest): Promise<Page<PostingItem>> {
    const afterId = readCursor(request.cursor, cursorShape);
    const rows = await this.tx.run(caller.tenantId, () => this.page(request, request.limit + 1, afterId));
    return pageOf(
      rows,
      request.limit,
      (row) => row.id,
      (row) => postingItem(row, this.connectors),
    );
  }

  /** @throws Refusal 'not_found' */
  async one(caller: Principal, id: string): Promise<PostingItem> {
    const [row] = await this.tx.run(caller.tenantId, () =>
      this.tx.query<ListedPosting>(`${LISTED} where p.tenant_id = $1 and p.id = $2`, [this.tx.tenantId, id]),
    );
    if (!row) throw notFound('This posting');
    return postingItem(row, this.connectors);
  }

  /** Every state, zeros included. */
  async counts(caller: Principal, connectionId?: string, search?: string): Promise<Record<PostingState, number>> {
    const counted = await this.tx.run(caller.tenantId, () => this.stateCounts(connectionId, search));
    const found = new Map(counted.map((row) => [row.state, row.count]));
    const entries = POSTING_STATES.map((state): [PostingState, number] => [state, found.get(state) ?? 0]);
    return Object.fromEntries(entries) as Record<PostingState, number>;
  }

  /** For each connection that documents go to: what was decided since then, and what still waits. */
  async runs(caller: Principal, since: Date): Promise<PostingRun[]> {
    const rows = await this.tx.run(caller.tenantId, () => this.runRows(since));
    return rows.map((row) => ({ ...row, label: this.connectors.label(row.connector) }));
  }

  /** What was written for one invoice, oldest first; within the transaction of whoever asks. */
  async ofInvoice(invoiceId: string): Promise<PostingItem[]> {
    const rows = await this.tx.query<ListedPosting>(`${LISTED} where p.tenant_id = $1 and p.invoice_id = $2 order by p.id`, [
      this.tx.tenantId,
      invoiceId,
    ]);
    return rows.map((row) => postingItem(row, this.connectors));
  }

  private async page(filter: PostingFilter, limit: number, afterId?: string): Promise<ListedPosting[]> {
    const parameters: unknown[] = [this.tx.tenantId];
    const where = ['p.tenant_id = $1'];
    const add = (condition: string, value: unknown): void => void where.push(`${condition} $${parameters.push(value)}`);
    if (filter.state) add('p.state =', filter.state);
    if (filter.states) where.push(`p.state = any($${parameters.push([...filter.states])})`);
    for (const word of searchWords(filter.search ?? '')) where.push(`strpos(i.search, $${parameters.push(word)}) > 0`);
    if (filter.connectionId) add('p.connection_id =', filter.connectionId);
    if (afterId) add('p.id <', afterId);
    return await this.tx.query(`${LISTED} where ${where.join(' and ')} order by p.id desc limit $${parameters.push(limit)}`, parameters);
  }

  private async stateCounts(connectionId?: string, search?: string): Promise<{ state: PostingState; count: number }[]> {
    const parameters: unknown[] = [this.tx.tenantId, connectionId ?? null];
    const found = searchWords(search ?? '').map((word) => ` and strpos(i.search, $${parameters.push(word)}) > 0`);
    return await this.tx.query(
      `select p.state, count(*)::int as count from posting p left join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id
       where p.tenant_id = $1 and ($2::uuid is null or p.connection_id = $2)${found.join('')} group by p.state`,
      parameters,
    );
  }

  /** Connections with documents that were decided since then or still wait. */
  private async runRows(since: Date): Promise<PostingRunRow[]> {
    return await this.tx.query(
      `select c.id as "connectionId", c.connector, c.label as "connectionLabel", count(*) filter (where p.state = 'posted')::int as posted,
              count(*) filter (where p.state = 'refused')::int as refused,
              count(*) filter (where p.state in ('planned', 'sending', 'unknown'))::int as waiting
       from posting p join connection c on c.tenant_id = p.tenant_id and c.id = p.connection_id
       where p.tenant_id = $1 and p.operation = 'document'
         and (p.state in ('planned', 'sending', 'unknown') or (p.state in ('posted', 'refused') and p.updated_at >= $2))
       group by c.id, c.connector, c.label, c.created_at order by c.created_at, c.id`,
      [this.tx.tenantId, since],
    );
  }
}

/** `label` is what people call the vendor, `connectionLabel` the account there. */
export type PostingRun = PostingRunRow & { label: string };
