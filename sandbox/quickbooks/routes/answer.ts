import type { NextFunction, Request, Response } from 'express';
import type { Books } from '../books.js';
import { envelopeStamp } from '../company-time.js';
import { faultEnvelope, gatewayAnswer, NotModelled, QboFault } from '../fault-bodies.js';

/** Sends an envelope with the time at its end, as every answer of the application tier has it. */
export function answer(books: Books, response: Response, body: Record<string, unknown>): void {
  response.json({ ...body, time: envelopeStamp(books.clock.now()) });
}

export function queryParameter(request: Request, name: string): string | undefined {
  const value = request.query[name];
  const single: unknown = Array.isArray(value) ? value[0] : value;
  return typeof single === 'string' && single !== '' ? single : undefined;
}

/** Refusals become faults; what the sandbox does not model is said loudly instead of being guessed. */
export function faultAnswer(books: Books) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) return next(error);
    const now = books.clock.now();
    if (error instanceof QboFault) {
      return void response.status(books.options.faultsAs200 ? 200 : error.status).json(faultEnvelope(error, now));
    }
    const loud = error instanceof NotModelled;
    const detail = loud ? `SANDBOX: ${error.message} (${request.method} ${request.originalUrl})` : `SANDBOX FAILED: ${String(error)}`;
    const fault = new QboFault('10000', 'The sandbox cannot answer this request', detail, '', { type: 'SystemFault' });
    response.status(loud ? 501 : 500).json(faultEnvelope(fault, now));
  };
}

export function sendGateway(books: Books, response: Response, status: number): void {
  const { contentType, body } = gatewayAnswer(status, books.clock.now());
  response.status(status).type(contentType).send(body);
}
