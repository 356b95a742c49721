/** A tenant's own key as it is kept. `wrapped` is null once it was destroyed, which is for ever. */
export interface StoredTenantKey {
  id: string;
  wrapped: string | null;
}

/** The table of the tenants' keys. Each call is a transaction of its own, or part of the one that is open. */
export interface TenantKeyStore {
  find(tenantId: string): Promise<StoredTenantKey | undefined>;
  /** Unless the tenant has one. @returns the one it has now */
  add(tenantId: string, key: StoredTenantKey): Promise<StoredTenantKey>;
  /** Only if it is still wrapped as it was read. @returns whether it was */
  replace(tenantId: string, before: StoredTenantKey, wrapped: string): Promise<boolean>;
  /** Whether a database transaction is open around the caller. */
  readonly isInTransaction: boolean;
}

/** Injection token. */
export const TENANT_KEY_STORE = Symbol('tenant key store');
