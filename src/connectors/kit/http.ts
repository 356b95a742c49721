import axios, { type AxiosError, type AxiosInstance, type AxiosResponse, type CreateAxiosDefaults } from 'axios';
import { ConnectorError } from '../../ports/connector-error.js';
import { ADDRESS_REFUSED, reach, type Reach } from './reach.js';

declare module 'axios' {
  interface AxiosRequestConfig {
    /** Says that sending this request twice does no harm although its method writes: a token request, a query by POST. */
    idempotent?: boolean;
  }
}

export interface HttpOptions {
  /** As people call the vendor; stands in every sentence. */
  label: string;
  /** For the whole exchange, first byte to last. Default 60 s. */
  timeoutMs?: number;
  /** Default 40 MB, counted after decompression. */
  maxAnswerBytes?: number;
  /**
   * Where requests may go. `operators`: every address comes from the operator's settings, wherever it leads. Without it only
   * public addresses are called, over https.
   */
  reach?: Reach | 'operators';
}

const DEFAULT_TIMEOUT_MS = 60_000;
export const MAX_ANSWER_BYTES = 40_000_000;

/**
 * An axios that answers with text for every status below 300 and from 400 up, follows no redirect, and ends in time and
 * in bounds. Pass `signal` per request. It never throws an AxiosError (which carries tokens) but ConnectorError:
 * `unavailable` when nothing reached the vendor or nothing was asked to change, `unreadable` when the answer is too large
 * or a redirect, and `outcome_unknown` for each of these once a write may have been on the wire.
 */
export function createHttp(options: HttpOptions): AxiosInstance {
  const { label, timeoutMs = DEFAULT_TIMEOUT_MS, maxAnswerBytes = MAX_ANSWER_BYTES } = options;
  const http = axios.create({
    ...waysOut(options.reach),
    timeout: timeoutMs,
    maxContentLength: maxAnswerBytes,
    maxRedirects: 0,
    responseType: 'text',
    transformResponse: (text: unknown) => text,
    validateStatus: () => true,
  });
  http.interceptors.request.use((config) => {
    // The adapter's own time-out counts silence; a vendor that drips a byte a second needs a deadline as well.
    const deadline = AbortSignal.timeout(config.timeout || timeoutMs);
    config.signal = config.signal ? AbortSignal.any([config.signal as AbortSignal, deadline]) : deadline;
    return config;
  });
  http.interceptors.response.use(
    (answer) => {
      if (answer.status >= 300 && answer.status < 400) throw redirected(label, answer);
      return answer;
    },
    (error: AxiosError) => {
      throw transportFailure(label, {
        code: error.code,
        message: error.message,
        writes: writes(error.config?.method, error.config?.idempotent),
      });
    },
  );
  return http;
}

/**
 * The answer's body as JSON. Doubles keep 15 significant digits, so amounts come through `fromJsonNumber` unharmed.
 * @throws ConnectorError `unreadable`; after a write `outcome_unknown`, since the vendor may well have done it.
 */
export function readJsonAnswer(label: string, answer: AxiosResponse<string>): unknown {
  try {
    return JSON.parse(answer.data) as unknown;
  } catch {
    const sentence = `${label} answered with something that is not JSON (status ${answer.status}).`;
    throw unreadable(sentence, writes(answer.config.method, answer.config.idempotent), { status: answer.status });
  }
}

export interface TransportTrouble {
  /** The error code of Node or axios, for example ECONNREFUSED. */
  code: string | undefined;
  message: string;
  /** Whether the request asked the vendor to change something. */
  writes: boolean;
}

/** A proxy of the environment would open the connection in our place, to whatever the name then means, so guarded requests use none. */
function waysOut(given: HttpOptions['reach']): Pick<CreateAxiosDefaults, 'httpAgent' | 'httpsAgent' | 'proxy'> {
  if (given === 'operators') return {};
  const { httpAgent, httpsAgent } = given ?? (publicOnly ??= reach({}));
  return { httpAgent, httpsAgent, proxy: false };
}

let publicOnly: Reach | undefined;

/** Failures of connecting: the request cannot have arrived. */
const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ERR_INVALID_URL']);

/** What it means that no complete answer came. Also for SDKs that bring their own HTTP client. */
export function transportFailure(label: string, { code, message, writes: wrote }: TransportTrouble): ConnectorError {
  if (/maxContentLength/.test(message)) return unreadable(`${label}'s answer is too large to be read.`, wrote, { status: 0 });
  if (code === ADDRESS_REFUSED) {
    const sentence =
      `${label} is to be called at an address inside a private network, which this installation does not do. Nothing was sent. ` +
      `Check the address; if it is right, whoever runs this installation can allow it (ALLOWED_PRIVATE_HOSTS).`;
    return new ConnectorError('invalid', sentence, { status: 0 });
  }
  if (code !== undefined && NEVER_ARRIVED.has(code)) {
    return new ConnectorError('unavailable', `${label} cannot be reached (${code}). Nothing was sent; it will be tried again.`, {
      status: 0,
    });
  }
  const what = timedOut(code, message) ? `${label} did not answer in time` : `The line to ${label} broke before its answer was complete`;
  if (wrote) {
    return new ConnectorError(
      'outcome_unknown',
      `${what}. It may have done what was asked; it will be looked up before anything is sent again.`,
      {
        status: 0,
      },
    );
  }
  return new ConnectorError('unavailable', `${what}. Nothing was changed; it will be tried again.`, { status: 0 });
}

function timedOut(code: string | undefined, message: string): boolean {
  return code === 'ECONNABORTED' || code === 'ETIMEDOUT' || code === 'ERR_CANCELED' || /timeout|timed out/i.test(message);
}

function redirected(label: string, answer: AxiosResponse): ConnectorError {
  const sentence = `${label} answered with a redirect (status ${answer.status}), which is not followed. Check its address in the settings.`;
  return unreadable(sentence, writes(answer.config.method, answer.config.idempotent), { status: answer.status });
}

function unreadable(sentence: string, wrote: boolean, details: { status: number }): ConnectorError {
  if (!wrote) return new ConnectorError('unreadable', sentence, details);
  return new ConnectorError('outcome_unknown', `${sentence} It may have done what was asked; it will be looked up first.`, details);
}

function writes(method: string | undefined, idempotent: boolean | undefined): boolean {
  return idempotent !== true && !['get', 'head', 'options'].includes((method ?? 'get').toLowerCase());
}
