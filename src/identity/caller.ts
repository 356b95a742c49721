import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { EffectiveAccess } from '../domain/access.js';
import type { Role } from '../domain/role.js';
import type { Actor } from '../database/audit/actor.js';
import type { ResolvedSession } from './session.repository.js';

/** Who asks, in which tenant, and what they may do there. */
export interface Caller extends EffectiveAccess {
  actor: Actor;
  tenantId: string;
  tenantName?: string;
  role: Role;
  /** Absent for an API key. */
  personId?: string;
  /** Lower-case address of the membership, where the PSA's reviewers are found by; absent for an API key. */
  email?: string;
  /** How the person signed in; absent for an API key. */
  cameBy?: Pick<ResolvedSession, 'method' | 'issuer' | 'subject' | 'hostedDomain'>;
  /** Names the session of the request to its person; absent for an API key. */
  sessionRef?: string;
}

const callers = new WeakMap<Request, Caller>();

/** Called by the access guard, once per request. */
export function rememberCaller(request: Request, caller: Caller): void {
  callers.set(request, caller);
}

/** Undefined before the access guard ran and in public handlers. */
export function callerOf(request: Request): Caller | undefined {
  return callers.get(request);
}

/** The caller of a handler that carries @Requires. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const caller = callerOf(context.switchToHttp().getRequest<Request>());
  if (!caller) throw new Error('@CurrentCaller needs a handler with @Requires');
  return caller;
});
