import { Inject, Injectable } from '@nestjs/common';
import { documentLook } from '../../domain/document-look.js';
import { notFound } from '../../domain/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { DOCUMENT_STORE, type DocumentStore } from '../../ports/document-store.js';
import { DocumentEntity } from './document.entity.js';
import { InvoiceRevisionEntity, InvoiceEntity } from '../invoices/invoice.entity.js';
import { BrandEntity } from './brand.entity.js';
import { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import type { DressedInvoice } from './document-brand.js';

/** An invoice at its present revision, with the look its document would have. */
export interface PrintableInvoice extends DressedInvoice {
  revision: InvoiceRevisionEntity;
}

export type NewDocument = Pick<DocumentEntity, 'pages' | 'positions'> & { pdf: Buffer };

/** Printed documents: one per revision and look, its bytes in the document store. */
@Injectable()
export class DocumentRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
    @Inject(DOCUMENT_STORE) private readonly store: DocumentStore,
  ) {}

  /** @throws Refusal 'not_found' */
  async printable(invoiceId: string): Promise<PrintableInvoice> {
    const { tenantId } = this.tx;
    const invoice = await this.tx.rows(InvoiceEntity).findOneBy({ tenantId, id: invoiceId });
    if (!invoice) throw notFound('This invoice');
    const revision = await this.tx.rows(InvoiceRevisionEntity).findOneByOrFail({ tenantId, id: invoice.revisionId });
    const brand = await this.tx.rows(BrandEntity).findOneByOrFail({ tenantId });
    const settings = await this.tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId });
    return { invoice, revision, brand, settings, look: documentLook(brand.version, invoice.locationExternalId) };
  }

  /** An approved document stays what people see, whatever the brand became since. */
  async approved(invoiceId: string): Promise<DocumentEntity | null> {
    const { tenantId } = this.tx;
    // Approvals belong to review, so which document one pins is asked of their table and not of their class.
    const [approval] = await this.tx.query<{ documentId: string | null }>(
      `select document_id as "documentId" from approval where tenant_id = $1 and invoice_id = $2 and state = 'standing' and final`,
      [tenantId, invoiceId],
    );
    if (!approval?.documentId) return null;
    return await this.tx.rows(DocumentEntity).findOneByOrFail({ tenantId, id: approval.documentId });
  }

  async printed({ revision, look }: PrintableInvoice): Promise<DocumentEntity | null> {
    return await this.tx.rows(DocumentEntity).findOneBy({ tenantId: this.tx.tenantId, revisionId: revision.id, look });
  }

  /** The bytes with this hash, if they belong to this invoice. */
  async bytes(invoiceId: string, sha256: string): Promise<Buffer | undefined> {
    const { tenantId } = this.tx;
    if (!(await this.tx.rows(DocumentEntity).existsBy({ tenantId, invoiceId, sha256 }))) return undefined;
    return await this.store.get(sha256);
  }

  /** Keeps what was printed; where another process was faster, its document is the one, and is answered. */
  async keep(invoice: PrintableInvoice, { pdf, pages, positions }: NewDocument): Promise<DocumentEntity> {
    const { tenantId } = this.tx;
    const { sha256, size } = await this.store.put(pdf);
    const document = {
      tenantId,
      id: uuidv7(),
      invoiceId: invoice.invoice.id,
      revisionId: invoice.revision.id,
      look: invoice.look,
      sha256,
      pages,
      size,
      positions,
      createdAt: this.clock.now(),
    };
    await this.tx.rows(DocumentEntity).createQueryBuilder().insert().values(document).orIgnore().execute();
    const kept = await this.printed(invoice);
    if (!kept) throw new Error('A document that was just stored is gone');
    return kept;
  }
}
