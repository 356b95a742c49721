import { Injectable } from '@nestjs/common';
import type { PostingOperation, PostingState } from '../../domain/posting-state.js';
import { searchText } from '../../domain/search-text.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

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

export interface PostingFilter {
  state?: PostingState;
  /** One of these. */
  states?: readonly PostingState[];
  connectionId?: string;
  /** Words of the invoice's number and customer. */
  search?: string;
}

/** How sending documents to one connection goes: what was decided since a moment, and what still waits. */
export interface PostingRunRow {
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

/** Postings for people: newest first by their time-ordered ids, which never move while somebody pages. */
@Injectable()
export class PostingRows {
  constructor(private readonly tx: TenantTransaction) {}

  async page(filter: PostingFilter, limit: number, afterId?: string): Promise<ListedPosting[]> {
    const parameters: unknown[] = [this.tx.tenantId];
    const where = ['p.tenant_id = $1'];
    const add = (condition: string, value: unknown): void => void where.push(`${condition} $${parameters.push(value)}`);
    if (filter.state) add('p.state =', filter.state);
    if (filter.states) where.push(`p.state = any($${parameters.push([...filter.states])})`);
    for (const word of words(filter.search)) where.push(`strpos(i.search, $${parameters.push(word)}) > 0`);
    if (filter.connectionId) add('p.connection_id =', filter.connectionId);
    if (afterId) add('p.id <', afterId);
    return await this.tx.query(`${LISTED} where ${where.join(' and ')} order by p.id desc limit $${parameters.push(limit)}`, parameters);
  }

  async one(id: string): Promise<ListedPosting | undefined> {
    const [row] = await this.tx.query<ListedPosting>(`${LISTED} where p.tenant_id = $1 and p.id = $2`, [this.tx.tenantId, id]);
    return row;
  }

  /** Oldest first: how it went. */
  async ofInvoice(invoiceId: string): Promise<ListedPosting[]> {
    return await this.tx.query(`${LISTED} where p.tenant_id = $1 and p.invoice_id = $2 order by p.id`, [this.tx.tenantId, invoiceId]);
  }

  async counts(connectionId?: string, search?: string): Promise<{ state: PostingState; count: number }[]> {
    const parameters: unknown[] = [this.tx.tenantId, connectionId ?? null];
    const found = words(search).map((word) => ` and strpos(i.search, $${parameters.push(word)}) > 0`);
    return await this.tx.query(
      `select p.state, count(*)::int as count from posting p left join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id
       where p.tenant_id = $1 and ($2::uuid is null or p.connection_id = $2)${found.join('')} group by p.state`,
      parameters,
    );
  }

  /** Connections with documents that were decided since then or still wait. */
  async runs(since: Date): Promise<PostingRunRow[]> {
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

function words(search = ''): string[] {
  return searchText(search).split(' ').filter(Boolean).slice(0, 8);
}
