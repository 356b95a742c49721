import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';
import { Refusal } from '../../domain/refusal.js';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import { leadsElsewhere, leadToSignIn } from '../../identity/sign-in-required.filter.js';
import { Config } from '../../platform/config/config.js';
import { InputRefused, isOurFault, problemOf, sendProblem, type Problem } from '../../platform/http/problem.js';
import { reportFault } from '../../platform/telemetry/report-fault.js';
import { isHtmx } from '../http/htmx.js';
import { sandboxLinks } from '../shell/tenant-shells.js';
import { themeOf } from '../shell/theme.js';
import { ViewEngine } from '../view-engine.js';
import { errorPage } from './error-presenter.js';

/** Every error that no page answered itself: a page of words for people, a toast inside htmx, problem+json below /api. */
@Catch()
export class PageFilter implements ExceptionFilter {
  private readonly logger = new Logger('pages');

  constructor(
    private readonly views: ViewEngine,
    private readonly connectors: ConnectorCatalog,
    private readonly config: Config,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    if (leadsElsewhere(error)) return leadToSignIn(error, request, response);
    const problem = problemFor(error);
    if (isOurFault(problem)) reportFault(this.logger, problem, error);
    if (response.headersSent) return void response.destroy();
    if (/^\/(?:api|webhooks)\//.test(request.path)) return sendProblem(response, problem);
    response.status(problem.status).set('Cache-Control', 'no-store');
    if (isHtmx(request)) this.sendToast(response, problem);
    else this.sendPage(request, response, error, problem);
  }

  /** Nothing is swapped: what the person looks at stays, and a message says why nothing happened. */
  private sendToast(response: Response, problem: Problem): void {
    const text = isOurFault(problem) ? `${problem.detail} Number ${problem.instance?.slice(-12)}.` : problem.detail;
    response
      .set('HX-Reswap', 'none')
      .type('html')
      .send(this.views.renderPartial('toasts-oob', { shell: { toasts: [{ text, tone: 'error' }] } }));
  }

  private sendPage(request: Request, response: Response, error: unknown, problem: Problem): void {
    const sandbox = sandboxLinks(this.config, (key) => this.connectors.label(key));
    const shell = { theme: themeOf(request), ...(sandbox && { sandbox }) };
    response.type('html').send(this.views.render('error', errorPage(error, problem, shell)));
  }
}

/** Refusals of people's matters become ones of the general kind; a form that was typed wrong is 422 on pages. */
function problemFor(error: unknown): Problem {
  if (error instanceof IdentityRefusal) {
    const kind = error.reason === 'not_found' ? 'not_found' : error.reason === 'owner_only' ? 'forbidden' : 'invalid';
    return problemOf(new Refusal(kind, error.message));
  }
  const problem = problemOf(error);
  return error instanceof InputRefused ? { ...problem, status: 422 } : problem;
}
