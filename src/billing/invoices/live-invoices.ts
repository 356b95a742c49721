import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { assertSums, SumsDisagree } from '../../domain/invoice-sums.js';
import type { SourceInvoice } from '../../domain/invoice.js';
import { Refusal } from '../../domain/refusal.js';
import { isConnectorError } from '../../ports/connector-error.js';
import { MappingProblem } from '../../ports/billing-source.js';
import { InvoiceEntity } from './invoice.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { Vendors } from '../../connections/vendors.js';

/** A page, its document and the page again while that is rendered ask the source once. */
const REMEMBERED_MS = 60_000;
const REMEMBERED = 200;
const PATIENCE_MS = 20_000;

/** Invoices whose content is not kept, read at their source when somebody looks. In memory for a minute, and stored nowhere. */
@Injectable()
export class LiveInvoices {
  private readonly read = new LRUCache<string, Promise<SourceInvoice>>({ max: REMEMBERED, ttl: REMEMBERED_MS });

  constructor(
    private readonly tx: TenantTransaction,
    private readonly vendors: Vendors,
  ) {}

  /**
   * The content of an invoice that the caller was shown to may see.
   * @throws Refusal 'not_found' when it is no longer there, 'unavailable' when it cannot be read or understood
   */
  async one(tenantId: string, { id, connectionId, externalId, sourceUpdatedAt }: InvoiceEntity): Promise<SourceInvoice> {
    const key = `${tenantId}/${id}/${sourceUpdatedAt.toISOString()}`;
    const known = this.read.get(key);
    if (known) return await known;
    const reading = this.fetch(tenantId, connectionId, externalId);
    this.read.set(key, reading);
    reading.catch(() => this.read.delete(key));
    return await reading;
  }

  private async fetch(tenantId: string, connectionId: string, externalId: string): Promise<SourceInvoice> {
    if (this.tx.isOpen) throw new Error('No vendor is called inside of a transaction');
    const { source, mapInvoice, label } = await this.vendors.source(tenantId, connectionId, AbortSignal.timeout(PATIENCE_MS));
    try {
      const [raw] = await source.fetch([externalId]);
      if (!raw) throw new Refusal('not_found', `${label} has no such invoice any more.`);
      const { invoice } = mapInvoice(raw.payload);
      assertSums(invoice.content);
      return invoice;
    } catch (error) {
      if (isConnectorError(error)) throw new Refusal('unavailable', error.message);
      if (!(error instanceof MappingProblem) && !(error instanceof SumsDisagree)) throw error;
      throw new Refusal('unavailable', `${label} has it in a form that cannot be shown: ${error.message}`);
    }
  }
}
