import { Injectable } from '@nestjs/common';
import { assertSums } from '../../domain/invoice-sums.js';
import { notFound } from '../../domain/refusal.js';
import { type DocumentEntity } from './document.entity.js';
import { isBare } from '../invoices/invoice.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { documentInput } from './document-brand.js';
import { DocumentRepository } from './document.repository.js';
import { LiveDocuments } from './live-documents.js';
import { ChromiumPool } from './render/chromium-pool.js';
import { readLinePositions } from './render/printed-document.js';
import { renderInvoice } from './render/render-invoice.js';

/** A document to look at; `id` and the like have only those that are stored. */
export type ShownDocument = Pick<DocumentEntity, 'sha256' | 'size' | 'positions' | 'pages'>;

/**
 * The stored PDF of an invoice: rendered once per revision and look, and from then on always the same bytes. Where the content is
 * not kept, the document is not either, and is printed anew for whoever looks.
 */
@Injectable()
export class Documents {
  /** Renders under way in this process, so that two viewers of one invoice print it once. */
  private readonly rendering = new Map<string, Promise<ShownDocument>>();

  constructor(
    private readonly tx: TenantTransaction,
    private readonly pool: ChromiumPool,
    private readonly live: LiveDocuments,
    private readonly documents: DocumentRepository,
  ) {}

  /**
   * The document to look at: the one an approval pins, else the one of the present revision and look, rendered now if
   * there is none. @throws Refusal when the invoice does not exist, PrintedTotalDiffers when the page would lie.
   */
  async present(tenantId: string, invoiceId: string, signal?: AbortSignal): Promise<ShownDocument> {
    const found = await this.tx.run(
      tenantId,
      async () => (await this.documents.approved(invoiceId)) ?? (await this.documents.printed(await this.documents.printable(invoiceId))),
    );
    if (found) return found;
    const key = `${tenantId}/${invoiceId}`;
    const running = this.rendering.get(key) ?? this.render(tenantId, invoiceId, signal).finally(() => this.rendering.delete(key));
    this.rendering.set(key, running);
    return await running;
  }

  /** The bytes with this hash, if they belong to this invoice. */
  async bytes(tenantId: string, invoiceId: string, sha256: string): Promise<Buffer> {
    const stored = await this.tx.run(tenantId, () => this.documents.bytes(invoiceId, sha256));
    const bytes = stored ?? (await this.printedNow(tenantId, invoiceId, sha256));
    if (!bytes) throw notFound('This document');
    return bytes;
  }

  private async printedNow(tenantId: string, invoiceId: string, sha256: string): Promise<Buffer | undefined> {
    const wanted = await this.tx.run(tenantId, () => this.documents.printable(invoiceId));
    if (!isBare(wanted.revision.content)) return undefined;
    const document = await this.live.print(tenantId, wanted);
    return document.sha256 === sha256 ? document.pdf : undefined;
  }

  private async render(tenantId: string, invoiceId: string, signal?: AbortSignal): Promise<ShownDocument> {
    const wanted = await this.tx.run(tenantId, () => this.documents.printable(invoiceId));
    const { content } = wanted.revision;
    if (isBare(content)) return await this.live.print(tenantId, wanted, signal);
    assertSums(content);
    const { pdf, pages } = await renderInvoice(documentInput(wanted, content), this.pool, { tenantId, signal });
    const positions = await readLinePositions(pdf);
    return await this.tx.run(tenantId, () => this.documents.keep(wanted, { pdf, pages, positions }));
  }
}
