import { Router, type Request, type Response } from 'express';
import type { Doc } from './documents.js';
import { badRequest, noEndpoint, notFound, wrongVerb } from './errors.js';
import type { Model } from './models.js';
import { takePage } from './paging.js';
import { present } from './present.js';
import type { Psa } from './psa.js';
import { COUNT_PARAMETERS, filtered, LIST_PARAMETERS, ONE_PARAMETERS, ordered, projected, readParameters } from './query.js';

export type Handler = (request: Request, response: Response) => void | Promise<void>;
type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Where records of one kind come from. Throws the 404 of a parent that does not exist. */
export type Rows = (request: Request) => Doc[];

/** The routes of the API: known paths answer unknown verbs with 405, everything else is the vendor's 404. */
export class Endpoints {
  readonly router = Router();
  private readonly paths = new Set<string>();

  constructor(readonly psa: Psa) {}

  on(verb: Verb, path: string, handler: Handler): void {
    this.paths.add(path);
    this.router[verb](path, handler);
  }

  /** List, `/count` and by id, with the whole query language. `isWanted` lets a record be named by more than its id. */
  read(path: string, model: Model, rows: Rows, isWanted: (row: Doc, wanted: string) => boolean = hasId): void {
    this.on('get', path, (request, response) => this.list(request, response, model, rows(request)));
    this.on('get', `${path}/count`, (request, response) => {
      const parameters = readParameters(request, COUNT_PARAMETERS);
      response.json({ count: filtered(rows(request), parameters, model).length });
    });
    this.on('get', `${path}/:id`, (request, response) => {
      const wanted = String(request.params['id']);
      const row = rows(request).find((candidate) => isWanted(candidate, wanted));
      if (!row) throw notFound(model.name, wanted);
      this.one(request, response, model, row);
    });
  }

  list(request: Request, response: Response, model: Model, rows: readonly Doc[], extraParameters: readonly string[] = []): void {
    const parameters = readParameters(request, [...LIST_PARAMETERS, ...extraParameters]);
    const sorted = ordered(filtered(rows, parameters, model), parameters['orderby'], model);
    const asked = {
      page: parameters['page'],
      pageSize: parameters['pagesize'],
      pageId: parameters['pageid'],
      orderBy: parameters['orderby'],
    };
    const page = takePage(sorted, asked, request, response, this.psa.url);
    response.json(page.map((row) => projected(present(row, model, this.psa), parameters['fields'], model)));
  }

  one(request: Request, response: Response, model: Model, row: Doc): void {
    const parameters = readParameters(request, ONE_PARAMETERS);
    response.json(projected(present(row, model, this.psa), parameters['fields'], model));
  }

  close(): Router {
    for (const path of this.paths) {
      this.router.all(path, (request) => {
        throw wrongVerb(request.method);
      });
    }
    this.router.use(() => {
      throw noEndpoint();
    });
    return this.router;
  }
}

const hasId = (row: Doc, wanted: string): boolean => String(row.id) === wanted;

export function findById<T extends Doc>(rows: readonly T[], id: unknown, model: Model): T {
  const row = rows.find((candidate) => hasId(candidate, String(id)));
  if (!row) throw notFound(model.name, id);
  return row;
}

/** Writes take no parameters: one that is given would silently do nothing. */
export function readBody(request: Request): unknown {
  readParameters(request, []);
  if (!/json/i.test(request.headers['content-type'] ?? '')) throw badRequest('Content-Type must be application/json.');
  try {
    return JSON.parse((request.body as Buffer).toString('utf8'));
  } catch {
    throw badRequest('The request body is not valid JSON.');
  }
}
