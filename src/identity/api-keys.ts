import { Injectable } from '@nestjs/common';
import { effectiveAccess, isWithin, keyAccess, NO_LIMITS, type EffectiveAccess, type Limits } from '../domain/access.js';
import { permissionsOf, type Permission, type Role } from '../domain/role.js';
import { Clock } from '../platform/clock/clock.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import type { Actor } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { CredentialRepository } from './credential.repository.js';
import type { ApiKeyEntity } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';
import type { MembershipEntity } from './membership.entity.js';
import { MembershipRepository } from './membership.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { IdentityRefusal } from './identity-refusal.js';
import { limitsFrom } from './limits.js';
import { newSecret, sha256 } from './secret.js';

const KEY = /^cs_[\w-]{43}$/;
const PREFIX_LENGTH = 'cs_'.length + 6;
const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;
const WARNED_BEFORE_MS = 14 * DAY_MS;

export interface KeyInForce {
  tenantId: string;
  apiKeyId: string;
  name: string;
  role: Role;
  access: EffectiveAccess;
  /** Its scopes were named one by one, which dangerous actions ask for. */
  explicit: boolean;
}

export interface WantedKey {
  name: string;
  role: Role;
  /** Absent: everything the role includes. */
  scopes?: readonly Permission[];
  limits?: Partial<Limits>;
  /** Absent: in a year. */
  expiresAt?: Date;
}

export interface ListedKey extends ApiKeyEntity {
  access: EffectiveAccess;
  state: 'in_force' | 'expires_soon' | 'expired' | 'creator_gone' | 'creator_has_less';
}

/** Keys of scripts. A key is shown once, when it is made; what is kept is its hash and its first characters. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly keys: ApiKeyRepository,
    private readonly memberships: MembershipRepository,
    private readonly credentials: CredentialRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Opens nothing while its creator is no member, or may themselves do less than the key: it lives on their rights. */
  async resolve(key: string, fromIp?: string): Promise<KeyInForce | undefined> {
    const found = KEY.test(key) ? await this.credentials.resolveApiKey(sha256(key), this.clock.now(), fromIp ?? null) : undefined;
    if (!found) return undefined;
    const { tenantId, apiKeyId, name, role, scopes, limits, creatorId, creatorRole, creatorLimits } = found;
    const access = keyAccess(role, scopes, limitsFrom(limits));
    const creator = creatorRole && effectiveAccess(creatorRole, limitsFrom(creatorLimits));
    if (creatorId !== null && !(creator && isWithin(access, creator))) return undefined;
    return { tenantId, apiKeyId, name, role, access, explicit: scopes !== null };
  }

  /** @returns the id, and the key itself, which nobody can read again */
  async create(tenantId: string, actor: Actor, wanted: WantedKey): Promise<{ id: string; key: string }> {
    const name = wanted.name.trim();
    if (name === '' || name.length > 100) throw new IdentityRefusal('bad_name', 'Give the key a name of 1 to 100 characters.');
    const limits = { ...NO_LIMITS, ...wanted.limits };
    const access = keyAccess(wanted.role, wanted.scopes ?? permissionsOf(wanted.role), limits);
    if (access.permissions.length === 0) throw new IdentityRefusal('bad_name', 'Tick at least one thing that the key may do.');
    const id = uuidv7();
    const key = `cs_${newSecret()}`;
    await this.tx.run(tenantId, async () => {
      const creatorId = await this.creatorOf(actor, access);
      const expiresAt = wanted.expiresAt ?? this.clock.later(YEAR_MS);
      await this.keys.add({
        id,
        name,
        role: wanted.role,
        // Null: all of the role, and nothing of it by name.
        scopes: wanted.scopes === undefined ? null : [...access.permissions],
        limits,
        creatorId,
        prefix: key.slice(0, PREFIX_LENGTH),
        createdBy: actor.label,
        expiresAt,
      });
      await this.credentials.register('api_key', sha256(key), id);
      await this.audit.record(actor, {
        action: 'api_key.created',
        subject: { kind: 'api_key', id },
        after: { name, role: wanted.role, scopes: access.permissions, limits, expiresAt: expiresAt.toISOString() },
      });
    });
    return { id, key };
  }

  /** Newest first; keys that were revoked are not listed. */
  async list(tenantId: string): Promise<ListedKey[]> {
    return await this.tx.run(tenantId, async () => {
      const members = new Map((await this.memberships.list()).map((row) => [row.personId, row]));
      return (await this.keys.listInUse()).map((row) => {
        const access = keyAccess(row.role, row.scopes, limitsFrom(row.limits));
        const creator = row.creatorId === null ? null : members.get(row.creatorId);
        return Object.assign(row, { access, state: this.stateOf(row, access, creator) });
      });
    });
  }

  async revoke(tenantId: string, actor: Actor, id: string): Promise<void> {
    await this.tx.run(tenantId, async () => {
      if (!(await this.keys.revoke(id))) throw new IdentityRefusal('not_found', 'There is no such key, or it was revoked before.');
      await this.credentials.revoke('api_key', id);
      await this.audit.record(actor, { action: 'api_key.revoked', subject: { kind: 'api_key', id } });
    });
  }

  /** On whose rights a new key lives. A key that makes keys hands on its own maker. @throws IdentityRefusal for more than they have */
  private async creatorOf(actor: Actor, wanted: EffectiveAccess): Promise<string | null> {
    if (actor.kind === 'system' || actor.kind === 'operator') return null;
    if (actor.kind === 'api_key') {
      const parent = await this.keys.get(actor.id);
      refuseMore(wanted, keyAccess(parent.role, parent.scopes, limitsFrom(parent.limits)));
      return parent.creatorId;
    }
    const { role, limits } = await this.memberships.get(actor.id);
    refuseMore(wanted, effectiveAccess(role, limitsFrom(limits)));
    return actor.id;
  }

  private stateOf(row: ApiKeyEntity, access: EffectiveAccess, creator: MembershipEntity | null | undefined): ListedKey['state'] {
    const now = this.clock.now().getTime();
    if (row.expiresAt && row.expiresAt.getTime() <= now) return 'expired';
    if (creator === undefined) return 'creator_gone';
    if (creator && !isWithin(access, effectiveAccess(creator.role, limitsFrom(creator.limits)))) return 'creator_has_less';
    return row.expiresAt && row.expiresAt.getTime() - now < WARNED_BEFORE_MS ? 'expires_soon' : 'in_force';
  }
}

function refuseMore(wanted: EffectiveAccess, own: EffectiveAccess): void {
  if (!isWithin(wanted, own))
    throw new IdentityRefusal('owner_only', 'A key cannot do more than whoever makes it. Untick what you may not do yourself.');
}
