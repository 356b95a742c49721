import { ConnectorError } from '../../ports/connector-error.js';
import { LABEL } from './descriptor.js';
import { envelope } from './types.js';

/** An answer that is not a success, before anyone has judged it. */
export interface FailedAnswer {
  ok: false;
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON where it was JSON, else text. */
  body: unknown;
}

const LONGEST_WORDS = 1_000;
const PERMISSIONS = `Reconnect ${LABEL} and allow everything it asks for.`;

/** Every status that Xero answers with, in our closed vocabulary. `writes`: the request asked for a change. */
export function statusError(answer: Omit<FailedAnswer, 'ok'>, writes: boolean): ConnectorError {
  const { status } = answer;
  const words = vendorWords(answer.body);
  const details = { status, ...(words !== undefined && { vendorWords: words }) };
  if (status === 401 && lacksScope(answer)) return forbidden(details);
  if (status === 401) {
    return new ConnectorError(
      'unauthorized',
      `${LABEL} refused the connection's credentials. They are renewed on the next try; reconnect if it lasts.`,
      details,
    );
  }
  if (status === 403) return lacksScope(answer) ? forbidden(details) : disconnected(details);
  if (status === 404)
    return new ConnectorError('not_found', `${LABEL} does not hold what was asked for. It may have been removed there.`, details);
  if (status === 429) {
    const { kind, waitMs } = pauseOf(answer);
    return new ConnectorError('rate_limited', `${LABEL} asks us to wait (${kind} limit). It goes on by itself.`, {
      ...details,
      vendorCode: kind,
      retryAfterMs: waitMs,
    });
  }
  if (status === 503) {
    return new ConnectorError(
      'unavailable',
      `${LABEL} or this organisation is offline for the moment. Nothing was written; it will be tried again.`,
      {
        ...details,
        retryAfterMs: secondsOf(answer.headers['retry-after']) ?? 5 * 60_000,
      },
    );
  }
  if (status >= 500 && status !== 501) return brokenServer(details, writes);
  return new ConnectorError('invalid', `${LABEL} did not accept the request${words === undefined ? '' : `: ${words}`}.`, details);
}

/** The consent lacks a scope: renewing the token cannot help, a person has to consent again. */
export function lacksScope({ headers }: Pick<FailedAnswer, 'headers'>): boolean {
  return /insufficient_scope/i.test(headers['www-authenticate'] ?? '');
}

export interface Pause {
  kind: 'concurrent' | 'minute' | 'appminute' | 'day';
  waitMs: number;
}

/** A 429 has no body; its headers say which limit was met. Older documents spell them "Minute" and "Daily". */
export function pauseOf({ headers }: Pick<FailedAnswer, 'headers'>): Pause {
  const problem = (headers['x-rate-limit-problem'] ?? '').toLowerCase();
  const asked = secondsOf(headers['retry-after']);
  if (problem.startsWith('concurrent')) return { kind: 'concurrent', waitMs: asked ?? 1_000 };
  if (problem.startsWith('da')) return { kind: 'day', waitMs: asked ?? 3_600_000 };
  if (problem.startsWith('app')) return { kind: 'appminute', waitMs: asked ?? 60_000 };
  return { kind: 'minute', waitMs: asked ?? 60_000 };
}

/** Xero's own words, and nothing else of the body: no payload, no token. */
export function vendorWords(body: unknown): string | undefined {
  if (typeof body === 'string') {
    const plain = body.trim();
    return plain === '' || plain.startsWith('<') || plain.startsWith('{') ? undefined : plain.slice(0, LONGEST_WORDS);
  }
  const read = envelope.safeParse(body);
  if (!read.success) return undefined;
  return (read.data.Detail ?? read.data.Message ?? read.data.Title ?? undefined)?.slice(0, LONGEST_WORDS);
}

interface Details {
  status: number;
  vendorWords?: string;
}

function forbidden(details: Details): ConnectorError {
  return new ConnectorError('forbidden', `The connection to ${LABEL} lacks a permission that this needs. ${PERMISSIONS}`, {
    ...details,
    permission: PERMISSIONS,
  });
}

function disconnected(details: Details): ConnectorError {
  const sentence = `This organisation is no longer connected in ${LABEL}, or the person who connected it lost their role. Reconnect it.`;
  return new ConnectorError('grant_expired', sentence, details);
}

/** Errors of the server are stored under the request's key and repeated, and may follow a commit: look it up, use a new key. */
function brokenServer(details: Details, writes: boolean): ConnectorError {
  const what = `${LABEL} had an internal error (status ${details.status})`;
  if (!writes) return new ConnectorError('unavailable', `${what}. It will be tried again.`, details);
  return new ConnectorError(
    'outcome_unknown',
    `${what}. It may have done what was asked; it will be looked up before anything is sent again.`,
    details,
  );
}

function secondsOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+$/.test(header.trim()) ? Number.parseInt(header, 10) * 1_000 : undefined;
}
