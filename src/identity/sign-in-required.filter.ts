import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { NoTenant, SignInRequired } from './access-refused.js';

/** Leads a browser to where it can sign in or choose a company; scripts get the problem as it is. */
@Catch(SignInRequired, NoTenant)
export class SignInRequiredFilter implements ExceptionFilter {
  catch(error: SignInRequired | NoTenant, host: ArgumentsHost): void {
    leadToSignIn(error, host.switchToHttp().getRequest<Request>(), host.switchToHttp().getResponse<Response>());
  }
}

/** The same for a filter that answers every error itself. */
export function leadToSignIn(error: SignInRequired | NoTenant, request: Request, response: Response): void {
  response.set('Cache-Control', 'no-store');
  if (isForScripts(request)) return sendProblem(response, error);
  const address = error instanceof NoTenant ? '/sign-in/tenants' : signInAddress(request);
  if (request.headers['hx-request'] === 'true') return void response.status(200).set('HX-Redirect', address).end();
  response.redirect(303, address);
}

function isForScripts(request: Request): boolean {
  return request.path.startsWith('/api/') || request.headers.authorization !== undefined;
}

function sendProblem(response: Response, error: SignInRequired | NoTenant): void {
  const status = error.getStatus();
  if (status === 401) response.set('WWW-Authenticate', 'Bearer');
  const title = status === 401 ? 'Unauthorized' : 'Forbidden';
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title, status, detail: error.message }));
}

/** Only a page that can simply be opened again is worth coming back to. */
function signInAddress(request: Request): string {
  const wanted = request.headers['hx-request'] === 'true' ? currentPage(request) : request.originalUrl;
  return request.method === 'GET' && wanted !== '/' ? `/sign-in?${new URLSearchParams({ returnTo: wanted })}` : '/sign-in';
}

function currentPage(request: Request): string {
  const address = request.headers['hx-current-url'];
  if (typeof address !== 'string' || !URL.canParse(address)) return '/';
  const { pathname, search } = new URL(address);
  return pathname + search;
}
