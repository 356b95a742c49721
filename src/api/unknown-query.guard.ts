import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { InputRefused } from '../platform/http/problem.js';
import { inputSchema } from './route-input.js';

/** A misspelt filter must not silently list everything; schemas refuse what they do not know, this refuses for handlers without one. */
@Injectable()
export class UnknownQueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const names = Object.keys(context.switchToHttp().getRequest<Request>().query);
    if (names.length === 0 || inputSchema(context.getClass(), context.getHandler().name, 'query')) return true;
    throw new InputRefused(names.map((field) => ({ field, message: 'This address takes no such parameter.' })));
  }
}
