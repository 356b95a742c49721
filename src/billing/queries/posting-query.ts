import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { POSTING_STATES, type PostingState } from '../../domain/posting-state.js';
import { notFound } from '../../domain/refusal.js';
import type { Caller } from '../../database/audit/actor.js';
import { PostingRows, type PostingFilter, type PostingRunRow } from './posting-rows.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { pageOf, readCursor, type Page, type PageRequest } from './page.js';
import { postingItem, type PostingItem } from './posting-item.js';
import { ConnectorCatalog } from './connector-catalog.js';

const cursorShape = z.uuid();

/** What was, is being and will be written at vendors; newest first. */
@Injectable()
export class PostingQuery {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly postings: PostingRows,
    private readonly systems: ConnectorCatalog,
  ) {}

  async list(caller: Caller, request: PostingFilter & PageRequest): Promise<Page<PostingItem>> {
    const afterId = readCursor(request.cursor, cursorShape);
    const rows = await this.tx.run(caller.tenantId, () => this.postings.page(request, request.limit + 1, afterId));
    return pageOf(
      rows,
      request.limit,
      (row) => row.id,
      (row) => postingItem(row, this.systems),
    );
  }

  /** @throws Refusal 'not_found' */
  async one(caller: Caller, id: string): Promise<PostingItem> {
    const row = await this.tx.run(caller.tenantId, () => this.postings.one(id));
    if (!row) throw notFound('This posting');
    return postingItem(row, this.systems);
  }

  /** Every state, zeros included. */
  async counts(caller: Caller, connectionId?: string, search?: string): Promise<Record<PostingState, number>> {
    const counted = await this.tx.run(caller.tenantId, () => this.postings.counts(connectionId, search));
    const found = new Map(counted.map((row) => [row.state, row.count]));
    const entries = POSTING_STATES.map((state): [PostingState, number] => [state, found.get(state) ?? 0]);
    return Object.fromEntries(entries) as Record<PostingState, number>;
  }

  /** For each connection that documents go to: what was decided since then, and what still waits. */
  async runs(caller: Caller, since: Date): Promise<PostingRun[]> {
    const rows = await this.tx.run(caller.tenantId, () => this.postings.runs(since));
    return rows.map((row) => ({ ...row, label: this.systems.label(row.connector) }));
  }
}

/** `label` is what people call the vendor, `connectionLabel` the account there. */
export type PostingRun = PostingRunRow & { label: string };
