import { z } from 'zod';
import { ConnectorError, type ConnectorErrorDetails } from '../../ports/connector-error.js';
import { LABEL } from './descriptor.js';
import { permissionFor } from './permissions.js';

/** An answer that is not a success. */
export interface FailedAnswer {
  status: number;
  /** As it came: JSON, plain text of the cloud's gateway, HTML of a proxy, or nothing. */
  text: string;
  retryAfter: string | undefined;
}

export interface Asked {
  /** Below `/apis/3.0`. */
  path: string;
  writes: boolean;
}

const LONGEST_WORDS = 1_000;
const DEFAULT_PAUSE_MS = 30_000;

const body = z.object({
  code: z.string().nullish(),
  message: z.string().nullish(),
  error: z.string().nullish(),
  errors: z.array(z.object({ code: z.string().nullish(), message: z.string().nullish() })).nullish(),
});

/** Every status that the vendor answers with, in our closed vocabulary. */
export function statusError(answer: FailedAnswer, asked: Asked): ConnectorError {
  const { status } = answer;
  const { code, words } = wordsOf(answer.text);
  const details: ConnectorErrorDetails = {
    status,
    ...(words !== undefined && { vendorWords: words }),
    ...(code !== undefined && { vendorCode: code }),
  };
  if (lostRoute(answer)) return unrouted(asked, details);
  if (/^SSL is required/i.test(words ?? '')) {
    return new ConnectorError('invalid', `${LABEL} wants https and the host of its API. Check the site of this connection.`, details);
  }
  if (status === 401) return refusedKeys(details);
  if (status === 403) return forbidden(asked, details);
  if (status === 404) {
    return new ConnectorError('not_found', `${LABEL} does not hold what was asked for. It may have been removed there.`, details);
  }
  if (status === 409) {
    return new ConnectorError(
      'unavailable',
      `${LABEL} says that the record is in use. Nothing was written; it will be tried again.`,
      details,
    );
  }
  if (status === 429) {
    return new ConnectorError('rate_limited', `${LABEL} asks us to wait. It goes on by itself.`, {
      ...details,
      retryAfterMs: pauseOf(answer),
    });
  }
  if (status >= 500) return brokenServer(asked, details);
  if (status >= 400) {
    return new ConnectorError('invalid', `${LABEL} did not accept the request${words === undefined ? '' : `: ${words}`}.`, details);
  }
  return new ConnectorError('unreadable', `${LABEL} answered with a status that means nothing here (${status}).`, details);
}

/** The gateway or the application does not know the way, which is also how a company that was moved looks. */
export function lostRoute({ status, text }: Pick<FailedAnswer, 'status' | 'text'>): boolean {
  if (status === 400) return /cannot route/i.test(text);
  return status === 404 && wordsOf(text).code?.toLowerCase() !== 'notfound';
}

/** How long the vendor wants to be left alone. */
export function pauseOf({ retryAfter, text }: FailedAnswer): number {
  const seconds = /^\s*(\d{1,5})\s*$/.exec(retryAfter ?? '')?.[1] ?? /try again in (\d{1,5}) second/i.exec(text)?.[1];
  return seconds === undefined ? DEFAULT_PAUSE_MS : Number.parseInt(seconds, 10) * 1_000;
}

/** Its own words and its code for them, and nothing else of the body. */
export function wordsOf(text: string): { code?: string; words?: string } {
  const read = body.safeParse(parsed(text));
  if (!read.success) {
    const plain = text.trim();
    return plain === '' || /^[<{["]/.test(plain) ? {} : { words: plain.slice(0, LONGEST_WORDS) };
  }
  const { code, message, error, errors } = read.data;
  const details = (errors ?? []).flatMap((one) => one.message ?? []);
  const words = [message ?? error ?? '', ...details].filter(Boolean).join(' ');
  const exact = errors?.find((one) => one.code)?.code ?? code;
  return { ...(exact && { code: exact }), ...(words && { words: words.slice(0, LONGEST_WORDS) }) };
}

/** Every release serves these: an address below which they are not found leads nowhere. */
const ALWAYS_THERE = /^\/(?:system\/info|finance\/invoices)(?:\/count)?$/;

function unrouted({ path, writes }: Asked, details: ConnectorErrorDetails): ConnectorError {
  if (details.status === 404 && !ALWAYS_THERE.test(path)) {
    const { permission, how } = permissionFor(path, writes);
    const sentence = `${LABEL} has nothing at ${path}: its release lacks it, or the API member's role hides it (${permission}). ${how}`;
    return new ConnectorError('not_found', sentence, { ...details, permission: how });
  }
  if (details.status === 404) {
    return new ConnectorError(
      'not_found',
      `${LABEL} does not know this address. Reconnect if it lasts: the company may have been moved.`,
      details,
    );
  }
  const sentence = `${LABEL} does not know this company any more, or it was moved. Check the company id and reconnect.`;
  return new ConnectorError('grant_expired', sentence, details);
}

function refusedKeys(details: ConnectorErrorDetails): ConnectorError {
  if (/client ?id/i.test(details.vendorWords ?? '')) {
    return new ConnectorError(
      'unauthorized',
      `${LABEL} refuses this installation's client id. Set CONNECTWISE_CLIENT_ID to a valid one.`,
      details,
    );
  }
  return new ConnectorError(
    'unauthorized',
    `${LABEL} refuses the public or the private key. Check both, or make a new pair (System > Members > API Members > API Keys), and reconnect.`,
    details,
  );
}

function forbidden({ path, writes }: Asked, details: ConnectorErrorDetails): ConnectorError {
  const { permission, how } = permissionFor(path, writes);
  return new ConnectorError('forbidden', `The API member in ${LABEL} lacks a permission: ${permission}. ${how}`, {
    ...details,
    permission: how,
  });
}

/** Validation that nobody foresaw comes as a 500 too, but so does a failure after the work was done. */
function brokenServer({ writes }: Asked, details: ConnectorErrorDetails): ConnectorError {
  const what = `${LABEL} had an internal error (status ${details.status})`;
  if (!writes) return new ConnectorError('unavailable', `${what}. It will be tried again.`, details);
  return new ConnectorError(
    'outcome_unknown',
    `${what}. It may have done what was asked; it will be looked up before anything is sent again.`,
    details,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
