import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { readJson } from '../../kit/server.js';
import type { Books } from '../books.js';
import { type EntityName, entityNamed } from '../entities/entity.js';
import { NotModelled, QboFault } from '../fault-bodies.js';
import { missingParameter, unknownProperty } from '../faults.js';
import { runQuery } from '../query-run.js';
import { batchItemId, once } from '../request-id.js';
import { prepareWrite, type WriteOperation } from '../write.js';
import { answer, queryParameter } from './answer.js';

const MAX_ITEMS = 30;

const batchSchema = z.object({
  BatchItemRequest: z.array(
    z.looseObject({
      bId: z.string(),
      operation: z.enum(['create', 'update', 'delete', 'query']).optional(),
      optionsData: z.string().optional(),
      Query: z.string().optional(),
    }),
  ),
});
type BatchItem = z.infer<typeof batchSchema>['BatchItemRequest'][number];

export function batchRoutes(books: Books): Router {
  const router = Router();
  router.post('/batch', (request, response) => runBatch(books, request, response));
  return router;
}

/** 200 whatever its items say; every item stands alone, so a refused one leaves its neighbours be. */
function runBatch(books: Books, request: Request, response: Response): void {
  const batch = batchSchema.safeParse(readJson(request));
  if (!batch.success) throw unknownProperty(z.prettifyError(batch.error));
  const items = batch.data.BatchItemRequest;
  if (items.length === 0) throw missingParameter('BatchItemRequest');
  if (items.length > MAX_ITEMS) {
    throw new QboFault('1040', 'Batch size exceeds allowed limit', `batch size exceeds allowed limit of ${MAX_ITEMS} items`);
  }
  const requestId = queryParameter(request, 'requestid');
  for (const item of items) batchItemId(requestId, item.bId);
  answer(books, response, { BatchItemResponse: items.map((item) => runItem(books, requestId, item)) });
}

function runItem(books: Books, requestId: string | undefined, item: BatchItem): Record<string, unknown> {
  try {
    return { bId: item.bId, ...itemAnswer(books, requestId, item) };
  } catch (error) {
    if (!(error instanceof QboFault)) throw error;
    return { bId: item.bId, Fault: error.toFault() };
  }
}

function itemAnswer(books: Books, requestId: string | undefined, item: BatchItem): Record<string, unknown> {
  if (item.Query !== undefined) return { QueryResponse: runQuery(books, item.Query) };
  if (item.operation === undefined || item.operation === 'query') throw missingParameter('operation');
  const { kind, body } = entityOf(item);
  const options = (item.optionsData ?? '').toLowerCase().split(',');
  const operation: WriteOperation = item.operation === 'delete' ? 'delete' : options.includes('void') ? 'void' : 'write';
  if (item.operation === 'create' && hasId(body)) throw unknownProperty('Id in a create');
  if (item.operation === 'update' && !hasId(body)) throw missingParameter('Id');
  const allowDuplicateNumber = options.includes('allowduplicatedocnum');
  return once(books, batchItemId(requestId, item.bId), () => prepareWrite(books, { kind, operation, body, allowDuplicateNumber }));
}

function entityOf(item: BatchItem): { kind: EntityName; body: unknown } {
  const keys = Object.keys(item).filter((key) => !['bId', 'operation', 'optionsData', 'Query'].includes(key));
  const [key] = keys;
  if (key === undefined || keys.length > 1) throw missingParameter('entity');
  const kind = entityNamed(key);
  if (!kind) throw new NotModelled(`Batch items of ${key} are not modelled`);
  return { kind, body: item[key] };
}

function hasId(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'Id' in body && body.Id !== undefined;
}
