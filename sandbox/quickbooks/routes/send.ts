import { type Request, type Response, Router } from 'express';
import type { Books } from '../books.js';
import { entityStamp } from '../company-time.js';
import { missingParameter, transactionGone } from '../faults.js';
import { answer, queryParameter } from './answer.js';

export function sendRoutes(books: Books): Router {
  const router = Router();
  router.post('/invoice/:id/send', (request, response) => send(books, request, response));
  return router;
}

/** Marks the invoice as mailed; the sandbox delivers no mail. Not idempotent, as on the real service. */
function send(books: Books, request: Request, response: Response): void {
  const invoice = books.find('Invoice', String(request.params['id']));
  if (!invoice) throw transactionGone();
  const Address = queryParameter(request, 'sendTo') ?? invoice.BillEmail?.Address;
  if (!Address) throw missingParameter('BillEmail');
  const DeliveryInfo = { DeliveryType: 'Email' as const, DeliveryTime: entityStamp(books.clock.now()) };
  const sent = { ...invoice, BillEmail: { Address }, EmailStatus: 'EmailSent' as const, DeliveryInfo };
  const Invoice = books.store.transaction(() => books.replace('Invoice', invoice, sent, 'Emailed'));
  answer(books, response, { Invoice });
}
