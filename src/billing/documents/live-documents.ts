import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { LiveInvoices } from '../invoices/live-invoices.js';
import type { DocumentEntity } from './document.entity.js';
import { documentInput, type DressedInvoice } from './document-brand.js';
import { ChromiumPool } from './render/chromium-pool.js';
import { readLinePositions } from './render/printed-document.js';
import { renderInvoice } from './render/render-invoice.js';

const REMEMBERED_MS = 5 * 60_000;
const REMEMBERED_BYTES = 64_000_000;

export interface LiveDocument extends Pick<DocumentEntity, 'sha256' | 'size' | 'positions' | 'pages'> {
  pdf: Buffer;
}

/** Documents of invoices whose content is not kept: printed from what the source says now, for whoever looks, and stored nowhere. */
@Injectable()
export class LiveDocuments {
  private readonly printed = new LRUCache<string, LiveDocument>({
    maxSize: REMEMBERED_BYTES,
    maxEntrySize: REMEMBERED_BYTES,
    sizeCalculation: ({ size }) => size,
    ttl: REMEMBERED_MS,
  });

  constructor(
    private readonly live: LiveInvoices,
    private readonly pool: ChromiumPool,
  ) {}

  /** @throws as `LiveInvoices.one` and `renderInvoice` do */
  async print(tenantId: string, dressed: DressedInvoice, signal?: AbortSignal): Promise<LiveDocument> {
    const { invoice, look } = dressed;
    const key = [tenantId, invoice.id, look, invoice.sourceUpdatedAt.toISOString()].join('/');
    const known = this.printed.get(key);
    if (known) return known;
    const { content } = await this.live.one(tenantId, invoice);
    const { pdf, sha256, pages } = await renderInvoice(documentInput(dressed, content), this.pool, { tenantId, signal });
    const document = { pdf, sha256, pages, size: pdf.length, positions: await readLinePositions(pdf) };
    this.printed.set(key, document);
    return document;
  }
}
