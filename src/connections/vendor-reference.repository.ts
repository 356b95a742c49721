import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { CodeMappingEntity } from './code-mapping.entity.js';
import { LocationEntity } from './location.entity.js';
import { VendorCacheEntity } from './vendor-cache.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

export type MappingKind = CodeMappingEntity['kind'];

export interface MappedCode {
  kind: MappingKind;
  key: string;
  code: string;
}

const LOCATION_KEY = ['tenantId', 'sourceConnectionId', 'externalId'];
const CACHE_KEY = ['tenantId', 'connectionId', 'kind'];
const MAPPING_KEY = [...CACHE_KEY, 'key'];

/** What vendors told of themselves (their lists, their locations), and what people mapped onto it. */
@Injectable()
export class VendorReferenceRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** As the vendor said it last, and when; undefined before the first look. */
  async remembered<T>(connectionId: string, kind: string): Promise<{ value: T; fetchedAt: Date } | undefined> {
    const row = await this.tx.rows(VendorCacheEntity).findOneBy({ tenantId: this.tx.tenantId, connectionId, kind });
    return row ? { value: row.payload as T, fetchedAt: row.fetchedAt } : undefined;
  }

  async remember(connectionId: string, kind: string, value: unknown, fetchedAt: Date): Promise<void> {
    const row = { tenantId: this.tx.tenantId, connectionId, kind, payload: value as object, fetchedAt };
    await this.tx.rows(VendorCacheEntity).upsert(row, CACHE_KEY);
  }

  async forget(connectionId: string): Promise<void> {
    await this.tx.rows(VendorCacheEntity).delete({ tenantId: this.tx.tenantId, connectionId });
  }

  async mappings(connectionId: string): Promise<CodeMappingEntity[]> {
    return await this.tx.rows(CodeMappingEntity).findBy({ tenantId: this.tx.tenantId, connectionId });
  }

  async setMapping(connectionId: string, { kind, key, code }: MappedCode, setBy: string): Promise<void> {
    const row = { tenantId: this.tx.tenantId, connectionId, kind, key, code, setBy, updatedAt: this.clock.now() };
    await this.tx.rows(CodeMappingEntity).upsert(row, MAPPING_KEY);
  }

  async removeMapping(connectionId: string, kind: MappingKind, key: string): Promise<void> {
    await this.tx.rows(CodeMappingEntity).delete({ tenantId: this.tx.tenantId, connectionId, kind, key });
  }

  /** For a kind of which nothing is mapped yet, so that what people took off stays off. What is mapped meanwhile stays. */
  async suggestMappings(connectionId: string, codes: readonly MappedCode[], setBy: string): Promise<void> {
    const { tenantId } = this.tx;
    const updatedAt = this.clock.now();
    if (codes.length > 0)
      await this.tx
        .rows(CodeMappingEntity)
        .createQueryBuilder()
        .insert()
        .values(codes.map((code) => ({ tenantId, connectionId, ...code, setBy, updatedAt })))
        .orIgnore()
        .execute();
  }

  async hasMapping(connectionId: string, kind: MappingKind): Promise<boolean> {
    return await this.tx.rows(CodeMappingEntity).existsBy({ tenantId: this.tx.tenantId, connectionId, kind });
  }

  /** Its name may have changed; the ledger that people chose for it stays. */
  async keepLocation(sourceConnectionId: string, { externalId, name }: { externalId: string; name: string }): Promise<void> {
    await this.tx.rows(LocationEntity).upsert({ tenantId: this.tx.tenantId, sourceConnectionId, externalId, name }, LOCATION_KEY);
  }

  async location(sourceConnectionId: string, externalId: string): Promise<LocationEntity | undefined> {
    const key = { tenantId: this.tx.tenantId, sourceConnectionId, externalId };
    return (await this.tx.rows(LocationEntity).findOneBy(key)) ?? undefined;
  }

  async locationNamed(name: string): Promise<LocationEntity | undefined> {
    return (await this.tx.rows(LocationEntity).findOneBy({ tenantId: this.tx.tenantId, name })) ?? undefined;
  }

  async mapLocation(sourceConnectionId: string, externalId: string, ledgerConnectionId: string | null): Promise<void> {
    await this.tx.rows(LocationEntity).update({ tenantId: this.tx.tenantId, sourceConnectionId, externalId }, { ledgerConnectionId });
  }
}
