import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import type { Actor } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { PersonRepository, type LinkedIdentity } from './person.repository.js';
import { TenantSettingsRepository } from './tenant-settings.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { IdentityRefusal } from './identity-refusal.js';
import type { Confirmed } from './sign-in/confirmed.js';
import { SignInPolicy } from './sign-in/sign-in-policy.js';

/** A person who manages their own sign-in methods, and the tenant whose audit log tells of it. */
export interface IdentityHolder {
  actor: Actor;
  tenantId: string;
  personId: string;
}

/** The sign-in methods of one person. Only they add or remove one, while they are signed in. */
@Injectable()
export class Identities {
  constructor(
    private readonly people: PersonRepository,
    private readonly policy: SignInPolicy,
    private readonly tx: TenantTransaction,
    private readonly settings: TenantSettingsRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** In the order they were added. */
  async list(personId: string): Promise<LinkedIdentity[]> {
    return await this.people.identitiesOf(personId);
  }

  /** @throws IdentityRefusal when it is somebody else's, or the tenant would not admit it */
  async add({ actor, tenantId, personId }: IdentityHolder, confirmed: Confirmed): Promise<void> {
    const { name } = await this.tx.run(tenantId, () => this.settings.get());
    await this.policy.refuseUnlessAdmitted({ tenantId, tenantName: name }, confirmed);
    const { identity } = confirmed;
    const owner = await this.people.link(identity, personId, this.clock.now());
    if (owner !== personId) throw new IdentityRefusal('belongs_to_another', 'This account already signs somebody else in here.');
    await this.people.note(identity);
    await this.record(actor, tenantId, personId, { action: 'identity.added', after: shown(identity) });
  }

  /** Everything that it opened ends at once. @throws IdentityRefusal for the last one, and for the one that opened this session */
  async remove(
    { actor, tenantId, personId, cameBy }: IdentityHolder & { cameBy?: { issuer: string | null; subject: string | null } },
    wanted: { issuer: string; subject: string },
  ): Promise<void> {
    if (cameBy?.issuer === wanted.issuer && cameBy.subject === wanted.subject) {
      throw new IdentityRefusal('in_use', 'You are signed in with this one. Sign in with another method first, then remove this one.');
    }
    const identity = (await this.list(personId)).find((each) => each.issuer === wanted.issuer && each.subject === wanted.subject);
    const problem = identity ? await this.people.unlink(personId, wanted) : 'gone';
    if (!identity || problem === 'gone') throw new IdentityRefusal('not_found', 'This sign-in method was removed before.');
    if (problem === 'last') {
      throw new IdentityRefusal('last_identity', 'This is your only sign-in method. Add another one first.');
    }
    await this.record(actor, tenantId, personId, { action: 'identity.removed', before: shown(identity) });
  }

  private async record(
    actor: Actor,
    tenantId: string,
    personId: string,
    event: { action: string; before?: object; after?: object },
  ): Promise<void> {
    await this.tx.run(tenantId, () => this.audit.record(actor, { subject: { kind: 'person', id: personId }, ...event }));
  }
}

function shown({ issuer, email }: { issuer: string; email: string | null }): object {
  return { issuer, email };
}
