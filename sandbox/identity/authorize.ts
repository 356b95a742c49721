import type { Request, Response } from 'express';
import { z } from 'zod';
import type { SandboxPerson } from '../msp/people.js';
import type { Grants } from './grants.js';
import { refusalPage, signInPage } from './sign-in-page.js';

export interface AuthorizationEndpoint {
  /** Provider's name on the page. */
  title: string;
  clientId: string;
  people: readonly SandboxPerson[];
  grants: Grants;
  requiredScope: string;
  /** Named in every answer, where the provider does so. */
  issuerInAnswer?: string;
}

const requestSchema = z.object({
  client_id: z.string(),
  redirect_uri: z.string(),
  response_type: z.string().optional(),
  response_mode: z.string().optional(),
  scope: z.string().default(''),
  state: z.string().optional(),
  nonce: z.string().optional(),
  code_challenge: z.string().optional(),
  code_challenge_method: z.string().optional(),
  person: z.string().optional(),
});
type AuthorizationRequest = z.infer<typeof requestSchema>;

/** The button that refuses; every other button carries the key of a person. */
const CANCEL = 'cancel';

/**
 * OAuth 2 authorization endpoint, code flow, answer in the query. Without `person` it shows the sign-in page, whose
 * buttons repeat the request with it. A wrong client or return address is shown here and never redirected to.
 */
export function authorize(endpoint: AuthorizationEndpoint, request: Request, response: Response): void {
  const parsed = requestSchema.safeParse(request.query);
  if (!parsed.success) return refuse(response, endpoint, z.prettifyError(parsed.error));
  const asked = parsed.data;
  if (asked.client_id !== endpoint.clientId) return refuse(response, endpoint, `No app is registered as ${asked.client_id}.`);
  if (!isLoopback(asked.redirect_uri)) return refuse(response, endpoint, `${asked.redirect_uri} is not a registered return address.`);
  const problem = findProblem(asked, endpoint);
  if (problem) return back(response, endpoint, asked, problem);
  if (asked.person === undefined) {
    const page = signInPage({ title: endpoint.title, people: endpoint.people, request: request.query, cancel: CANCEL });
    return void response.set('Cache-Control', 'no-store').type('html').send(page);
  }
  if (asked.person === CANCEL) {
    return back(response, endpoint, asked, { error: 'access_denied', error_description: 'The person did not sign in.' });
  }
  if (!endpoint.people.some((person) => person.key === asked.person)) {
    return refuse(response, endpoint, `Nobody here is called ${asked.person}.`);
  }
  const code = endpoint.grants.issueCode({
    clientId: asked.client_id,
    redirectUri: asked.redirect_uri,
    person: asked.person,
    scope: asked.scope,
    ...(asked.nonce !== undefined && { nonce: asked.nonce }),
    ...(asked.code_challenge !== undefined && { codeChallenge: asked.code_challenge }),
  });
  back(response, endpoint, asked, { code });
}

function findProblem(
  asked: AuthorizationRequest,
  endpoint: AuthorizationEndpoint,
): { error: string; error_description: string } | undefined {
  if (asked.response_type !== 'code') {
    return { error: 'unsupported_response_type', error_description: 'Only response_type=code is offered.' };
  }
  if (asked.response_mode !== undefined && asked.response_mode !== 'query') {
    return { error: 'invalid_request', error_description: 'Only response_mode=query is offered.' };
  }
  if (!asked.scope.split(' ').includes(endpoint.requiredScope)) {
    return { error: 'invalid_scope', error_description: `The scope has to contain ${endpoint.requiredScope}.` };
  }
  if (asked.code_challenge !== undefined && asked.code_challenge_method !== 'S256') {
    return { error: 'invalid_request', error_description: 'Only code_challenge_method=S256 is offered.' };
  }
  return undefined;
}

function isLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return ['http:', 'https:'].includes(url.protocol) && ['127.0.0.1', 'localhost'].includes(url.hostname) && !url.username && !url.hash;
}

function back(response: Response, endpoint: AuthorizationEndpoint, asked: AuthorizationRequest, answer: Record<string, string>): void {
  const url = new URL(asked.redirect_uri);
  if (endpoint.issuerInAnswer !== undefined) url.searchParams.set('iss', endpoint.issuerInAnswer);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (asked.state !== undefined) url.searchParams.set('state', asked.state);
  response.set('Cache-Control', 'no-store').redirect(302, url.href);
}

function refuse(response: Response, endpoint: AuthorizationEndpoint, reason: string): void {
  response.status(400).type('html').send(refusalPage(endpoint.title, reason));
}
