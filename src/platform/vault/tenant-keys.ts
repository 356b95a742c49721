import { randomBytes } from 'node:crypto';
import { uuidv7 } from '../ids/uuidv7.js';
import { CannotOpen } from './cannot-open.js';
import type { KeyWrapper } from './key-wrapper.js';
import type { StoredTenantKey, TenantKeyStore } from './tenant-key-store.js';

const VERSION = 'v2';
/** How long an unwrapped key stays in memory, and how many at most. */
const LIFE_MS = 60_000;
const MOST = 5_000;

export interface TenantKey {
  id: string;
  bytes: Buffer;
}

/**
 * The key that wraps a tenant's data keys. It is itself wrapped by the key wrapper and kept in one row; whoever destroys that
 * row makes everything sealed of the tenant unreadable. The row is read for every use, in all processes, so that this holds
 * from the next read on; what is kept in memory for a minute is only the answer of the wrapper for exactly that row.
 */
export class TenantKeys {
  private readonly unwrapped = new Map<string, { key: Promise<Buffer>; until: number }>();

  constructor(
    private readonly store: TenantKeyStore,
    private readonly wrapper: KeyWrapper,
  ) {}

  /** Makes the tenant's key where it has none. @throws CannotOpen when it was destroyed */
  async forSealing(tenantId: string): Promise<TenantKey> {
    return await this.opened(tenantId, (await this.find(tenantId)) ?? (await this.make(tenantId)));
  }

  /** @param stored the row, when the caller has read it together with the sealed value @throws CannotOpen */
  async forOpening(tenantId: string, id: string, stored?: StoredTenantKey): Promise<TenantKey> {
    const row = stored ?? (await this.find(tenantId));
    if (row?.id !== id) throw new CannotOpen();
    return await this.opened(tenantId, row);
  }

  /** Under the wrapper's current key. @returns from which key to which, or undefined when there was nothing to do */
  async rewrap(tenantId: string): Promise<{ from: string; to: string } | undefined> {
    for (;;) {
      const row = await this.find(tenantId);
      if (!row?.wrapped) return undefined;
      const from = keyIdOf(row.wrapped);
      if (from === (await this.wrapper.currentKeyId())) return undefined;
      const { bytes } = await this.opened(tenantId, row);
      const { keyId: to, wrapped } = await this.wrapper.wrap(bytes, contextOf(tenantId, row.id));
      // Another process that rotates too may have been faster; then its result is looked at.
      if (await this.store.replace(tenantId, row, [VERSION, to, wrapped].join('.'))) return { from, to };
    }
  }

  /** @returns the id of the tenant's key and which key it is wrapped by; undefined when it has none */
  async state(tenantId: string): Promise<{ id: string; wrappedBy: string | null } | undefined> {
    const row = await this.find(tenantId);
    return row && { id: row.id, wrappedBy: row.wrapped === null ? null : keyIdOf(row.wrapped) };
  }

  private async find(tenantId: string): Promise<StoredTenantKey | undefined> {
    this.refuseInTransaction();
    return await this.store.find(tenantId);
  }

  private async make(tenantId: string): Promise<StoredTenantKey> {
    const id = uuidv7();
    const { keyId, wrapped } = await this.wrapper.wrap(randomBytes(32), contextOf(tenantId, id));
    return await this.store.add(tenantId, { id, wrapped: [VERSION, keyId, wrapped].join('.') });
  }

  private async opened(tenantId: string, { id, wrapped }: StoredTenantKey): Promise<TenantKey> {
    this.refuseInTransaction();
    if (wrapped === null) throw new CannotOpen();
    const now = performance.now();
    const name = [tenantId, id, wrapped].join(' ');
    const known = this.unwrapped.get(name);
    if (known && known.until > now) return { id, bytes: await known.key };
    this.forgetOld(now);
    const key = this.unwrap(tenantId, id, wrapped);
    this.unwrapped.set(name, { key, until: now + LIFE_MS });
    try {
      return { id, bytes: await key };
    } catch (error) {
      this.unwrapped.delete(name);
      throw error;
    }
  }

  private async unwrap(tenantId: string, id: string, stored: string): Promise<Buffer> {
    const [version, keyId = '', wrapped = '', ...rest] = stored.split('.');
    if (version !== VERSION || rest.length > 0) throw new CannotOpen();
    const key = await this.wrapper.unwrap({ keyId, wrapped }, contextOf(tenantId, id));
    if (key.length !== 32) throw new CannotOpen();
    return key;
  }

  private forgetOld(now: number): void {
    for (const [name, { until }] of this.unwrapped) if (until <= now || this.unwrapped.size >= MOST) this.unwrapped.delete(name);
  }

  /** A wrapper may ask over the network, and a transaction that waits for a network holds locks of everybody's. */
  private refuseInTransaction(): void {
    if (this.store.isInTransaction) throw new Error('Seal and open before or after a database transaction, never inside one');
  }
}

function keyIdOf(stored: string): string {
  return stored.split('.')[1] ?? '';
}

function contextOf(tenantId: string, id: string): string[] {
  return ['tenant key', VERSION, tenantId, id];
}
