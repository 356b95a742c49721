import type { IncomingMessage } from 'node:http';
import type { RawBodyRequest } from '@nestjs/common';
import { json, raw, urlencoded, type Request, type RequestHandler } from 'express';

/** Deeper than anything we describe, and far from where walking a value would overflow the stack. */
const DEEPEST = 32;

/** Whether JSON text opens more brackets inside each other than any input of ours has. Reads no value; text in strings does not count. */
function isTooDeep(text: Buffer, deepest = DEEPEST): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > deepest) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** For JSON.parse: a key by which copying an object would change what all objects inherit is not there. */
function withoutProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

const JSON_LIMIT = '1mb';
const FORM_LIMIT = '256kb';
const WEBHOOK_LIMIT = '1mb';
/** A bulk action names one field per invoice of a page. */
const MOST_FIELDS = 1_000;
const LONGEST_ADDRESS = 8_000;

/** Refused with a sentence that may be told, in the manner of the parsers themselves. */
class BodyRefused extends Error {
  readonly expose = true;

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'BodyRefused';
  }
}

/**
 * Reads bodies, within bounds. Compressed ones are refused (415) rather than inflated: nobody sends us any, and a small one may
 * hold gigabytes. Webhooks are kept as the bytes they are signed over and are parsed by their receiver, after verification.
 */
export function bodies(): RequestHandler[] {
  const keepBytes = raw({ type: () => true, limit: WEBHOOK_LIMIT, inflate: false });
  return [
    (request, _response, next) => {
      if (request.url.length > LONGEST_ADDRESS) return next(new BodyRefused(414, 'The address is too long.'));
      next();
    },
    (request, response, next) => {
      if (!isWebhook(request)) return next();
      keepBytes(request, response, (error?: unknown) => {
        if (Buffer.isBuffer(request.body)) (request as RawBodyRequest<Request>).rawBody = request.body;
        next(error);
      });
    },
    unlessWebhook(json({ limit: JSON_LIMIT, inflate: false, reviver: withoutProto, verify: refuseDeep })),
    unlessWebhook(urlencoded({ limit: FORM_LIMIT, inflate: false, extended: false, parameterLimit: MOST_FIELDS })),
  ];
}

function refuseDeep(_request: IncomingMessage, _response: unknown, bytes: Buffer): void {
  if (isTooDeep(bytes)) throw new BodyRefused(400, 'The body is nested too deep.');
}

function unlessWebhook(parse: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (isWebhook(request)) return next();
    return parse(request, response, next);
  };
}

function isWebhook(request: Request): boolean {
  return request.path.startsWith('/webhooks/');
}
