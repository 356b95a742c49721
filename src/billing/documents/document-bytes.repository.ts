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
    const { tenantId } = this.tx;
    await this.tx.rows(DocumentBytesEntity).createQueryBuilder().insert().values({ tenantId, sha256, bytes }).orIgnore().execute();
    return { sha256, size: bytes.length };
  }

  async get(sha256: string): Promise<Buffer | undefined> {
    const row = await this.tx.rows(DocumentBytesEntity).findOneBy({ tenantId: this.tx.tenantId, sha256 });
    return row?.bytes;
  }
}
