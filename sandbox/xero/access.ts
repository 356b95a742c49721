import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { Connections } from './oauth/connections.js';
import type { Grant, Tokens } from './oauth/tokens.js';
import { gatewayProblem } from './problem.js';

/** Which scope opens which endpoint; any one of them is enough, `.read` only for reading. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  organisation: ['accounting.settings'],
  accounts: ['accounting.settings'],
  taxrates: ['accounting.settings'],
  trackingcategories: ['accounting.settings'],
  currencies: ['accounting.settings'],
  items: ['accounting.settings', 'accounting.invoices'],
  contacts: ['accounting.contacts'],
  invoices: ['accounting.invoices'],
  creditnotes: ['accounting.invoices'],
  payments: ['accounting.payments'],
};

export function requireToken(tokens: Tokens, request: Request): Grant {
  const check = tokens.check(request.headers.authorization);
  if ('grant' in check) return check.grant;
  const detail = 'expiredAt' in check ? `TokenExpired: token expired at ${americanTime(check.expiredAt)}` : 'AuthenticationUnsuccessful';
  throw gatewayProblem(401, 'Unauthorized', detail, randomUUID());
}

/** Token, then organisation, then scope, in the order in which the real one refuses. */
export function requireTenantAccess(tokens: Tokens, connections: Connections) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const grant = requireToken(tokens, request);
    const tenantId = request.headers['xero-tenant-id'];
    if (!connections.of(grant).some((connection) => connection.tenantId === tenantId)) {
      throw gatewayProblem(403, 'Forbidden', 'AuthenticationUnsuccessful', randomUUID());
    }
    if (!mayUse(grant, request)) {
      throw gatewayProblem(401, 'Unauthorized', 'AuthorizationUnsuccessful', randomUUID(), {
        'WWW-Authenticate': 'Bearer error="insufficient_scope"',
      });
    }
    response.locals['tenantId'] = tenantId;
    next();
  };
}

function mayUse(grant: Grant, request: Request): boolean {
  const [, endpoint = '', , sub = ''] = request.path.toLowerCase().split('/');
  const wanted = sub === 'attachments' ? ['accounting.attachments'] : (SCOPES[endpoint] ?? []);
  const reading = request.method === 'GET';
  return wanted.length === 0 || wanted.some((scope) => grant.scopes.includes(scope) || (reading && grant.scopes.includes(`${scope}.read`)));
}

/** `02/20/2025 08:32:50`. */
function americanTime(instant: Date): string {
  const [date = '', time = ''] = instant.toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year} ${time.slice(0, 8)}`;
}
