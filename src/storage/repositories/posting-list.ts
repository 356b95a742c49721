import { Injectable } from '@nestjs/common';
import type { PostingOperation, PostingState } from '../../domain/posting-state.js';
import { TenantTransaction } from '../tenant-transaction.js';

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
  connectionId?: string;
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
export class PostingList {
  constructor(private readonly tx: TenantTransaction) {}

  async page(filter: PostingFilter, limit: number, afterId?: string): Promise<ListedPosting[]> {
    const parameters: unknown[] = [this.tx.tenantId];
    const where = ['p.tenant_id = $1'];
    const add = (condition: string, value: unknown): void => void where.push(`${condition} $${parameters.push(value)}`);
    if (filter.state) add('p.state =', filter.state);
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

  async counts(connectionId?: string): Promise<{ state: PostingState; count: number }[]> {
    return await this.tx.query(
      `select state, count(*)::int as count from posting where tenant_id = $1 and ($2::uuid is null or connection_id = $2) group by state`,
      [this.tx.tenantId, connectionId ?? null],
    );
  }
}
