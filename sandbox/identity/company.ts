import { Router, type Request, type Response } from 'express';
import type { SandboxContext } from '../kit/server.js';
import { OIDC_CLIENT, PEOPLE, personByKey } from '../msp/people.js';
import { authorize } from './authorize.js';
import { bearer } from './bearer.js';
import { ACCESS_TOKEN_LIFETIME_S, Grants, type Grant } from './grants.js';
import { isRefusal, redeemCode } from './redeem.js';
import { publicKeys } from './signing-key.js';
import { hasFault, idToken } from './token-faults.js';

/** The issuer is this path at the sandbox's plain address. */
export const COMPANY_PATH = '/company';
const ID_TOKEN_LIFETIME_S = 3_600;

/** A plain OpenID provider, as an Okta, Duo or Keycloak is: one issuer, discovery, PKCE, and its name in the answer (RFC 9207). */
export function companyRoutes(context: SandboxContext): Router {
  const grants = new Grants(context.store, context.clock);
  const people = PEOPLE.filter((person) => person.company);
  const issuer = () => context.url() + COMPANY_PATH;
  const router = Router();
  router.get(`${COMPANY_PATH}/.well-known/openid-configuration`, (_request, response) => void response.json(metadata(issuer())));
  router.get(`${COMPANY_PATH}/keys`, (_request, response) => void response.json(publicKeys(context.store)));
  router.get(`${COMPANY_PATH}/authorize`, (request, response) => {
    const issuerInAnswer = hasFault(context, 'wrong-response-issuer') ? 'https://elsewhere.example' : issuer();
    const endpoint = { title: 'Company sign-in', clientId: OIDC_CLIENT.id, people, grants, requiredScope: 'openid', issuerInAnswer };
    authorize(endpoint, request, response);
  });
  router.post(`${COMPANY_PATH}/token`, (request, response) => token(context, issuer(), grants, request, response));
  router.get(`${COMPANY_PATH}/userinfo`, (request, response) => {
    const grant = grants.byAccessToken(bearer(request));
    if (grant?.clientId !== OIDC_CLIENT.id) return void response.status(401).json({ error: 'invalid_token' });
    response.json(userinfo(grant));
  });
  return router;
}

function metadata(issuer: string): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    scopes_supported: ['openid', 'profile', 'email'],
  };
}

async function token(context: SandboxContext, issuer: string, grants: Grants, request: Request, response: Response): Promise<void> {
  response.set('Cache-Control', 'no-store');
  const grant = redeemCode(request, OIDC_CLIENT, grants, { reuse: hasFault(context, 'replay-codes') });
  if (isRefusal(grant)) return void response.status(grant.status).json({ error: grant.error, error_description: grant.description });
  const issuedAt = Math.floor(context.clock.now().getTime() / 1_000);
  const claims = {
    iss: issuer,
    aud: grant.clientId,
    sub: subjectOf(grant),
    iat: issuedAt,
    exp: issuedAt + ID_TOKEN_LIFETIME_S,
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
  };
  response.json({
    token_type: 'Bearer',
    scope: grant.scope,
    expires_in: ACCESS_TOKEN_LIFETIME_S,
    access_token: grants.issueAccessToken(grant),
    id_token: await idToken(context, claims),
  });
}

function subjectOf(grant: Grant): string {
  const { company, key } = personByKey(grant.person);
  if (!company) throw new Error(`${key} has no account at the company`);
  return company.sub;
}

/** Name and address come from here alone, as with providers that keep their ID tokens small. */
function userinfo(grant: Grant): Record<string, string | boolean> {
  const person = personByKey(grant.person);
  const scopes = grant.scope.split(' ');
  return {
    sub: subjectOf(grant),
    ...(scopes.includes('profile') && { name: person.name, preferred_username: person.email }),
    ...(scopes.includes('email') && { email: person.email, email_verified: person.company?.emailVerified === true }),
  };
}
