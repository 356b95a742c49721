import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { NoTenant, SecondFactorRequired, SignInRequired, StepUpRequired } from './access-refused.js';

const LEADING = [SignInRequired, NoTenant, StepUpRequired, SecondFactorRequired] as const;
export type Leading = InstanceType<(typeof LEADING)[number]>;

export function leadsElsewhere(error: unknown): error is Leading {
  return LEADING.some((kind) => error instanceof kind);
}

/** Leads a browser to where it can sign in or choose a company; scripts get the problem as it is. */
@Catch(...LEADING)
export class SignInRequiredFilter implements ExceptionFilter {
  catch(error: Leading, host: ArgumentsHost): void {
    leadToSignIn(error, host.switchToHttp().getRequest<Request>(), host.switchToHttp().getResponse<Response>());
  }
}

/** The same for a filter that answers every error itself. */
export function leadToSignIn(error: Leading, request: Request, response: Response): void {
  response.set('Cache-Control', 'no-store');
  if (isForScripts(request)) return sendProblem(response, error);
  const address = addressFor(error, request);
  if (request.headers['hx-request'] === 'true') return void response.status(200).set('HX-Redirect', address).end();
  response.redirect(303, address);
}

function addressFor(error: Leading, request: Request): string {
  if (error instanceof NoTenant) return '/sign-in/tenants';
  if (error instanceof SignInRequired) return signInAddress(request);
  const page = error instanceof SecondFactorRequired && !error.enrolled ? '/sign-in/authenticator' : '/sign-in/confirm';
  return `${page}?${new URLSearchParams({ returnTo: pageOf(request) })}`;
}

/** The page that the person looks at: a form that was refused is opened again from where it stands. */
function pageOf(request: Request): string {
  if (request.headers['hx-request'] === 'true') return currentPage(request);
  if (request.method === 'GET') return request.originalUrl;
  const address = request.headers.referer;
  if (address === undefined || !URL.canParse(address)) return '/';
  const { pathname, search } = new URL(address);
  return pathname + search;
}

function isForScripts(request: Request): boolean {
  return request.path.startsWith('/api/') || request.headers.authorization !== undefined || request.headers.accept === 'application/json';
}

function sendProblem(response: Response, error: Leading): void {
  const status = error.getStatus();
  if (status === 401) response.set('WWW-Authenticate', 'Bearer');
  const title = status === 401 ? 'Unauthorized' : 'Forbidden';
  response
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title,
        status,
        detail: error.message,
        ...(error instanceof StepUpRequired && { stepUpRequired: true }),
      }),
    );
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
