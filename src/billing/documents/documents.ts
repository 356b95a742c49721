import { Inject, Injectable } from '@nestjs/common';
import { documentLook } from '../../domain/document-look.js';
import { assertSums } from '../../domain/invoice-sums.js';
import { notFound } from '../../domain/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { DOCUMENT_STORE, type DocumentStore } from '../../ports/document-store.js';
import { ApprovalEntity } from '../review/approval.entity.js';
import { DocumentEntity } from './document.entity.js';
import { InvoiceRevisionEntity, InvoiceEntity, isBare } from '../invoices/invoice.entity.js';
import { BrandEntity } from './brand.entity.js';
import { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { documentInput, type Dressed } from './document-input.js';
import { LiveDocuments } from './live-documents.js';
import { ChromiumPool } from './render/chromium-pool.js';
import { readLinePositions } from './render/positions.js';
import { renderInvoice } from './render/render-invoice.js';

interface Wanted extends Dressed {
  revision: InvoiceRevisionEntity;
}

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
    private readonly clock: Clock,
    @Inject(DOCUMENT_STORE) private readonly store: DocumentStore,
  ) {}

  /**
   * The document to look at: the one an approval pins, else the one of the present revision and look, rendered now if
   * there is none. @throws Refusal when the invoice does not exist, PrintedTotalDiffers when the page would lie.
   */
  async present(tenantId: string, invoiceId: string, signal?: AbortSignal): Promise<ShownDocument> {
    const found = await this.tx.run(
      tenantId,
      async () => (await this.pinned(invoiceId)) ?? (await this.stored(await this.wanted(invoiceId))),
    );
    if (found) return found;
    const key = `${tenantId}/${invoiceId}`;
    const running = this.rendering.get(key) ?? this.render(tenantId, invoiceId, signal).finally(() => this.rendering.delete(key));
    this.rendering.set(key, running);
    return await running;
  }

  /** The bytes with this hash, if they belong to this invoice. */
  async bytes(tenantId: string, invoiceId: string, sha256: string): Promise<Buffer> {
    const stored = await this.tx.run(tenantId, async () => {
      const belongs = await this.tx.rows(DocumentEntity).existsBy({ tenantId, invoiceId, sha256 });
      return belongs ? await this.store.get(sha256) : undefined;
    });
    const bytes = stored ?? (await this.printedNow(tenantId, invoiceId, sha256));
    if (!bytes) throw notFound('This document');
    return bytes;
  }

  private async printedNow(tenantId: string, invoiceId: string, sha256: string): Promise<Buffer | undefined> {
    const wanted = await this.tx.run(tenantId, () => this.wanted(invoiceId));
    if (!isBare(wanted.revision.content)) return undefined;
    const document = await this.live.print(tenantId, wanted);
    return document.sha256 === sha256 ? document.pdf : undefined;
  }

  private async render(tenantId: string, invoiceId: string, signal?: AbortSignal): Promise<ShownDocument> {
    const wanted = await this.tx.run(tenantId, () => this.wanted(invoiceId));
    const { content } = wanted.revision;
    if (isBare(content)) return await this.live.print(tenantId, wanted, signal);
    assertSums(content);
    const rendered = await renderInvoice(documentInput(wanted, content), this.pool, signal ? { signal } : {});
    const positions = await readLinePositions(rendered.pdf);
    return await this.tx.run(tenantId, async () => {
      const { sha256, size } = await this.store.put(rendered.pdf);
      await this.tx.query(
        `insert into document (tenant_id, id, invoice_id, revision_id, look, sha256, pages, size, positions, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (tenant_id, revision_id, look) do nothing`,
        [
          tenantId,
          uuidv7(),
          invoiceId,
          wanted.revision.id,
          wanted.look,
          sha256,
          rendered.pages,
          size,
          JSON.stringify(positions),
          this.clock.now(),
        ],
      );
      const stored = await this.stored(wanted);
      if (!stored) throw new Error('A document that was just stored is gone');
      return stored;
    });
  }

  /** An approved document stays what people see, whatever the brand became since. */
  private async pinned(invoiceId: string): Promise<DocumentEntity | null> {
    const tenantId = this.tx.tenantId;
    const approval = await this.tx.rows(ApprovalEntity).findOneBy({ tenantId, invoiceId, state: 'standing', final: true });
    if (!approval?.documentId) return null;
    return await this.tx.rows(DocumentEntity).findOneByOrFail({ tenantId, id: approval.documentId });
  }

  private async stored(wanted: Wanted): Promise<DocumentEntity | null> {
    return await this.tx.rows(DocumentEntity).findOneBy({ tenantId: this.tx.tenantId, revisionId: wanted.revision.id, look: wanted.look });
  }

  private async wanted(invoiceId: string): Promise<Wanted> {
    const tenantId = this.tx.tenantId;
    const invoice = await this.tx.rows(InvoiceEntity).findOneBy({ tenantId, id: invoiceId });
    if (!invoice) throw notFound('This invoice');
    const revision = await this.tx.rows(InvoiceRevisionEntity).findOneByOrFail({ tenantId, id: invoice.revisionId });
    const brand = await this.tx.rows(BrandEntity).findOneByOrFail({ tenantId });
    const settings = await this.tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId });
    return { invoice, revision, brand, settings, look: documentLook(brand.version, invoice.locationExternalId) };
  }
}
