import { timingSafeEqual } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { MSP } from '../msp/msp.js';
import { readForm, readJson, type SandboxContext } from '../kit/server.js';
import { authorizePage, authorizeProblemPage } from './authorize-page.js';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REALM_ID } from './constants.js';
import { Tokens } from './tokens.js';
import { transactionId } from './transaction-id.js';

const KNOWN_SCOPES = new Set(['com.intuit.quickbooks.accounting', 'openid', 'profile', 'email', 'phone', 'address']);

const authorizeSchema = z.object({
  client_id: z.string(),
  response_type: z.string(),
  scope: z.string(),
  redirect_uri: z.url({ protocol: /^https?$/ }),
  state: z.string().min(1),
});
export type AuthorizeRequest = z.infer<typeof authorizeSchema>;

/** Sign-in pages and token endpoints; in production they live on four hosts, here on one. */
export function oauthRoutes(context: SandboxContext): Router {
  const tokens = new Tokens(context.store, context.clock);
  const router = Router();
  router.get('/connect/oauth2', (request, response) => showAuthorize(request, response));
  router.post('/connect/oauth2', (request, response) => decide(tokens, request, response));
  router.post('/oauth2/v1/tokens/bearer', (request, response) => token(tokens, request, response));
  router.post('/v2/oauth2/tokens/revoke', (request, response) => revoke(tokens, request, response));
  router.get('/v1/openid_connect/userinfo', (request, response) => userInfo(tokens, request, response));
  return router;
}

function showAuthorize(request: Request, response: Response): void {
  const wanted = readAuthorize(request.query, response);
  if (wanted) response.type('html').send(authorizePage(wanted));
}

/** The user's answer goes back to the app on the redirect address. */
function decide(tokens: Tokens, request: Request, response: Response): void {
  const form = Object.fromEntries(readForm(request));
  const wanted = readAuthorize(form, response);
  if (!wanted) return;
  const target = new URL(wanted.redirect_uri);
  if (form['decision'] === 'connect') {
    target.searchParams.set('code', tokens.issueCode(SANDBOX_REALM_ID, wanted.scope, wanted.redirect_uri));
    target.searchParams.set('state', wanted.state);
    target.searchParams.set('realmId', SANDBOX_REALM_ID);
  } else {
    target.searchParams.set('error', 'access_denied');
    target.searchParams.set('state', wanted.state);
  }
  response.redirect(302, target.toString());
}

function readAuthorize(given: unknown, response: Response): AuthorizeRequest | undefined {
  const wanted = authorizeSchema.safeParse(given);
  const problem = wanted.success ? problemWith(wanted.data) : z.prettifyError(wanted.error);
  if (wanted.success && problem === undefined) return wanted.data;
  response
    .status(400)
    .type('html')
    .send(authorizeProblemPage(problem ?? ''));
  return undefined;
}

function problemWith(wanted: AuthorizeRequest): string | undefined {
  if (wanted.client_id !== SANDBOX_CLIENT_ID) return 'The client_id is not known.';
  if (wanted.response_type !== 'code') return 'The response_type must be code.';
  const unknown = wanted.scope.split(' ').find((scope) => !KNOWN_SCOPES.has(scope));
  return unknown === undefined ? undefined : `The scope is not known: ${unknown}`;
}

function token(tokens: Tokens, request: Request, response: Response): void {
  response.setHeader('intuit_tid', transactionId());
  response.setHeader('Cache-Control', 'no-store');
  if (!isApp(request)) return void response.status(401).json({ error: 'invalid_client' });
  const form = readForm(request);
  const grantType = form.get('grant_type');
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
    return void response.status(400).json({ error: 'unsupported_grant_type' });
  }
  const answer =
    grantType === 'authorization_code'
      ? tokens.exchange(form.get('code') ?? '', form.get('redirect_uri') ?? '')
      : tokens.refresh(form.get('refresh_token') ?? '');
  if (typeof answer === 'string') return void response.status(400).json({ error: 'invalid_grant', error_description: answer });
  const { x_refresh_token_hard_expires_in, ...usual } = answer;
  const hardWanted = request.get('x-include-refresh-token-hard-expires-in') === 'true';
  response.json(hardWanted ? { ...usual, x_refresh_token_hard_expires_in } : usual);
}

/** Takes the token as JSON and as a form, as the two client libraries send it. */
function revoke(tokens: Tokens, request: Request, response: Response): void {
  response.setHeader('intuit_tid', transactionId());
  if (!isApp(request)) return void response.status(401).json({ error: 'invalid_client' });
  const json = z.object({ token: z.string() }).safeParse(readJson(request));
  const value = json.success ? json.data.token : readForm(request).get('token');
  if (!value || !tokens.revoke(value)) return void response.status(400).json({ error: 'invalid_request', error_description: 'token' });
  response.status(200).end();
}

function userInfo(tokens: Tokens, request: Request, response: Response): void {
  response.setHeader('intuit_tid', transactionId());
  const grant = tokens.grantOf(bearerOf(request) ?? '');
  if (typeof grant === 'string' || !grant.scope.split(' ').includes('openid')) {
    return void response.status(401).json({ error: 'invalid_token' });
  }
  const [owner] = MSP.members;
  response.json({
    sub: '5e8c1a3f-0000-4000-8000-sandboxowner',
    email: owner.email,
    emailVerified: true,
    givenName: owner.firstName,
    familyName: owner.lastName,
  });
}

export function bearerOf(request: Request): string | undefined {
  return /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
}

function isApp(request: Request): boolean {
  const sent = Buffer.from(/^Basic (\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '', 'base64');
  const known = Buffer.from(`${SANDBOX_CLIENT_ID}:${SANDBOX_CLIENT_SECRET}`);
  return sent.length === known.length && timingSafeEqual(sent, known);
}
