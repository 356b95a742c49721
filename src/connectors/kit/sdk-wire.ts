import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { AxiosResponse, AxiosStatic, InternalAxiosRequestConfig } from 'axios';
import { MAX_ANSWER_BYTES } from './http.js';

export interface WireRules {
  signal: AbortSignal;
  /** For the whole exchange, first byte to last. */
  timeoutMs: number;
  /** The frozen text of a write: goes out byte for byte instead of what the SDK would serialise. */
  body?: string | undefined;
}

interface WireAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** As it came. */
  text: string;
}

/** Either what the vendor said, or why nothing complete came. */
export type Overheard = { answer: WireAnswer } | { failure: { code: string | undefined; message: string } };

interface Call {
  rules: WireRules;
  answer?: WireAnswer;
  failure?: { code: string | undefined; message: string };
}

/**
 * The line between an SDK that calls the default instance of axios and its vendor. Such an SDK knows no time-out, no abort and
 * no limit, loses what it fails with on its way out, and makes its own sense of answers: dates become instants, one odd text
 * loses all others. So the SDK says where to, with which method, headers and parameters; bounds, frozen bodies and what came
 * back are ours. An SDK is CommonJS and resolves another axios than an `import` gives; its calls are recognised by the async
 * context, so that other users of that axios notice nothing.
 */
export class SdkWire {
  private readonly calls = new AsyncLocalStorage<Call>();

  /** @param sdk the SDK's package name; one wire for each, for the life of the process. */
  constructor(sdk: string) {
    const axios = createRequire(createRequire(import.meta.url).resolve(sdk))('axios') as AxiosStatic;
    axios.interceptors.request.use((config) => {
      const call = this.calls.getStore();
      return call ? asWeWantIt(config, call.rules) : config;
    });
    axios.interceptors.response.use(
      (answer: AxiosResponse<unknown>) => {
        const call = this.calls.getStore();
        if (!call) return answer;
        call.answer = heard(answer);
        return { ...answer, data: undefined };
      },
      (error: { code?: string; message?: string; response?: AxiosResponse<unknown> }) => {
        const call = this.calls.getStore();
        if (call && error.response) call.answer = heard(error.response);
        if (call) call.failure = { code: error.code, message: error.message ?? '' };
        return Promise.reject(error);
      },
    );
  }

  /** What one call of the SDK heard, whatever the SDK makes of it. @throws what the SDK throws when it asked nothing: our mistake */
  async hear(rules: WireRules, work: () => Promise<unknown>): Promise<Overheard> {
    const call: Call = { rules };
    try {
      await this.calls.run(call, work);
    } catch (rejection) {
      return overheard(call) ?? Promise.reject(rejection as Error);
    }
    const heard = overheard(call);
    if (!heard) throw new Error('The SDK asked nothing');
    return heard;
  }
}

function overheard({ answer, failure }: Call): Overheard | undefined {
  if (answer) return { answer };
  return failure && { failure };
}

function asWeWantIt(config: InternalAxiosRequestConfig, { signal, timeoutMs, body }: WireRules): InternalAxiosRequestConfig {
  config.timeout = timeoutMs;
  config.signal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  config.maxContentLength = MAX_ANSWER_BYTES;
  config.maxRedirects = 0;
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

function heard({ status, headers, data }: AxiosResponse<unknown>): WireAnswer {
  return { status, headers: lowerCased(headers), text: typeof data === 'string' ? data : '' };
}

/** Names in lower case, as every reader of headers here expects them. */
export function lowerCased(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** JSON where it is JSON, else text: bodies of failures are JSON, XML, HTML, plain text or nothing. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
