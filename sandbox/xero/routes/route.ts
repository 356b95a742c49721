import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { readJson } from '../../kit/server.js';
import type { Ledger } from '../ledger.js';
import { SANDBOX_APP_NAME } from '../oauth/client.js';
import { badPostData, notModelled, Problem } from '../problem.js';
import { Query, type Pagination } from '../query.js';

export interface Call {
  request: Request;
  query: Query;
  /** A path parameter. */
  param: (name: string) => string;
}

/** The named plural of an answer and its members; the envelope is put around it. */
export interface Answer {
  plural: string;
  items: readonly unknown[];
  pagination?: Pagination | undefined;
}

/** A route that answers in the vendor's envelope, and refuses parameters that are not in `modelled`. */
export function route(ledger: Ledger, modelled: readonly string[], work: (call: Call) => Answer): RequestHandler {
  return (request: Request, response: Response): void => {
    const query = new Query(request, modelled);
    const { plural, items, pagination } = work({ request, query, param: (name) => String(request.params[name] ?? '') });
    response.json({
      Id: randomUUID(),
      Status: 'OK',
      ProviderName: SANDBOX_APP_NAME,
      DateTimeUTC: `/Date(${ledger.context.clock.now().getTime()})/`,
      ...(pagination && { pagination }),
      [plural]: items,
    });
  };
}

/** The elements of a body: `{"Invoices":[…]}` with the key in any case, or one bare object. */
export function elementsOf(request: Request, plural: string): unknown[] {
  const body = readJson(request);
  if (typeof body !== 'object' || body === null) throw badPostData('The request body could not be read as JSON.');
  if (Array.isArray(body)) throw badPostData(`Send {"${plural}":[…]} or one object, not a bare array.`);
  const wrapped = Object.entries(body).find(([name]) => name.toLowerCase() === plural.toLowerCase())?.[1];
  const elements: unknown[] = Array.isArray(wrapped) ? wrapped : [body];
  if (elements.length === 0) throw badPostData(`No ${plural} in the request body.`);
  return elements;
}

/** XML is the vendor's default and not modelled, so that a forgotten `Accept` header shows at once. */
export function requireJson(request: Request, _response: Response, next: () => void): void {
  const accept = request.headers.accept ?? '';
  if (!accept.includes('json')) {
    throw new Problem(406, `The sandbox speaks JSON only, and the real API would answer XML to "Accept: ${accept}".`, 'text/plain');
  }
  next();
}

export const unknownRoute: RequestHandler = (request) => {
  throw notModelled(`${request.method} ${request.originalUrl}`);
};

export const sendProblem: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof Problem)) return next(error);
  response.status(error.status).set(error.headers);
  if (error.contentType === '') return void response.end();
  if (error.contentType === 'application/json') return void response.json(error.body);
  response.type(error.contentType).send(String(error.body));
};
