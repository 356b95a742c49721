import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { DocumentStore } from '../../ports/document-store.js';
import { DocumentBytesEntity } from './document.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** Documents in a table of the tenant: backed up, isolated and deleted with everything else it has. */
@Injectable()
export class TableDocumentStore implements DocumentStore {
  constructor(private readonly tx: TenantTransaction) {}

  async put(bytes: Buffer): Promise<{ sha256: string; size: number }> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await this.tx.query('insert into document_bytes (tenant_id, sha256, bytes) values ($1, $2, $3) on conflict do nothing', [
      this.tx.tenantId,
      sha256,
      bytes,
    ]);
    return { sha256, size: bytes.length };
  }

  async get(sha256: string): Promise<Buffer | undefined> {
    const row = await this.tx.rows(DocumentBytesEntity).findOneBy({ tenantId: this.tx.tenantId, sha256 });
    return row?.bytes;
  }
}
