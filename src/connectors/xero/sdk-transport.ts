import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { AxiosResponse, AxiosStatic, InternalAxiosRequestConfig } from 'axios';
import { transportFailure } from '../kit/http.js';
import { boundAxiosOf, inBounds, type SdkBounds } from '../kit/sdk-bounds.js';
import { ConnectorError } from '../../ports/connector-error.js';
import { LABEL } from './descriptor.js';
import type { FailedAnswer } from './errors.js';

/** What one call of the SDK sent and heard on the wire, whatever the SDK itself makes of it. */
interface SdkCall {
  /** Goes out byte for byte instead of what the SDK would serialise. */
  body: string | undefined;
  answer?: { status: number; headers: Record<string, string>; text: string };
  failure?: { code: string | undefined; message: string };
}

const calls = new AsyncLocalStorage<SdkCall>();

boundAxiosOf('xero-node');
const sdkAxios = createRequire(createRequire(import.meta.url).resolve('xero-node'))('axios') as AxiosStatic;

sdkAxios.interceptors.request.use((config) => {
  const call = calls.getStore();
  return call ? asWeWantIt(config, call) : config;
});

/**
 * The SDK gets nothing to deserialise: it would lose a whole answer over one text that begins like a date, and turn days into
 * instants. What came is kept as text, and read by whoever asked.
 */
sdkAxios.interceptors.response.use(
  (answer: AxiosResponse<unknown>) => {
    const call = calls.getStore();
    if (!call) return answer;
    call.answer = heard(answer);
    return { ...answer, data: undefined };
  },
  (error: { code?: string; message?: string; response?: AxiosResponse<unknown> }) => {
    const call = calls.getStore();
    if (call && error.response) call.answer = heard(error.response);
    if (call) call.failure = { code: error.code, message: error.message ?? '' };
    return Promise.reject(error);
  },
);

function asWeWantIt(config: InternalAxiosRequestConfig, { body }: SdkCall): InternalAxiosRequestConfig {
  config.responseType = 'text';
  config.transformResponse = [(text: unknown) => text];
  config.paramsSerializer = { serialize: encoded };
  if (body === undefined) return config;
  config.data = body;
  config.transformRequest = [(data: unknown) => data];
  config.headers.set('Content-Type', 'application/json');
  return config;
}

function encoded(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  return pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
}

function heard({ status, headers, data }: AxiosResponse<unknown>): NonNullable<SdkCall['answer']> {
  return { status, headers: headersOf(headers), text: typeof data === 'string' ? data : '' };
}

/** A success, or a refusal that the caller judges. */
export type Judged = { ok: true; headers: FailedAnswer['headers']; value: unknown } | FailedAnswer;

export interface SdkRules extends SdkBounds {
  /** Whether the call asks Xero to change something. */
  writes: boolean;
  /** The frozen text of a write. */
  body?: string | undefined;
}

/**
 * Runs one call of the SDK in bounds and answers what Xero said, as JSON. A refusal by status comes back as `FailedAnswer`.
 * @throws ConnectorError when no readable answer came.
 */
export async function callSdk(rules: SdkRules, work: () => Promise<unknown>): Promise<Judged> {
  const call: SdkCall = { body: rules.body };
  try {
    await inBounds(rules, () => calls.run(call, work));
  } catch (rejection) {
    // Nothing was asked at all: wrong arguments are our own mistake.
    if (!call.answer && !call.failure) throw rejection;
  }
  if (!call.answer) throw transportFailure(LABEL, { code: undefined, message: '', ...call.failure, writes: rules.writes });
  return judge(call.answer, rules.writes);
}

function judge({ status, headers, text }: NonNullable<SdkCall['answer']>, writes: boolean): Judged {
  if (status >= 300 && status < 400) throw unreadable(`${LABEL} answered with a redirect, which is not followed.`, writes);
  const body = parsed(text);
  if (status >= 400) return { ok: false, status, headers, body };
  if (typeof body === 'string') throw unreadable(`${LABEL} answered with something that is not JSON (status ${status}).`, writes);
  return { ok: true, headers, value: body };
}

/** Names in lower case, as every reader of headers here expects them. */
export function headersOf(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** After a write it may have been done all the same. */
export function unreadable(sentence: string, writes: boolean): ConnectorError {
  if (!writes) return new ConnectorError('unreadable', sentence, { status: 200 });
  return new ConnectorError('outcome_unknown', `${sentence} It may have done what was asked; it will be looked up first.`, { status: 200 });
}

/** Bodies of failures are JSON, plain text, HTML or nothing. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
