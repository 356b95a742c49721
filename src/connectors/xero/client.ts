import type { AxiosInstance, AxiosResponse } from 'axios';
import { AccountingApi } from 'xero-node/dist/gen/api/accountingApi.js';
import type { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import type { ConnectorContext, Credentials } from '../../ports/connector.js';
import { createHttp, readJsonAnswer } from '../kit/http.js';
import { LABEL } from './descriptor.js';
import { lacksScope, pauseOf, statusError } from './errors.js';
import { callSdk, headersOf, type Judged, type SdkAnswer } from './sdk-transport.js';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface RawWrite {
  path: string;
  query: Query;
  /** Goes out byte for byte. */
  body: string;
  idempotencyKey: string;
}

export interface RawAnswer {
  status: number;
  body: unknown;
}

/**
 * Xero for one connection. The SDK serves where its models do no harm: reference data, contacts, attachments. Documents
 * and everything with a date on it go as text, because the SDK would serialise a frozen body anew, drops fields it does
 * not know, and throws away a whole answer over one text that begins like a date.
 */
export class XeroClient {
  private readonly baseUrl: string;
  private readonly http: AxiosInstance;

  constructor(
    private readonly context: ConnectorContext,
    apiUrl: string,
    private readonly timeoutMs: number,
  ) {
    this.baseUrl = `${apiUrl.replace(/\/+$/, '')}/api.xro/2.0`;
    this.http = createHttp({ label: LABEL, timeoutMs, reach: 'operators' });
  }

  /** @throws ConnectorError, `unreadable` when the answer is not what `shape` says. */
  async get<S extends z.ZodType>(path: string, query: Query, shape: S, headers: Record<string, string> = {}): Promise<z.output<S>> {
    const answer = await this.raw('GET', path, query, undefined, headers);
    if (!answer.ok) throw statusError(answer, false);
    const read = shape.safeParse(answer.value);
    if (read.success) return read.data;
    const where = read.error.issues[0]?.path.join('.') ?? '';
    throw new ConnectorError('unreadable', `${LABEL}'s answer is not what it promises (${path}, ${where}).`, { status: 200 });
  }

  /** One write. A 400 or 404 is an answer too: it may hold a verdict per element. @throws ConnectorError on all other failures. */
  async put({ path, query, body, idempotencyKey }: RawWrite): Promise<RawAnswer> {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': idempotencyKey };
    const answer = await this.raw('PUT', path, query, body, headers);
    if (answer.ok) return { status: 200, body: answer.value };
    if (answer.status === 400 || answer.status === 404) return { status: answer.status, body: answer.body };
    throw statusError(answer, true);
  }

  /** One call of the SDK; refusals by status become ConnectorError. */
  async sdk<T>(writes: boolean, call: (api: AccountingApi, tenantId: string) => Promise<SdkAnswer<T>>): Promise<T> {
    const rules = { signal: this.context.signal, writes, timeoutMs: this.timeoutMs };
    const answer = await this.withRenewal((accessToken) => {
      const api = new AccountingApi(this.baseUrl);
      api.accessToken = accessToken;
      return callSdk(rules, () => call(api, this.context.externalAccountId));
    });
    if (answer.ok) return answer.value;
    throw statusError(answer, writes);
  }

  private raw(
    method: 'GET' | 'PUT',
    path: string,
    query: Query,
    data: string | undefined,
    headers: Record<string, string>,
  ): Promise<Judged<unknown>> {
    return this.withRenewal(async (accessToken) => {
      const response = await this.http.request<string>({
        method,
        url: `${this.baseUrl}${path}?${encoded(query)}`,
        data,
        signal: this.context.signal,
        headers: {
          Accept: 'application/json',
          Authorization: `Bearer ${accessToken}`,
          'Xero-Tenant-Id': this.context.externalAccountId,
          ...headers,
        },
      });
      const { status } = response;
      if (status >= 400) return { ok: false, status, headers: headersOf(response.headers), body: leniently(response) };
      return { ok: true, headers: headersOf(response.headers), value: readJsonAnswer(LABEL, response) };
    });
  }

  /** One answer, with at most one renewal of the token. Every attempt takes its turn and reports what is left of the limits. */
  private async withRenewal<T>(attempt: (accessToken: string) => Promise<Judged<T>>): Promise<Judged<T>> {
    const credentials = await this.context.credentials.current();
    const first = await this.paced(attempt, credentials);
    if (first.ok || first.status !== 401 || lacksScope(first)) return first;
    return this.paced(attempt, await this.context.credentials.renew(credentials));
  }

  private async paced<T>(attempt: (accessToken: string) => Promise<Judged<T>>, credentials: Credentials): Promise<Judged<T>> {
    const turn = await this.context.pacer.take('call');
    try {
      const answer = await attempt(credentials['accessToken'] ?? '');
      await this.report(answer);
      return answer;
    } finally {
      turn.done();
    }
  }

  private async report(answer: Judged<unknown>): Promise<void> {
    // First of all: until it is told, what waits in this process may still go out.
    if (!answer.ok && answer.status === 429) await this.context.pacer.pause(pauseOf(answer).waitMs);
    const left = answer.headers['x-daylimit-remaining'];
    if (left !== undefined && /^\d+$/.test(left)) await this.context.pacer.budget(Number.parseInt(left, 10));
  }
}

function encoded(query: Query): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string | number | boolean] => pair[1] !== undefined);
  return pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

/** Bodies of failures are JSON, plain text, HTML or nothing. */
function leniently(response: AxiosResponse<string>): unknown {
  try {
    return JSON.parse(response.data);
  } catch {
    return response.data;
  }
}
