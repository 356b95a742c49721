import { createHash } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import type { SandboxContext } from '../kit/server.js';
import { DIRECTORIES, FOREIGN_TID, MICROSOFT_CLIENT, PEOPLE, personByKey } from '../msp/people.js';
import { authorize } from './authorize.js';
import { ACCESS_TOKEN_LIFETIME_S, Grants, type Grant } from './grants.js';
import { isRefusal, redeemCode } from './redeem.js';
import { publicKeys } from './signing-key.js';
import { hasFault, idToken } from './token-faults.js';

const ID_TOKEN_LIFETIME_S = 3_600;

/**
 * The v2.0 endpoints of every directory and of `common`. Any authority signs anybody in, and the token names the
 * directory the person is really from: telling directories apart is the app's duty, so nothing here does it instead.
 * `authority` is the https address without a trailing slash.
 */
export function microsoftRoutes(context: SandboxContext, authority: () => string): Router {
  const grants = new Grants(context.store, context.clock);
  const people = PEOPLE.filter((person) => person.microsoft);
  const router = Router();
  router.param('tenant', (_request, response, next, tenant: string) => {
    if (tenant === 'common' || tenant === 'organizations' || DIRECTORIES.has(tenant)) return next();
    response.status(400).json({ error: 'invalid_tenant', error_description: `AADSTS90002: Tenant '${tenant}' not found.` });
  });
  router.get('/:tenant/v2.0/.well-known/openid-configuration', (request, response) => {
    response.json(metadata(authority(), request.params.tenant));
  });
  router.get('/:tenant/discovery/v2.0/keys', (_request, response) => void response.json(keysOf(context, authority())));
  router.get('/:tenant/oauth2/v2.0/authorize', (request, response) => {
    authorize({ title: 'Microsoft', clientId: MICROSOFT_CLIENT.id, people, grants, requiredScope: 'openid' }, request, response);
  });
  router.post('/:tenant/oauth2/v2.0/token', (request, response) => token(context, authority(), grants, request, response));
  return router;
}

/** Each key says whose tokens it may sign: of any directory, or of one. */
function keysOf(context: SandboxContext, authority: string): { keys: object[] } {
  const issuer = issuerOf(authority, hasFault(context, 'foreign-key-issuer') ? FOREIGN_TID : '{tenantid}');
  const { keys } = publicKeys(context.store);
  return { keys: hasFault(context, 'no-key-issuer') ? keys : keys.map((key) => ({ ...key, issuer })) };
}

function metadata(authority: string, tenant: string): Record<string, unknown> {
  const issuerTenant = DIRECTORIES.has(tenant) ? tenant : '{tenantid}';
  return {
    issuer: issuerOf(authority, issuerTenant),
    authorization_endpoint: `${authority}/${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${authority}/${tenant}/discovery/v2.0/keys`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    scopes_supported: ['openid', 'profile', 'email'],
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'nonce', 'name', 'preferred_username', 'email', 'oid', 'tid', 'ver'],
  };
}

async function token(context: SandboxContext, authority: string, grants: Grants, request: Request, response: Response): Promise<void> {
  response.set('Cache-Control', 'no-store');
  const grant = redeemCode(request, MICROSOFT_CLIENT, grants, { reuse: hasFault(context, 'replay-codes') });
  if (isRefusal(grant)) return void response.status(grant.status).json({ error: grant.error, error_description: grant.description });
  response.json({
    token_type: 'Bearer',
    scope: grant.scope,
    expires_in: ACCESS_TOKEN_LIFETIME_S,
    access_token: grants.issueAccessToken(grant),
    id_token: await idToken(context, claimsOf(grant, authority, context.clock.now())),
  });
}

function claimsOf(grant: Grant, authority: string, now: Date): Record<string, string | number> {
  const person = personByKey(grant.person);
  if (!person.microsoft) throw new Error(`${person.key} has no Microsoft account`);
  const { tid, oid, preferredUsername } = person.microsoft;
  const scopes = grant.scope.split(' ');
  const issuedAt = Math.floor(now.getTime() / 1_000);
  return {
    ver: '2.0',
    iss: issuerOf(authority, tid),
    aud: grant.clientId,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + ID_TOKEN_LIFETIME_S,
    sub: createHash('sha256').update(`${oid} ${grant.clientId}`).digest('base64url'),
    tid,
    oid,
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
    ...(scopes.includes('profile') && { name: person.name, preferred_username: preferredUsername }),
    ...(scopes.includes('email') && { email: person.email }),
  };
}

function issuerOf(authority: string, tenant: string): string {
  return `${authority}/${tenant}/v2.0`;
}
