import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { effectiveAccess } from '../domain/access.js';
import { may, permissionsOf, type Permission } from '../domain/role.js';
import { Clock } from '../platform/clock/clock.js';
import { narrowTo } from '../database/caller-scope.js';
import type { ResolvedSession } from './session.repository.js';
import { KeyTooWeak, NoTenant, PermissionMissing, SecondFactorRequired, SignInRequired, StepUpRequired } from './access-refused.js';
import { ApiKeys } from './api-keys.js';
import { rememberCaller, type Caller } from './caller.js';
import { limitsFrom } from './limits.js';
import { ACCESS, type Access } from './requires.js';
import { isAssured, Sessions } from './sessions.js';
import { mayForSupport, SupportAccess } from './support-access.js';

type Wanted = { permission: Permission; stepUp: boolean };

/** Stands before every handler. One that says neither @Requires nor @Public is refused, so that forgetting is safe. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: Sessions,
    private readonly apiKeys: ApiKeys,
    private readonly support: SupportAccess,
    private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (!access) throw new PermissionMissing();
    if ('publicBecause' in access) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const { caller, session } = await this.callerBehind(request, access);
    if (session) await this.sessions.renewWhenDue(request, context.switchToHttp().getResponse<Response>(), session);
    rememberCaller(request, caller);
    narrowTo(caller);
    if (session?.factorDemanded && session.factorAt === null) throw new SecondFactorRequired(session.hasFactor);
    if (!may(caller, access.permission)) throw new PermissionMissing(causeOf(caller, access.permission));
    if (caller.actor.kind === 'operator' && !mayForSupport(access.permission, access.stepUp)) throw new PermissionMissing();
    if (access.stepUp && session && !isAssured(session, this.clock.now())) throw new StepUpRequired();
    return true;
  }

  /** A request with an Authorization header is judged by that alone, whatever cookies came along. */
  private async callerBehind(request: Request, access: Wanted): Promise<{ caller: Caller; session?: ResolvedSession }> {
    const header = request.headers.authorization;
    return header === undefined ? await this.personBehind(request) : { caller: await this.keyBehind(request, header, access) };
  }

  private async keyBehind(request: Request, header: string, wanted: Wanted): Promise<Caller> {
    const key = await this.apiKeys.resolve(/^Bearer +([\w-]+)$/i.exec(header)?.[1] ?? '', request.ip);
    if (!key) throw new SignInRequired();
    // A key cannot prove who holds it: what needs a proof is left to owners' keys and to those that were given it by name.
    if (wanted.stepUp && !key.explicit && key.role !== 'owner') throw new KeyTooWeak();
    return {
      actor: { kind: 'api_key', id: key.apiKeyId, label: key.name, ...sourceOf(request) },
      tenantId: key.tenantId,
      role: key.role,
      ...key.access,
    };
  }

  private async personBehind(request: Request): Promise<{ caller: Caller; session?: ResolvedSession }> {
    const operator = await this.support.callerBehind(request);
    if (operator) return { caller: operator };
    const session = await this.sessions.resolve(request);
    if (!session) throw new SignInRequired();
    const { personId, personName, tenantId, tenantName, role, email, method, issuer, subject, hostedDomain, limits } = session;
    if (tenantId === null || role === null || email === null) throw new NoTenant();
    const caller: Caller = {
      actor: { kind: 'person', id: personId, label: personName, ...sourceOf(request) },
      tenantId,
      ...(tenantName !== null && { tenantName }),
      role,
      ...effectiveAccess(role, limitsFrom(limits)),
      personId,
      email,
      cameBy: { method, issuer, subject, hostedDomain },
      sessionRef: session.ref,
    };
    return { caller, session };
  }
}

/** What a role includes can only have been taken away by a limit, or not been given to the key. */
function causeOf({ role, actor }: Caller, permission: Permission): 'role' | 'limit' | 'scope' {
  if (actor.kind === 'operator' || !permissionsOf(role).includes(permission)) return 'role';
  return actor.kind === 'api_key' ? 'scope' : 'limit';
}

function sourceOf(request: Request): { sourceIp?: string } {
  return request.ip === undefined ? {} : { sourceIp: request.ip };
}
