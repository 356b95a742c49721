import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock/clock.js';
import type { Key, KeyRing } from '../config/key-ring.js';
import { encrypt } from './gcm.js';
import type { KeyWrapper } from './key-wrapper.js';
import { fixedKeys, subkey, type Keys } from './keys.js';
import { LocalWrapper } from './local-wrapper.js';
import type { SealContext } from './seal-context.js';
import type { StoredTenantKey, TenantKeyStore } from './tenant-key-store.js';
import { TenantKeys } from './tenant-keys.js';
import { Vault } from './vault.js';

export const randomKey = (id: string): Key => ({ id, bytes: randomBytes(32) });

export function ringOf(first: Key, ...more: Key[]): KeyRing {
  return { current: first, byId: new Map([first, ...more].map((key) => [key.id, key])) };
}

/** The table of tenants' keys as a map; everything that is secret about it happens in the vault. */
export class TableInMemory implements TenantKeyStore {
  readonly rows = new Map<string, StoredTenantKey>();
  isInTransaction = false;
  reads = 0;

  async find(tenantId: string): Promise<StoredTenantKey | undefined> {
    this.reads += 1;
    return this.rows.get(tenantId);
  }

  async add(tenantId: string, key: StoredTenantKey): Promise<StoredTenantKey> {
    const there = this.rows.get(tenantId) ?? key;
    this.rows.set(tenantId, there);
    return there;
  }

  async replace(tenantId: string, { id, wrapped: before }: StoredTenantKey, wrapped: string): Promise<boolean> {
    if (this.rows.get(tenantId)?.wrapped !== before) return false;
    this.rows.set(tenantId, { id, wrapped });
    return true;
  }
}

export interface OpenVault {
  vault: Vault;
  tenantKeys: TenantKeys;
  table: TableInMemory;
}

/** A vault as one process has it. Several of them on one table are several processes. */
export function vaultOf(
  keys: Keys | KeyRing,
  clock: Clock,
  { table = new TableInMemory(), wrapper }: { table?: TableInMemory; wrapper?: KeyWrapper } = {},
): OpenVault {
  const source = 'ring' in keys ? keys : fixedKeys(keys);
  const wraps = wrapper ?? new LocalWrapper(source);
  const tenantKeys = new TenantKeys(table, wraps);
  return { vault: new Vault(source, clock, wraps, tenantKeys), tenantKeys, table };
}

/** As the vault sealed before tenants had keys of their own. */
export function sealAsV1(key: Key, plaintext: string, context: SealContext): string {
  const place =
    'personId' in context ? ['person', context.personId, context.field] : [context.tenantId, context.connectionId, context.field];
  const dataKey = randomBytes(32);
  const wrapped = encrypt(subkey(key, 'wrap v1'), dataKey, ['data key', 'v1', key.id, ...place]);
  const sealed = encrypt(dataKey, Buffer.from(plaintext, 'utf8'), ['value', 'v1', ...place]);
  return ['v1', key.id, wrapped.toString('base64url'), sealed.toString('base64url')].join('.');
}
