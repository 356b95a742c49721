import { type Request, type Response, Router } from 'express';
import type { Books } from '../books.js';
import { queryParserError } from '../faults.js';
import { runQuery } from '../query-run.js';
import { answer, queryParameter } from './answer.js';

export function queryRoutes(books: Books): Router {
  const router = Router();
  router.get('/query', (request, response) => send(books, response, queryParameter(request, 'query')));
  router.post('/query', (request, response) => send(books, response, textOf(request)));
  return router;
}

function send(books: Books, response: Response, text: string | undefined): void {
  if (!text?.trim()) throw queryParserError('The query is empty');
  answer(books, response, { QueryResponse: runQuery(books, text) });
}

function textOf(request: Request): string {
  if (!/^application\/text\b/i.test(request.get('content-type') ?? '')) {
    throw queryParserError('A query is posted as application/text');
  }
  return Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
}
