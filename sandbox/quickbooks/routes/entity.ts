import { type Request, type Response, Router } from 'express';
import { readJson } from '../../kit/server.js';
import type { Books } from '../books.js';
import { companyInfo, preferences } from '../company.js';
import { type EntityName, entityNamed } from '../entities/entity.js';
import { NotModelled } from '../fault-bodies.js';
import { invalidId, objectNotFound, unknownProperty } from '../faults.js';
import { checkRequestId, once } from '../request-id.js';
import { prepareWrite, type WriteOperation } from '../write.js';
import { answer, queryParameter } from './answer.js';
import { presented } from './present.js';

export function entityRoutes(books: Books): Router {
  const router = Router();
  router.get('/companyinfo/:id', (_request, response) => answer(books, response, { CompanyInfo: companyInfo(books) }));
  router.get('/preferences', (_request, response) => answer(books, response, { Preferences: preferences(books) }));
  router.get('/:entity/:id', (request, response) => read(books, request, response));
  router.post('/:entity', (request, response) => write(books, request, response));
  return router;
}

function read(books: Books, request: Request, response: Response): void {
  const kind = kindOf(request);
  const id = String(request.params['id']);
  if (!/^\d+$/.test(id) && kind !== 'TaxCode') throw invalidId(id);
  const entity = books.find(kind, id);
  if (!entity) throw objectNotFound();
  answer(books, response, { [kind]: presented(books, kind, entity) });
}

function write(books: Books, request: Request, response: Response): void {
  const kind = kindOf(request);
  const requestId = queryParameter(request, 'requestid');
  checkRequestId(requestId);
  const body = readJson(request);
  if (body === undefined) throw unknownProperty('the body is not JSON');
  const include = (queryParameter(request, 'include') ?? '').toLowerCase().split(',');
  const operation = operationOf(queryParameter(request, 'operation'), include);
  const allowDuplicateNumber = include.includes('allowduplicatedocnum');
  const written = once(books, requestId, () => prepareWrite(books, { kind, operation, body, allowDuplicateNumber }));
  answer(books, response, written);
}

/** Clients void in three spellings: `operation=void`, `include=void`, and `operation=update&include=void`. */
function operationOf(operation: string | undefined, include: readonly string[]): WriteOperation {
  if (include.includes('void')) return 'void';
  switch (operation?.toLowerCase()) {
    case undefined:
    case 'create':
    case 'update':
      return 'write';
    case 'delete':
      return 'delete';
    case 'void':
      return 'void';
    default:
      throw new NotModelled(`operation=${operation} is not modelled`);
  }
}

function kindOf(request: Request): EntityName {
  const segment = String(request.params['entity']);
  const kind = entityNamed(segment);
  if (!kind) throw new NotModelled(`${segment} is not modelled`);
  return kind;
}
