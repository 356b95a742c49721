import type { AxiosInstance, AxiosResponse } from 'axios';
import type { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import type { ConnectorContext, Credentials } from '../../ports/connector.js';
import { createHttp, readJsonAnswer } from '../kit/http.js';
import { LABEL } from './descriptor.js';
import { firstFault, isThrottled, lostAccess, pauseOf, statusError, type FailedAnswer } from './errors.js';
import { callSdk, sdkFor, type Done, type Judged, type Sdk } from './sdk-transport.js';

/** The only version served since August 2025; said anyway, so that the address does not depend on a default. */
const MINOR_VERSION = '75';

interface RawRequest {
  method: 'GET' | 'POST';
  path: string;
  query: Readonly<Record<string, string>>;
  body?: { data: string | FormData; contentType?: string };
  pace: 'call' | 'batch';
}

/**
 * QuickBooks for one connection. The SDK serves where it does no harm: reading single records and lists with trusted
 * criteria. Batches, uploads, changes and look-ups by number go as text, because the SDK cannot name a batch's request,
 * uploads in two steps that leave orphans, and escapes neither a backslash nor the plus sign of a time.
 */
export class QuickbooksClient {
  private readonly http: AxiosInstance;
  private readonly companyUrl: string;
  private readonly apiUrl: string;

  constructor(
    private readonly context: ConnectorContext,
    apiUrl: string,
    private readonly timeoutMs: number,
  ) {
    this.apiUrl = apiUrl.replace(/\/+$/, '');
    this.companyUrl = `${this.apiUrl}/v3/company/${context.externalAccountId}`;
    this.http = createHttp({ label: LABEL, timeoutMs, reach: 'operators' });
  }

  get realmId(): string {
    return this.context.externalAccountId;
  }

  now(): Date {
    return this.context.clock.now();
  }

  /** @throws ConnectorError, `unreadable` when the answer is not what `shape` says. */
  async get<S extends z.ZodType>(path: string, query: Readonly<Record<string, string>>, shape: S): Promise<z.output<S>> {
    const answer = await this.raw({ method: 'GET', path, query, pace: 'call' });
    return inShape(answer, shape, path);
  }

  /** One sentence of the query language; values in it must have gone through `quoted` of query.ts. */
  query<S extends z.ZodType>(sentence: string, shape: S): Promise<z.output<S>> {
    return this.get('/query', { query: sentence }, shape);
  }

  /** Up to 30 operations. The same key with the same operations is answered again and done once. @throws ConnectorError */
  async batch(body: string, requestKey?: string): Promise<unknown> {
    const query: Record<string, string> = requestKey === undefined ? {} : { requestid: requestKey };
    const data = { data: body, contentType: 'application/json' };
    const answer = await this.raw({ method: 'POST', path: '/batch', query, body: data, pace: 'batch' });
    if (!answer.ok) throw statusError(answer, true);
    return answer.value;
  }

  /** Metadata and file in one step. @throws ConnectorError */
  async upload(form: FormData): Promise<unknown> {
    const answer = await this.raw({ method: 'POST', path: '/upload', query: {}, body: { data: form }, pace: 'call' });
    if (!answer.ok) throw statusError(answer, true);
    return answer.value;
  }

  /** One reading call of the SDK. @throws ConnectorError */
  async sdk<S extends z.ZodType>(call: (sdk: Sdk, done: Done) => void, shape: S): Promise<z.output<S>> {
    const bounds = { signal: this.context.signal, timeoutMs: this.timeoutMs };
    const answer = await this.withRenewal('call', (accessToken) => callSdk(bounds, sdkFor(this.apiUrl, this.realmId, accessToken), call));
    return inShape(answer, shape, 'list');
  }

  private raw({ method, path, query, body, pace }: RawRequest): Promise<Judged> {
    const search = Object.entries({ ...query, minorversion: MINOR_VERSION }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return this.withRenewal(pace, async (accessToken) => {
      const response = await this.http.request<string>({
        method,
        url: `${this.companyUrl}${path}?${search.join('&')}`,
        data: body?.data,
        signal: this.context.signal,
        headers: {
          Accept: 'application/json',
          Authorization: `Bearer ${accessToken}`,
          ...(body?.contentType && { 'Content-Type': body.contentType }),
        },
      });
      const headers = headersOf(response.headers);
      if (response.status >= 400) return { ok: false, status: response.status, headers, body: leniently(response) };
      const value = readJsonAnswer(LABEL, response);
      return firstFault(value) ? { ok: false, status: 200, headers, body: value } : { ok: true, value };
    });
  }

  /** One answer, with at most one renewal of the token. Every attempt takes its turn. */
  private async withRenewal(pace: RawRequest['pace'], attempt: (accessToken: string) => Promise<Judged>): Promise<Judged> {
    const credentials = await this.context.credentials.current();
    const first = await this.paced(pace, attempt, credentials);
    if (first.ok || first.status !== 401 || lostAccess(first)) return first;
    return this.paced(pace, attempt, await this.context.credentials.renew(credentials));
  }

  private async paced(
    pace: RawRequest['pace'],
    attempt: (accessToken: string) => Promise<Judged>,
    credentials: Credentials,
  ): Promise<Judged> {
    const turn = await this.context.pacer.take(pace);
    try {
      const answer = await attempt(credentials['accessToken'] ?? '');
      if (!answer.ok && isThrottled(answer)) await this.context.pacer.pause(pauseOf(answer));
      return answer;
    } finally {
      turn.done();
    }
  }
}

function inShape<S extends z.ZodType>(answer: Judged, shape: S, what: string): z.output<S> {
  if (!answer.ok) throw statusError(answer, false);
  const read = shape.safeParse(answer.value);
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.join('.') ?? '';
  throw new ConnectorError('unreadable', `${LABEL}'s answer is not what it promises (${what}, ${where}).`, { status: 200 });
}

/** Names in lower case, as every reader of headers here expects them. */
function headersOf(headers: object): FailedAnswer['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** Bodies of failures are JSON in two spellings, XML or nothing. */
function leniently(response: AxiosResponse<string>): unknown {
  try {
    return JSON.parse(response.data);
  } catch {
    return response.data;
  }
}
