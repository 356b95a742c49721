import type { AxiosInstance } from 'axios';
import type { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import type { ConnectorContext, Credentials } from '../../ports/connector.js';
import { createHttp, readJsonAnswer } from '../kit/http.js';
import { LABEL } from './descriptor.js';
import { jsonOrText, lowerCased } from '../kit/sdk-wire.js';
import { firstFault, isThrottled, lostAccess, pauseOf, statusError } from './errors.js';
import { callSdk, sdkFor, type Judged, type SdkRules, type SdkWork } from './sdk-transport.js';

/** The only version served since August 2025; said anyway, so that the address does not depend on a default. */
const MINOR_VERSION = '75';

type Pace = 'call' | 'batch';

interface RawWrite {
  path: string;
  query: Readonly<Record<string, string>>;
  body: string | FormData;
  pace: Pace;
}

/**
 * QuickBooks for one connection. Calls are the SDK's, read from what came over the wire. Two are our own, because it cannot
 * make them: a batch of documents, whose request it cannot name, and a file, which it uploads in two steps that leave orphans.
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

  /** @param what names it in a sentence. @throws ConnectorError, `unreadable` when the answer is not what `shape` says. */
  async read<S extends z.ZodType>(what: string, shape: S, work: SdkWork): Promise<z.output<S>> {
    const answer = await this.sdk({ writes: false }, 'call', work);
    if (!answer.ok) throw statusError(answer, false);
    const read = shape.safeParse(answer.value);
    if (read.success) return read.data;
    const where = read.error.issues[0]?.path.join('.') ?? '';
    throw new ConnectorError('unreadable', `${LABEL}'s answer is not what it promises (${what}, ${where}).`, { status: 200 });
  }

  /** Up to 30 operations that need no key, since their names are unique by themselves. @throws ConnectorError */
  async batch(body: string): Promise<unknown> {
    const answer = await this.sdk({ writes: true, body }, 'batch', (sdk, done) => sdk.batch([], done));
    if (!answer.ok) throw statusError(answer, true);
    return answer.value;
  }

  /** Up to 30 operations. The same key with the same operations is answered again and done once. @throws ConnectorError */
  async keyedBatch(body: string, requestKey: string): Promise<unknown> {
    return await this.write({ path: '/batch', query: { requestid: requestKey }, body, pace: 'batch' });
  }

  /** Metadata and file in one step. @throws ConnectorError */
  async upload(form: FormData): Promise<unknown> {
    return await this.write({ path: '/upload', query: {}, body: form, pace: 'call' });
  }

  private sdk(rules: Pick<SdkRules, 'writes' | 'body'>, pace: Pace, work: SdkWork): Promise<Judged> {
    const bounds = { ...rules, signal: this.context.signal, timeoutMs: this.timeoutMs };
    return this.withRenewal(pace, (accessToken) => callSdk(bounds, sdkFor(this.apiUrl, this.realmId, accessToken), work));
  }

  private async write({ path, query, body, pace }: RawWrite): Promise<unknown> {
    const search = Object.entries({ ...query, minorversion: MINOR_VERSION }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const answer = await this.withRenewal(pace, async (accessToken) => {
      const response = await this.http.request<string>({
        method: 'POST',
        url: `${this.companyUrl}${path}?${search.join('&')}`,
        data: body,
        signal: this.context.signal,
        headers: {
          Accept: 'application/json',
          Authorization: `Bearer ${accessToken}`,
          ...(typeof body === 'string' && { 'Content-Type': 'application/json' }),
        },
      });
      const headers = lowerCased(response.headers);
      if (response.status >= 400) return { ok: false, status: response.status, headers, body: jsonOrText(response.data) };
      const value = readJsonAnswer(LABEL, response);
      return firstFault(value) ? { ok: false, status: 200, headers, body: value } : { ok: true, value };
    });
    if (!answer.ok) throw statusError(answer, true);
    return answer.value;
  }

  /** One answer, with at most one renewal of the token. Every attempt takes its turn. */
  private async withRenewal(pace: Pace, attempt: (accessToken: string) => Promise<Judged>): Promise<Judged> {
    const credentials = await this.context.credentials.current();
    const first = await this.paced(pace, attempt, credentials);
    if (first.ok || first.status !== 401 || lostAccess(first)) return first;
    return this.paced(pace, attempt, await this.context.credentials.renew(credentials));
  }

  private async paced(pace: Pace, attempt: (accessToken: string) => Promise<Judged>, credentials: Credentials): Promise<Judged> {
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
