import { Router } from 'express';
import type { SandboxContext } from '../kit/server.js';
import { GOOGLE_CLIENT, PEOPLE, personByKey } from '../msp/people.js';
import { authorize } from './authorize.js';
import { bearer } from './bearer.js';
import { ACCESS_TOKEN_LIFETIME_S, Grants, type Grant } from './grants.js';
import { isRefusal, redeemCode } from './redeem.js';
import { publicKeys } from './signing-key.js';
import { hasFault, idToken } from './token-faults.js';

export const GOOGLE_PATHS = {
  authorization: '/google/o/oauth2/v2/auth',
  token: '/google/token',
  userinfo: '/google/oauth2/v3/userinfo',
  keys: '/google/oauth2/v3/certs',
  issuer: '/google',
} as const;

const ID_TOKEN_LIFETIME_S = 3_600;

/** OAuth 2 code flow with an ID token and userinfo. The access token is taken from the header or, as the common client sends it, from the query. */
export function googleRoutes(context: SandboxContext): Router {
  const grants = new Grants(context.store, context.clock);
  const people = PEOPLE.filter((person) => person.google);
  const router = Router();
  router.get(GOOGLE_PATHS.authorization, (request, response) => {
    authorize({ title: 'Google', clientId: GOOGLE_CLIENT.id, people, grants, requiredScope: 'email' }, request, response);
  });
  router.get(GOOGLE_PATHS.keys, (_request, response) => void response.json(publicKeys(context.store)));
  router.post(GOOGLE_PATHS.token, async (request, response) => {
    response.set('Cache-Control', 'no-store');
    const grant = redeemCode(request, GOOGLE_CLIENT, grants, { reuse: hasFault(context, 'replay-codes') });
    if (isRefusal(grant)) return void response.status(grant.status).json({ error: grant.error, error_description: grant.description });
    response.json({
      access_token: grants.issueAccessToken(grant),
      expires_in: ACCESS_TOKEN_LIFETIME_S,
      scope: grant.scope,
      token_type: 'Bearer',
      ...(grant.scope.split(' ').includes('openid') && { id_token: await idToken(context, claimsOf(grant, context)) }),
    });
  });
  router.get(GOOGLE_PATHS.userinfo, (request, response) => {
    const grant = grants.byAccessToken(bearer(request));
    if (grant?.clientId !== GOOGLE_CLIENT.id)
      return void response.status(401).json({ error: 'invalid_request', error_description: 'Invalid Credentials' });
    response.json(userinfo(grant));
  });
  return router;
}

function claimsOf(grant: Grant, context: SandboxContext): Record<string, string | number | boolean> {
  const issuedAt = Math.floor(context.clock.now().getTime() / 1_000);
  return {
    ...userinfo(grant),
    iss: context.url() + GOOGLE_PATHS.issuer,
    aud: grant.clientId,
    azp: grant.clientId,
    iat: issuedAt,
    exp: issuedAt + ID_TOKEN_LIFETIME_S,
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
  };
}

function userinfo(grant: Grant): Record<string, string | boolean> {
  const person = personByKey(grant.person);
  if (!person.google) throw new Error(`${person.key} has no Google account`);
  const { sub, emailVerified, hostedDomain } = person.google;
  const scopes = grant.scope.split(' ');
  return {
    sub,
    ...(scopes.includes('profile') && { name: person.name, given_name: person.firstName, family_name: person.lastName }),
    ...(scopes.includes('email') && { email: person.email, email_verified: emailVerified }),
    ...(hostedDomain !== undefined && { hd: hostedDomain }),
  };
}
