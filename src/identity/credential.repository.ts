import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Permission, Role } from '../domain/role.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

export type CredentialKind = 'api_key' | 'invitation' | 'support' | 'support_session';

export interface ResolvedApiKey {
  tenantId: string;
  apiKeyId: string;
  name: string;
  role: Role;
  scopes: Permission[] | null;
  limits: unknown;
  /** Who made it, and what they are now: no role once they are no member any more. Null id: an operator made it. */
  creatorId: string | null;
  creatorRole: Role | null;
  creatorLimits: unknown;
}

export interface ResolvedSupport {
  tenantId: string;
  tenantName: string;
  grantId: string;
  operator: string;
  role: Exclude<Role, 'owner'>;
  expiresAt: Date;
}

/** From the hash of a secret to the tenant and row behind it. */
@Injectable()
export class CredentialRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tx: TenantTransaction,
  ) {}

  async resolveApiKey(hash: Buffer, at: Date, fromIp: string | null): Promise<ResolvedApiKey | undefined> {
    const [row] = await this.dataSource.query<ResolvedApiKey[]>(
      `select tenant_id as "tenantId", api_key_id as "apiKeyId", name, role, scopes, limits, creator_id as "creatorId",
       creator_role as "creatorRole", creator_limits as "creatorLimits" from resolve_api_key($1, $2, $3)`,
      [hash, at, fromIp],
    );
    return row;
  }

  /** The access that a tenant gave to support, as long as it is in force. */
  async resolveSupport(kind: 'support' | 'support_session', hash: Buffer, at: Date): Promise<ResolvedSupport | undefined> {
    const [row] = await this.dataSource.query<ResolvedSupport[]>(
      `select tenant_id as "tenantId", tenant_name as "tenantName", grant_id as "grantId", operator, role, expires_at as "expiresAt"
         from resolve_support($1, $2, $3)`,
      [kind, hash, at],
    );
    return row;
  }

  /** In the open transaction, for a row of its tenant. */
  async register(kind: CredentialKind, hash: Buffer, rowId: string): Promise<void> {
    await this.tx.query('select register_credential($1, $2, $3)', [kind, hash, rowId]);
  }

  /** In the open transaction: no secret leads to that row any more. */
  async revoke(kind: CredentialKind, rowId: string): Promise<void> {
    await this.tx.query('select revoke_credentials($1, $2)', [kind, rowId]);
  }
}
