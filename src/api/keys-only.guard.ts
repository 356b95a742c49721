import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { SignInRequired } from '../identity/access-refused.js';
import { callerOf } from '../identity/caller.js';

/** The API knows keys and no sessions: a page of another site has nothing here that it could use. Runs behind the access guard. */
@Injectable()
export class KeysOnlyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const caller = callerOf(context.switchToHttp().getRequest<Request>());
    if (caller && caller.actor.kind !== 'api_key') throw new SignInRequired();
    return true;
  }
}
