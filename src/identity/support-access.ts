import { effectiveAccess } from '../domain/access.js';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { permissionsOf, type Permission, type Role } from '../domain/role.js';
import { Clock } from '../platform/clock/clock.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import type { Actor } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { CredentialRepository, type ResolvedSupport } from './credential.repository.js';
import type { SupportGrantEntity } from './support-grant.entity.js';
import { SupportGrantRepository } from './support-grant.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import type { Caller } from './caller.js';
import { Cookies } from './cookies.js';
import { IdentityRefusal } from './identity-refusal.js';
import { newSecret, sha256 } from './secret.js';

export type SupportRole = Exclude<Role, 'owner'>;

export interface WantedSupport {
  /** Who gets access, as the owner knows them. */
  operator: string;
  reason: string;
  role: SupportRole;
  minutes: number;
}

const SECRET = /^[\w-]{43}$/;
const SHORTEST_MINUTES = 15;
const LONGEST_MINUTES = 7 * 24 * 60;
const LISTED = 50;
/** A page that asks again by itself, or is opened again, is noted once in so long. */
const SAME_LOOK_MS = 60_000;
const REMEMBERED_LOOKS = 1_000;
/** With these somebody could stay after their time, whatever role they were given. */
const NEVER_FOR_SUPPORT: readonly Permission[] = ['member.manage', 'api_key.manage', 'tenant.manage'];

/** Access that a tenant gives to somebody of the operator: asked for, short, seen by all, noted, and ended by a click. */
@Injectable()
export class SupportAccess {
  private readonly looks = new Map<string, number>();

  constructor(
    private readonly tx: TenantTransaction,
    private readonly grants: SupportGrantRepository,
    private readonly credentials: CredentialRepository,
    private readonly cookies: Cookies,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @returns the secret of the link, which works once and is stored nowhere */
  async grant(tenantId: string, actor: Actor, wanted: WantedSupport): Promise<{ id: string; secret: string }> {
    const [operator, reason] = [wanted.operator.trim(), wanted.reason.trim()];
    if (operator === '' || operator.length > 100) throw new IdentityRefusal('bad_name', 'Name who gets access, in 1 to 100 characters.');
    if (reason === '' || reason.length > 500) throw new IdentityRefusal('bad_name', 'Say what they are to do, in 1 to 500 characters.');
    if (!(wanted.minutes >= SHORTEST_MINUTES && wanted.minutes <= LONGEST_MINUTES)) {
      throw new IdentityRefusal('bad_name', 'Support access lasts from 15 minutes to 7 days.');
    }
    const [id, secret] = [uuidv7(), newSecret()];
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + wanted.minutes * 60_000);
    await this.tx.run(tenantId, async () => {
      const { role } = wanted;
      await this.grants.add({ id, operator, reason, role, grantedBy: actor.label, createdAt, expiresAt });
      await this.credentials.register('support', sha256(secret), id);
      await this.audit.record(actor, {
        action: 'support.granted',
        subject: { kind: 'support_grant', id },
        after: { operator, reason, role, until: expiresAt.toISOString() },
      });
    });
    return { id, secret };
  }

  /** Newest first. */
  async list(tenantId: string): Promise<SupportGrantEntity[]> {
    return await this.tx.run(tenantId, () => this.grants.newest(LISTED));
  }

  /** Those in force now, for the banner. */
  async inForce(tenantId: string): Promise<SupportGrantEntity[]> {
    return await this.tx.run(tenantId, () => this.grants.inForce());
  }

  /** Ends it at once, also for somebody who is in. */
  async end(tenantId: string, actor: Actor, id: string): Promise<void> {
    await this.tx.run(tenantId, async () => {
      if (!(await this.grants.end(id, actor.label)))
        throw new IdentityRefusal('not_found', 'There is no such access, or it was ended before.');
      await this.credentials.revoke('support', id);
      await this.credentials.revoke('support_session', id);
      await this.audit.record(actor, { action: 'support.revoked', subject: { kind: 'support_grant', id } });
    });
  }

  /** What a link opens, as long as nobody used it. */
  async byLink(secret: string): Promise<ResolvedSupport | undefined> {
    return SECRET.test(secret) ? await this.credentials.resolveSupport('support', sha256(secret), this.clock.now()) : undefined;
  }

  /** Uses the link up. @returns false when it is used, ended or expired */
  async enter(request: Request, response: Response, secret: string): Promise<boolean> {
    const opened = await this.byLink(secret);
    if (!opened) return false;
    const session = newSecret();
    const entered = await this.tx.run(opened.tenantId, async () => {
      if (!(await this.grants.enter(opened.grantId))) return false;
      await this.credentials.revoke('support', opened.grantId);
      await this.credentials.register('support_session', sha256(session), opened.grantId);
      await this.note(request, opened, 'support.entered');
      return true;
    });
    if (entered) this.cookies.set(response, 'support', session, opened.expiresAt);
    return entered;
  }

  /** The operator behind a request. What they look at and do is noted, besides what each service notes itself. */
  async callerBehind(request: Request): Promise<Caller | undefined> {
    const opened = await this.sessionOf(request);
    if (!opened) return undefined;
    const isLook = request.method === 'GET' || request.method === 'HEAD';
    if (!isLook || this.isNewLook(`${opened.grantId} ${request.path}`)) {
      await this.note(request, opened, isLook ? 'support.looked' : 'support.acted', { method: request.method, path: request.path });
    }
    const { tenantId, tenantName, role } = opened;
    const permissions = permissionsOf(role).filter((permission) => mayForSupport(permission));
    return { actor: actorOf(request, opened), tenantId, tenantName, role, ...effectiveAccess(role), permissions };
  }

  /** Ends the browser's support session. The grant ends with it: its link was used up. */
  async leave(request: Request, response: Response): Promise<void> {
    const opened = await this.sessionOf(request);
    if (opened) await this.end(opened.tenantId, actorOf(request, opened), opened.grantId);
    this.cookies.clear(response, 'support');
  }

  private isNewLook(look: string): boolean {
    const now = this.clock.now().getTime();
    if (now - (this.looks.get(look) ?? 0) < SAME_LOOK_MS) return false;
    if (this.looks.size >= REMEMBERED_LOOKS) this.looks.clear();
    this.looks.set(look, now);
    return true;
  }

  private async sessionOf(request: Request): Promise<ResolvedSupport | undefined> {
    const secret = this.cookies.read(request, 'support');
    if (secret === undefined || !SECRET.test(secret)) return undefined;
    return await this.credentials.resolveSupport('support_session', sha256(secret), this.clock.now());
  }

  private async note(request: Request, opened: ResolvedSupport, action: string, after?: object): Promise<void> {
    await this.tx.run(opened.tenantId, () =>
      this.audit.record(actorOf(request, opened), {
        action,
        subject: { kind: 'support_grant', id: opened.grantId },
        ...(after && { after }),
      }),
    );
  }
}

/** What asks for a proof of the person, and what outlasts a grant, is not for support. */
export function mayForSupport(permission: Permission, stepUp = false): boolean {
  return !stepUp && !NEVER_FOR_SUPPORT.includes(permission);
}

function actorOf(request: Request, { grantId, operator }: ResolvedSupport): Actor {
  return { kind: 'operator', id: grantId, label: operator, ...(request.ip !== undefined && { sourceIp: request.ip }) };
}
