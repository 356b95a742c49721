import { Router, type Request, type Response } from 'express';
import { escapeHtml, readForm, type SandboxContext } from '../../kit/server.js';
import { isAllowedRedirect, SANDBOX_APP_NAME, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, unknownScopes } from './client.js';
import type { Connections } from './connections.js';
import type { Tokens } from './tokens.js';

/** Consent in the browser, the token endpoint and revocation. */
export function oauthRoutes(context: SandboxContext, tokens: Tokens, connections: Connections): Router {
  const router = Router();
  router.get('/identity/connect/authorize', (request, response) => {
    const asked = new URL(request.originalUrl, context.url()).searchParams;
    const problem = consentProblem(asked);
    if (problem) return refuse(response, asked, problem);
    response.type('html').send(consentPage(context, asked));
  });
  router.post('/identity/connect/authorize', (request, response) => {
    const asked = readForm(request);
    const problem = asked.get('decision') === 'allow' ? consentProblem(asked) : { error: 'access_denied' };
    if (problem) return refuse(response, asked, problem);
    const grant = tokens.grant((asked.get('scope') ?? '').split(' ').filter(Boolean));
    connections.connect(grant);
    const redirectUri = asked.get('redirect_uri') ?? '';
    const code = tokens.issueCode(grant, redirectUri, asked.get('code_challenge') ?? undefined);
    response.redirect(302, withQuery(redirectUri, { code, state: asked.get('state') ?? '', scope: grant.scopes.join(' ') }));
  });
  router.post('/connect/token', (request, response) => answerToken(request, response, tokens));
  router.post('/connect/revocation', (request, response) => {
    if (clientOf(request, readForm(request)) !== 'confidential') return void response.status(400).json({ error: 'invalid_client' });
    const grant = tokens.revoke(readForm(request).get('token') ?? '');
    if (grant) connections.removeAll(grant);
    response.status(200).end();
  });
  return router;
}

interface ConsentProblem {
  error: string;
  /** Set when the app cannot be trusted with an answer: the person sees it instead. */
  shown?: string;
}

function consentProblem(asked: URLSearchParams): ConsentProblem | undefined {
  if (asked.get('client_id') !== SANDBOX_CLIENT_ID) return { error: 'unauthorized_client', shown: 'Unknown client or client not enabled' };
  const redirectUri = asked.get('redirect_uri') ?? '';
  if (!isAllowedRedirect(redirectUri)) {
    return {
      error: 'unauthorized_client',
      shown: `Invalid redirect_uri: ${redirectUri} (https, or http://localhost; not http://127.0.0.1)`,
    };
  }
  if (asked.get('response_type') !== 'code') return { error: 'unsupported_response_type' };
  const method = asked.get('code_challenge_method');
  if (asked.has('code_challenge') && method !== 'S256') return { error: 'invalid_request' };
  const scopes = (asked.get('scope') ?? '').split(' ').filter(Boolean);
  return scopes.length === 0 || unknownScopes(scopes).length > 0 ? { error: 'invalid_scope' } : undefined;
}

function refuse(response: Response, asked: URLSearchParams, problem: ConsentProblem): void {
  const redirectUri = asked.get('redirect_uri') ?? '';
  if (problem.shown !== undefined || !isAllowedRedirect(redirectUri)) {
    response
      .status(400)
      .type('html')
      .send(`<!doctype html><title>Error</title><h1>${escapeHtml(problem.error)}</h1><p>${escapeHtml(problem.shown)}</p>`);
    return;
  }
  response.redirect(302, withQuery(redirectUri, { error: problem.error, state: asked.get('state') ?? '' }));
}

function consentPage(context: SandboxContext, asked: URLSearchParams): string {
  const hidden = [...asked]
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('');
  const organisation = context.store.all<{ name: string }>('organisation')[0]?.name;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Allow access (sandbox)</title>
<body style="font:16px system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem"><h1>${escapeHtml(SANDBOX_APP_NAME)} wants access to:</h1>
<p><strong>${escapeHtml(organisation)}</strong></p><p>${escapeHtml(asked.get('scope'))}</p>
<form method="post" action="/identity/connect/authorize">${hidden}
<button name="decision" value="allow">Allow access</button> <button name="decision" value="cancel">Cancel</button></form></body></html>`;
}

function answerToken(request: Request, response: Response, tokens: Tokens): void {
  const form = readForm(request);
  const client = clientOf(request, form);
  response.setHeader('Cache-Control', 'no-store');
  if (client === 'unknown') return void response.status(400).json({ error: 'invalid_client' });
  const hasSecret = client === 'confidential';
  const kind = form.get('grant_type');
  if (kind !== 'authorization_code' && kind !== 'refresh_token') {
    return void response.status(400).json({ error: 'unsupported_grant_type' });
  }
  const issued =
    kind === 'refresh_token'
      ? tokens.refresh(form.get('refresh_token') ?? '', hasSecret)
      : tokens.redeemCode(form.get('code') ?? '', form.get('redirect_uri') ?? '', form.get('code_verifier') ?? undefined, hasSecret);
  if (!issued) return void response.status(400).json({ error: 'invalid_grant' });
  response.json(issued);
}

function clientOf(request: Request, form: URLSearchParams): 'confidential' | 'public' | 'unknown' {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic === undefined) return form.get('client_id') === SANDBOX_CLIENT_ID && !form.has('client_secret') ? 'public' : 'unknown';
  const [id, secret] = Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent);
  return id === SANDBOX_CLIENT_ID && secret === SANDBOX_CLIENT_SECRET ? 'confidential' : 'unknown';
}

function withQuery(uri: string, parameters: Record<string, string>): string {
  const target = new URL(uri);
  for (const [name, value] of Object.entries(parameters)) if (value) target.searchParams.set(name, value);
  return target.href;
}
