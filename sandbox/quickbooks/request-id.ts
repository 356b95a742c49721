import type { Books } from './books.js';
import { QboFault } from './fault-bodies.js';
import { tooLong } from './faults.js';

const MAX_LENGTH = 50;
const MAX_BATCH_LENGTH = 36;
const MAX_BID_LENGTH = 10;

interface Remembered {
  body: Record<string, unknown>;
  /** Set when the original answer was a refusal. */
  fault?: { code: string; message: string; detail: string; element: string; status: number };
}

/** Runs a write once per request id; the same id again gets the first answer, also when that answer never arrived. */
export function once(books: Books, requestId: string | undefined, prepare: () => () => Record<string, unknown>): Record<string, unknown> {
  const remembered = requestId === undefined ? undefined : books.store.get<Remembered>('_request', requestId);
  if (remembered?.fault) throw revive(remembered.fault);
  if (remembered) return remembered.body;
  const work = checked(books, requestId, prepare);
  return books.store.transaction(() => {
    const body = work();
    if (requestId !== undefined) books.store.put('_request', requestId, { body } satisfies Remembered);
    return body;
  });
}

function checked(books: Books, requestId: string | undefined, prepare: () => () => Record<string, unknown>): () => Record<string, unknown> {
  try {
    return prepare();
  } catch (error) {
    if (requestId !== undefined && error instanceof QboFault && books.options.replayFaults) {
      const { code, message, detail, element, status } = error;
      books.store.put('_request', requestId, { body: {}, fault: { code, message, detail, element, status } } satisfies Remembered);
    }
    throw error;
  }
}

function revive({ code, message, detail, element, status }: NonNullable<Remembered['fault']>): QboFault {
  return new QboFault(code, message, detail, element, { status });
}

export function checkRequestId(requestId: string | undefined): void {
  if (requestId !== undefined && requestId.length > MAX_LENGTH) throw tooLong('requestid', MAX_LENGTH, requestId.length);
}

/** The id of one batch item; uniqueness in a batch is request id plus bId. */
export function batchItemId(requestId: string | undefined, bId: string): string | undefined {
  if (requestId === undefined) return undefined;
  if (requestId.length > MAX_BATCH_LENGTH) throw tooLong('requestid', MAX_BATCH_LENGTH, requestId.length);
  if (bId.length > MAX_BID_LENGTH) throw tooLong('bId', MAX_BID_LENGTH, bId.length);
  return `${requestId}/${bId}`;
}
