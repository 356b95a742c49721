import { AccountingApi } from 'xero-node/dist/gen/api/accountingApi.js';
import type { z } from 'zod';
import type { ConnectorContext, Credentials } from '../../ports/connector.js';
import { LABEL } from './descriptor.js';
import { lacksScope, pauseOf, statusError } from './errors.js';
import { callSdk, unreadable, type Judged, type SdkRules } from './sdk-transport.js';

/** One method of the SDK with its arguments; what it makes of the answer is not looked at. */
export type SdkWork = (api: AccountingApi, tenantId: string) => Promise<unknown>;

export interface RawAnswer {
  status: number;
  body: unknown;
}

/** Xero for one connection: every call is one of the SDK's, paced, bounded, and read from what came over the wire. */
export class XeroClient {
  private readonly baseUrl: string;

  constructor(
    private readonly context: ConnectorContext,
    apiUrl: string,
    private readonly timeoutMs: number,
  ) {
    this.baseUrl = `${apiUrl.replace(/\/+$/, '')}/api.xro/2.0`;
  }

  /** @param what names the list in a sentence. @throws ConnectorError, `unreadable` when the answer is not what `shape` says. */
  async read<S extends z.ZodType>(what: string, shape: S, work: SdkWork): Promise<z.output<S>> {
    return await this.shaped(what, shape, work, false);
  }

  /** A write that is judged as a whole. @throws ConnectorError, `outcome_unknown` when nobody can say what became of it. */
  async change<S extends z.ZodType>(what: string, shape: S, work: SdkWork): Promise<z.output<S>> {
    return await this.shaped(what, shape, work, true);
  }

  /**
   * A write of frozen text, sent byte for byte. A 400 or 404 is an answer too: it may hold a verdict per element.
   * @throws ConnectorError on all other failures.
   */
  async send(body: string, work: SdkWork): Promise<RawAnswer> {
    const answer = await this.withRenewal({ writes: true, body }, work);
    if (answer.ok) return { status: 200, body: answer.value };
    if (answer.status === 400 || answer.status === 404) return { status: answer.status, body: answer.body };
    throw statusError(answer, true);
  }

  private async shaped<S extends z.ZodType>(what: string, shape: S, work: SdkWork, writes: boolean): Promise<z.output<S>> {
    const answer = await this.withRenewal({ writes }, work);
    if (!answer.ok) throw statusError(answer, writes);
    const read = shape.safeParse(answer.value);
    if (read.success) return read.data;
    const where = read.error.issues[0]?.path.join('.') ?? '';
    throw unreadable(`${LABEL}'s answer is not what it promises (${what}, ${where}).`, writes);
  }

  /** One answer, with at most one renewal of the token. Every attempt takes its turn and reports what is left of the limits. */
  private async withRenewal(rules: Pick<SdkRules, 'writes' | 'body'>, work: SdkWork): Promise<Judged> {
    const credentials = await this.context.credentials.current();
    const first = await this.paced(rules, work, credentials);
    if (first.ok || first.status !== 401 || lacksScope(first)) return first;
    return await this.paced(rules, work, await this.context.credentials.renew(credentials));
  }

  private async paced(rules: Pick<SdkRules, 'writes' | 'body'>, work: SdkWork, credentials: Credentials): Promise<Judged> {
    const { pacer, signal, externalAccountId } = this.context;
    const turn = await pacer.take('call');
    try {
      const api = new AccountingApi(this.baseUrl);
      api.accessToken = credentials['accessToken'] ?? '';
      const answer = await callSdk({ ...rules, signal, timeoutMs: this.timeoutMs }, () => work(api, externalAccountId));
      await this.report(answer);
      return answer;
    } finally {
      turn.done();
    }
  }

  private async report(answer: Judged): Promise<void> {
    // First of all: until it is told, what waits in this process may still go out.
    if (!answer.ok && answer.status === 429) await this.context.pacer.pause(pauseOf(answer).waitMs);
    const left = answer.headers['x-daylimit-remaining'];
    if (left !== undefined && /^\d+$/.test(left)) await this.context.pacer.budget(Number.parseInt(left, 10));
  }
}

export interface InvoiceList {
  where?: string | undefined;
  order?: string;
  numbers?: string[] | undefined;
  page: number;
  pageSize: number;
  unitdp?: number;
  summaryOnly?: boolean;
  headers?: Record<string, string>;
}

/** The SDK takes sixteen arguments by their position, and moves them with its versions: they are counted out here only. */
export function getInvoices(api: AccountingApi, tenantId: string, list: InvoiceList): Promise<unknown> {
  const { where, order, numbers, page, pageSize, unitdp, summaryOnly, headers = {} } = list;
  const [none, options] = [undefined, { headers }];
  return api.getInvoices(
    tenantId,
    none,
    where,
    order,
    none,
    numbers,
    none,
    none,
    page,
    none,
    none,
    unitdp,
    summaryOnly,
    pageSize,
    none,
    options,
  );
}
