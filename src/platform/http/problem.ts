import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { Response } from 'express';
import { Refusal } from '../../domain/refusal.js';
import { uuidv7 } from '../ids/uuidv7.js';

/** RFC 9457. Members beyond these five are facts a program can act on. */
export interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  /** What happened, what it means, what to do. */
  detail: string;
  /** Only for faults of ours: what to quote to whoever runs this installation. */
  instance?: string;
  [fact: string]: unknown;
}

/** Input that its schema refuses: which fields, and why. */
export class InputRefused extends Error {
  constructor(readonly fields: readonly { field: string; message: string }[]) {
    super('Some of what was sent is not valid.');
    this.name = 'InputRefused';
  }
}

const STATUS: Readonly<Record<Refusal['kind'], number>> = { not_found: 404, conflict: 409, forbidden: 403, invalid: 422, unavailable: 503 };

/** Never a stack and never a message that was not meant for the caller: those become a 500 with an id, see `isOurFault`. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) return problem(STATUS[error.kind], error.message, error.facts);
  if (error instanceof InputRefused) return problem(400, fieldSentence(error.fields), { errors: error.fields });
  if (error instanceof HttpException && error.getStatus() < 500) return problem(error.getStatus(), error.message);
  const status = refusedByParser(error);
  if (status !== undefined) return problem(status, PARSER_WORDS[status] ?? 'The request could not be read.');
  const instance = `urn:uuid:${uuidv7()}`;
  return problem(500, 'Something failed on our side and was logged. Try again; if it happens again, quote the instance.', { instance });
}

export function isOurFault(given: Problem): boolean {
  return given.status >= 500;
}

export function sendProblem(response: Response, given: Problem): void {
  if (given.status === 401) response.set('WWW-Authenticate', 'Bearer');
  response.set('Cache-Control', 'no-store').status(given.status).type('application/problem+json').send(JSON.stringify(given));
}

const PARSER_WORDS: Readonly<Record<number, string>> = {
  400: 'The body is not JSON.',
  413: 'The body is too large.',
  414: 'The address is too long.',
  415: 'Bodies are JSON, in UTF-8 and not compressed: send the header Content-Type: application/json.',
};

/** The body parser's own refusals carry a status and say that they may be told. */
function refusedByParser(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('expose' in error) || error.expose !== true || !('status' in error)) return undefined;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500 ? error.status : undefined;
}

function problem(status: number, detail: string, facts: Readonly<Record<string, unknown>> = {}): Problem {
  return { ...facts, type: 'about:blank', title: STATUS_CODES[status] ?? 'Problem', status, detail };
}

function fieldSentence(fields: InputRefused['fields']): string {
  // An address with no proper id in it is a mistyped or cut link, not a form to correct.
  if (fields.length > 0 && fields.every(({ field }) => field === 'id')) return 'There is nothing at this address. Check the link.';
  const names = fields.map(({ field, message }) => `${field}: ${message}`);
  return `Some of what was sent is not valid. ${names.join('; ')}`.slice(0, 1_000);
}
