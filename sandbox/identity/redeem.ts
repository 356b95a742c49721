import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { readForm } from '../kit/server.js';
import type { Grant, Grants } from './grants.js';

export interface Client {
  id: string;
  secret: string;
}

export interface TokenRefusal {
  status: 400 | 401;
  error: 'invalid_client' | 'invalid_grant' | 'invalid_request' | 'unsupported_grant_type';
  description: string;
}

/** The token endpoint's checks: the app proves who it is, then trades a code for what the person agreed to. */
export function redeemCode(request: Request, client: Client, grants: Grants, { reuse = false } = {}): Grant | TokenRefusal {
  const form = readForm(request);
  const presented = presentedClient(request, form);
  if (presented.id !== client.id || !sameSecret(presented.secret, client.secret)) {
    return { status: 401, error: 'invalid_client', description: 'The client id or secret is wrong.' };
  }
  if (form.get('grant_type') !== 'authorization_code') {
    return { status: 400, error: 'unsupported_grant_type', description: 'Only authorization_code is offered.' };
  }
  const code = form.get('code');
  if (!code) return { status: 400, error: 'invalid_request', description: 'The request has no code.' };
  const grant = reuse ? grants.keepCode(code) : grants.takeCode(code);
  if (!grant || grant.clientId !== client.id) return invalidGrant('The code is unknown, expired or already used.');
  if (grant.redirectUri !== form.get('redirect_uri')) return invalidGrant('The return address is not the one the code was issued for.');
  if (grant.codeChallenge !== undefined && grant.codeChallenge !== challengeOf(form.get('code_verifier') ?? '')) {
    return invalidGrant('The code verifier does not match.');
  }
  return grant;
}

export function isRefusal(outcome: Grant | TokenRefusal): outcome is TokenRefusal {
  return 'error' in outcome;
}

function presentedClient(request: Request, form: URLSearchParams): Client {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!basic) return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent);
  return { id, secret };
}

function invalidGrant(description: string): TokenRefusal {
  return { status: 400, error: 'invalid_grant', description };
}

function sameSecret(left: string, right: string): boolean {
  return timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest());
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
