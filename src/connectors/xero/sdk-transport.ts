import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { AxiosResponse, AxiosStatic } from 'axios';
import { z } from 'zod';
import { transportFailure } from '../kit/http.js';
import { boundAxiosOf, inBounds, type SdkBounds } from '../kit/sdk-bounds.js';
import { ConnectorError } from '../../ports/connector-error.js';
import { LABEL } from './descriptor.js';
import type { FailedAnswer } from './errors.js';

/** What the SDK loses on its way out: the error's code, and whether there was an answer at all. */
interface SdkCall {
  answered?: boolean;
  failure?: { code: string | undefined; message: string };
}

const calls = new AsyncLocalStorage<SdkCall>();

boundAxiosOf('xero-node');
const sdkAxios = createRequire(createRequire(import.meta.url).resolve('xero-node'))('axios') as AxiosStatic;
sdkAxios.interceptors.response.use(
  (answer) => {
    const call = calls.getStore();
    if (call) call.answered = true;
    return answer;
  },
  (error: { code?: string; message?: string }) => {
    const call = calls.getStore();
    if (call) call.failure = { code: error.code, message: error.message ?? '' };
    return Promise.reject(error);
  },
);

export interface SdkAnswer<T> {
  response: AxiosResponse;
  body: T;
}

/** A success, or a refusal that the caller judges. */
export type Judged<T> = { ok: true; headers: FailedAnswer['headers']; value: T } | FailedAnswer;

export interface SdkRules extends SdkBounds {
  /** Whether the call asks Xero to change something. */
  writes: boolean;
}

/**
 * Runs one call of the SDK in bounds. A refusal by status comes back as `FailedAnswer`, for the caller to judge.
 * @throws ConnectorError when no readable answer came.
 */
export async function callSdk<T>(rules: SdkRules, work: () => Promise<SdkAnswer<T>>): Promise<Judged<T>> {
  const call: SdkCall = {};
  try {
    const { response, body } = await inBounds(rules, () => calls.run(call, work));
    return { ok: true, headers: headersOf(response.headers), value: body };
  } catch (rejection) {
    return judgeRejection(rejection, call, rules.writes);
  }
}

const rejectionText = z.object({
  response: z.object({ statusCode: z.number(), body: z.unknown(), headers: z.record(z.string(), z.unknown()).catch({}) }),
});

/** Everything the SDK rejects with is JSON text, not an Error; only wrong arguments throw, and those are our mistake. */
function judgeRejection(rejection: unknown, call: SdkCall, writes: boolean): FailedAnswer {
  if (typeof rejection !== 'string') throw rejection;
  const read = rejectionText.safeParse(parseJson(rejection));
  const status = read.success ? read.data.response.statusCode : 0;
  if (read.success && status !== 0) {
    if (status >= 300 && status < 400) throw unreadable(`${LABEL} answered with a redirect, which is not followed.`, writes);
    return { ok: false, status, headers: headersOf(read.data.response.headers), body: parseJson(read.data.response.body) };
  }
  if (call.answered) throw unreadable(`${LABEL}'s answer cannot be read.`, writes);
  const message = call.failure?.message ?? (read.success ? String(read.data.response.body) : '');
  throw transportFailure(LABEL, { code: call.failure?.code, message, writes });
}

/** Names in lower case, as every reader of headers here expects them. */
export function headersOf(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** A 200 with half a JSON text, with HTML or with `null` resolves all the same: callers take their rows out with this. */
export function collection<B extends object, K extends keyof B>(
  body: B | null | undefined,
  name: K,
  writes: boolean,
): NonNullable<Extract<B[K], readonly unknown[]>[number]>[] {
  const rows: unknown = body?.[name];
  if (!Array.isArray(rows)) throw unreadable(`${LABEL}'s answer lacks what was asked for.`, writes);
  return rows.filter((row: unknown) => row !== null && row !== undefined);
}

function unreadable(sentence: string, writes: boolean): ConnectorError {
  if (!writes) return new ConnectorError('unreadable', sentence, { status: 200 });
  return new ConnectorError('outcome_unknown', `${sentence} It may have done what was asked; it will be looked up first.`, { status: 200 });
}

function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
