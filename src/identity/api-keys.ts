import { Injectable } from '@nestjs/common';
import type { Role } from '../domain/role.js';
import { Clock } from '../platform/clock/clock.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import type { Actor } from '../storage/actor.js';
import { AuditLog } from '../storage/audit-log.js';
import { CredentialStore, type ResolvedApiKey } from '../storage/repositories/identity-credentials.js';
import { ApiKeyRow } from '../storage/rows/identity-rows.js';
import { TenantTransaction } from '../storage/tenant-transaction.js';
import { IdentityRefusal } from './identity-refusal.js';
import { newSecret, sha256 } from './secret.js';

const KEY = /^cs_[\w-]{43}$/;
const PREFIX_LENGTH = 'cs_'.length + 6;

/** Keys of scripts. A key is shown once, when it is made; what is kept is its hash and its first characters. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly credentials: CredentialStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async resolve(key: string): Promise<ResolvedApiKey | undefined> {
    return KEY.test(key) ? await this.credentials.resolveApiKey(sha256(key), this.clock.now()) : undefined;
  }

  /** @returns the id, and the key itself, which nobody can read again */
  async create(
    tenantId: string,
    actor: Actor,
    wanted: { name: string; role: Role; expiresAt?: Date },
  ): Promise<{ id: string; key: string }> {
    const name = wanted.name.trim();
    if (name === '' || name.length > 100) throw new IdentityRefusal('bad_name', 'Give the key a name of 1 to 100 characters.');
    const id = uuidv7();
    const key = `cs_${newSecret()}`;
    await this.tx.run(tenantId, async () => {
      await this.tx.rows(ApiKeyRow).insert({
        tenantId,
        id,
        name,
        role: wanted.role,
        prefix: key.slice(0, PREFIX_LENGTH),
        createdBy: actor.label,
        createdAt: this.clock.now(),
        expiresAt: wanted.expiresAt ?? null,
      });
      await this.credentials.register('api_key', sha256(key), id);
      await this.audit.record(actor, {
        action: 'api_key.created',
        subject: { kind: 'api_key', id },
        after: { name, role: wanted.role, expiresAt: wanted.expiresAt?.toISOString() },
      });
    });
    return { id, key };
  }

  /** Newest first; keys that were revoked are not listed. */
  async list(tenantId: string): Promise<ApiKeyRow[]> {
    return await this.tx.run(tenantId, async () => {
      const rows = await this.tx.rows(ApiKeyRow).find({ where: { tenantId }, order: { createdAt: 'DESC' } });
      return rows.filter((row) => row.revokedAt === null);
    });
  }

  async revoke(tenantId: string, actor: Actor, id: string): Promise<void> {
    await this.tx.run(tenantId, async () => {
      const revoked = await this.tx.execute('update api_key set revoked_at = $3 where tenant_id = $1 and id = $2 and revoked_at is null', [
        tenantId,
        id,
        this.clock.now(),
      ]);
      if (revoked === 0) throw new IdentityRefusal('not_found', 'There is no such key, or it was revoked before.');
      await this.credentials.revoke('api_key', id);
      await this.audit.record(actor, { action: 'api_key.revoked', subject: { kind: 'api_key', id } });
    });
  }
}
