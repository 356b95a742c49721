import { Router, type NextFunction, type Request, type Response } from 'express';
import { authenticate, companyInfo } from '../auth.js';
import { signingKeyOf } from '../callbacks.js';
import { SANDBOX_CODEBASE, SANDBOX_COMPANY, SANDBOX_VERSION } from '../constants.js';
import type { CallbackDoc } from '../documents.js';
import { Endpoints } from '../endpoints.js';
import { ApiError, cannotRoute, noEndpoint } from '../errors.js';
import { checkPermission } from '../permissions.js';
import type { Psa } from '../psa.js';
import { Throttle } from '../throttle.js';
import { agreementRoutes } from './agreements.js';
import { callbackRoutes } from './callbacks.js';
import { companyRoutes } from './companies.js';
import { documentRoutes } from './documents.js';
import { paymentRoutes, routingRoutes } from './invoice-children.js';
import { invoiceInfoRoutes } from './invoice-info.js';
import { invoiceRoutes } from './invoices.js';
import { lineRoutes } from './lines.js';
import { setupRoutes } from './setup.js';
import { systemRoutes } from './system.js';

/** Hosts in front of the API may cut longer addresses; the vendor recommends staying below. */
const LONGEST_ADDRESS = 2_000;
const BASES = [`/${SANDBOX_CODEBASE}apis/3.0`, '/v4_6_release/apis/3.0'];

export function apiRouter(psa: Psa): Router {
  const router = Router();
  let requests = 0;
  router.use((request, response, next) => {
    requests += 1;
    response.setHeader('api-current-version', SANDBOX_VERSION);
    response.setHeader('x-cw-request-id', `sandbox-${requests}`);
    request.url = withoutDoubleSlashes(request.url);
    next();
  });
  router.get('/login/companyinfo/:company', (request, response) => void response.json(companyInfo(request.params.company)));
  for (const codebase of [SANDBOX_CODEBASE, 'v4_6_release/']) {
    router.get(`/${codebase}system/callbackkey/index.rails`, (request, response) => answerKey(psa, request, response));
  }
  const api = guardedApi(psa);
  for (const base of BASES) router.use(base, api);
  router.use((request) => {
    throw /^\/[^/]+\/apis\//i.test(request.path) ? cannotRoute() : noEndpoint();
  });
  router.use(answerError);
  return router;
}

function guardedApi(psa: Psa): Router {
  const throttle = new Throttle(psa.clock);
  const router = Router();
  router.use((request, response, next) => {
    response.setHeader('Content-Type', `application/vnd.connectwise.com+json; version=${askedVersion(request)}`);
    throttle.check(psa.options().requestsPerMinute);
    authenticate(request);
    if (request.originalUrl.length > LONGEST_ADDRESS) throw new ApiError(414, 'Request-URI Too Long');
    checkPermission(request, psa.options());
    next();
  });
  const endpoints = new Endpoints(psa);
  systemRoutes(endpoints);
  callbackRoutes(endpoints);
  documentRoutes(endpoints);
  companyRoutes(endpoints);
  setupRoutes(endpoints);
  agreementRoutes(endpoints);
  lineRoutes(endpoints);
  invoiceInfoRoutes(endpoints);
  invoiceRoutes(endpoints);
  paymentRoutes(endpoints);
  routingRoutes(endpoints);
  router.use(endpoints.close());
  return router;
}

function askedVersion(request: Request): string {
  return /version=([\d.]+)/.exec(request.headers.accept ?? '')?.[1] ?? SANDBOX_VERSION;
}

function withoutDoubleSlashes(url: string): string {
  const [path = '', ...query] = url.split('?');
  return [path.replace(/\/{2,}/g, '/'), ...query].join('?');
}

/** Keys are fetched anonymously and arrive with a content type that is not JSON. */
function answerKey(psa: Psa, request: Request, response: Response): void {
  const { companyName, id } = request.query;
  const callback = psa.store.all<CallbackDoc>('callback').find((entry) => entry.connectWiseID === id);
  if (companyName !== SANDBOX_COMPANY || !callback) throw noEndpoint();
  response.type('text/html').send(JSON.stringify({ signing_key: signingKeyOf(psa, callback) }));
}

function answerError(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (!(error instanceof ApiError)) return next(error);
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  response.status(error.status);
  if (typeof error.body === 'string') response.type('text/plain').send(error.body);
  else response.type('application/json').send(JSON.stringify(error.body));
}
