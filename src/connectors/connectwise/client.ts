import { setTimeout as sleep } from 'node:timers/promises';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import type { ConnectorContext, Credentials } from '../../ports/connector.js';
import { readJsonAnswer } from '../kit/http.js';
import type { Codebases } from './codebases.js';
import { LABEL, type ConnectwiseSettings } from './descriptor.js';
import { connectwiseHttp } from './http.js';
import { lostRoute, pauseOf, statusError, type FailedAnswer } from './errors.js';
import { siteOf, type Site } from './site.js';

export type Query = Readonly<Record<string, string | undefined>>;
/** A record as the vendor sent it. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: number };

export interface Page {
  rows: Row[];
  /** `pageId` of the page behind this one, if there is one. */
  next: number | undefined;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Hosts in front of the API may cut longer addresses; the vendor recommends staying below 2,000. */
const LONGEST_ADDRESS = 1_950;
const LARGEST_PAGE = 1_000;
/** Repetitions of a read that met a server error, and of anything that was asked to wait. */
const REPETITIONS = 2;
const MODEL_VERSION = '2025.1';

const rowsSchema = z.array(z.looseObject({ id: z.number().int() }));

/** The REST API for one connection: paced, bounded, forward-only, and able to follow a company that was moved. */
export class ConnectwiseClient {
  private readonly http: AxiosInstance;

  constructor(
    private readonly context: ConnectorContext,
    private readonly settings: ConnectwiseSettings,
    private readonly codebases: Codebases,
  ) {
    this.http = connectwiseHttp(settings);
  }

  async site(): Promise<Site> {
    return siteOf(this.settings, await this.context.credentials.current(), this.context.apiAddress);
  }

  /** @throws ConnectorError */
  async get(path: string, query: Query = {}): Promise<unknown> {
    return readJsonAnswer(LABEL, await this.send('GET', path, query));
  }

  /** Not repeated after anything but "too many requests": the vendor has no request keys. @throws ConnectorError */
  async write(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<unknown> {
    return readJsonAnswer(LABEL, await this.send(method, path, {}, body));
  }

  async delete(path: string): Promise<void> {
    await this.send('DELETE', path, {});
  }

  /** One page in the order of ids, immune to rows that move while we read. */
  async page(path: string, query: Query, pageSize: number, pageId?: number): Promise<Page> {
    const asked = { ...query, pageSize: String(pageSize), ...(pageId !== undefined && { pageId: String(pageId) }) };
    const answer = await this.send('GET', path, asked);
    const read = rowsSchema.safeParse(readJsonAnswer(LABEL, answer));
    if (!read.success) throw new ConnectorError('unreadable', `${LABEL}'s answer is not the list it promises (${path}).`, { status: 200 });
    const rows = read.data as Row[];
    const last = rows.at(-1)?.id;
    return { rows, next: last !== undefined && hasNext(answer, rows.length === pageSize) && last > (pageId ?? 0) ? last : undefined };
  }

  /** All rows, by as many pages as it takes. */
  async list(path: string, query: Query = {}): Promise<Row[]> {
    const all: Row[] = [];
    let pageId: number | undefined;
    do {
      const page: Page = await this.page(path, query, LARGEST_PAGE, pageId);
      all.push(...page.rows);
      pageId = page.next;
    } while (pageId !== undefined);
    return all;
  }

  /** All rows that belong to one of `ids`, in as few requests as the longest address allows. */
  async listIn(path: string, fields: string, ids: readonly number[], condition: (list: string) => string): Promise<Row[]> {
    const all: Row[] = [];
    const site = await this.site();
    const length = (list: readonly number[]) =>
      this.address(site, path, { conditions: condition(list.join(',')), fields, pageSize: '1000', pageId: '4294967295' }).length;
    for (const chunk of chunks(ids, (list) => length(list) <= LONGEST_ADDRESS)) {
      all.push(...(await this.list(path, { conditions: condition(chunk.join(',')), fields })));
    }
    return all;
  }

  async count(path: string, conditions?: string): Promise<number> {
    const read = z.object({ count: z.number().int() }).safeParse(await this.get(`${path}/count`, { conditions }));
    if (!read.success)
      throw new ConnectorError('unreadable', `${LABEL}'s answer is not the number it promises (${path}).`, { status: 200 });
    return read.data.count;
  }

  private async send(method: Method, path: string, query: Query, body?: unknown): Promise<AxiosResponse<string>> {
    const credentials = await this.context.credentials.current();
    const site = siteOf(this.settings, credentials, this.context.apiAddress);
    const used = this.codebases.current(site);
    let answer = await this.persistently(method, path, query, body, credentials, site);
    if (answer.status >= 400 && lostRoute(failed(answer))) {
      const moved = await this.codebases.hasMoved(this.http, site, used, this.context.clock.now(), this.context.signal);
      if (moved) answer = await this.persistently(method, path, query, body, credentials, site);
    }
    if (answer.status >= 400) throw statusError(failed(answer), { path, writes: method !== 'GET' });
    return answer;
  }

  private async persistently(
    method: Method,
    path: string,
    query: Query,
    body: unknown,
    credentials: Credentials,
    site: Site,
  ): Promise<AxiosResponse<string>> {
    for (let repetition = 0; ; repetition += 1) {
      const answer = await this.once(method, path, query, body, credentials, site);
      const { status } = answer;
      const again = status === 429 || (status >= 500 && method === 'GET');
      if (!again || repetition >= REPETITIONS) return answer;
      if (status !== 429) {
        await sleep(this.settings.CONNECTWISE_RETRY_DELAY_MS * 2 ** repetition, undefined, { signal: this.context.signal });
      }
    }
  }

  private async once(
    method: Method,
    path: string,
    query: Query,
    body: unknown,
    credentials: Credentials,
    site: Site,
  ): Promise<AxiosResponse<string>> {
    const turn = await this.context.pacer.take('call');
    try {
      const answer = await this.http.request<string>({
        method,
        url: this.address(site, path, query),
        signal: this.context.signal,
        headers: { ...authHeaders(this.settings, site, credentials), ...(query['pageSize'] && { 'pagination-type': 'forward-only' }) },
        ...(body !== undefined && { data: JSON.stringify(body) }),
      });
      // Before this place is free: whoever waits for it must not go out while the pause is still being written down.
      if (answer.status === 429) await this.context.pacer.pause(pauseOf(failed(answer)));
      return answer;
    } finally {
      turn.done();
    }
  }

  private address(site: Site, path: string, query: Query): string {
    const pairs = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const text = pairs.map(([name, value]) => `${name}=${encoded(value)}`).join('&');
    return `${site.apiUrl}/${this.codebases.current(site)}apis/3.0${path}${text === '' ? '' : `?${text}`}`;
  }
}

/** A sandbox takes any client id, so that a first look needs none. */
const SANDBOX_CLIENT_ID = '00000000-0000-4000-8000-000000000000';

export function authHeaders(settings: ConnectwiseSettings, site: Site, credentials: Credentials): Record<string, string> {
  const pair = `${site.company}+${credentials['publicKey'] ?? ''}:${credentials['privateKey'] ?? ''}`;
  return {
    Authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
    clientId: settings.CONNECTWISE_CLIENT_ID ?? SANDBOX_CLIENT_ID,
    Accept: `application/vnd.connectwise.com+json; version=${MODEL_VERSION}, application/json`,
    'Content-Type': 'application/json',
  };
}

/** Commas and slashes may stand in a query as they are, which leaves room for a third more ids. */
function encoded(value: string): string {
  return encodeURIComponent(value).replace(/%2C/g, ',').replace(/%2F/g, '/');
}

/** The header is empty at the end, and some lists never send one: then a full page means that there may be more. */
function hasNext(answer: AxiosResponse<string>, isFull: boolean): boolean {
  const link: unknown = answer.headers['link'];
  return typeof link === 'string' ? /rel="?next"?/i.test(link) : isFull;
}

function failed(answer: AxiosResponse<string>): FailedAnswer {
  const retryAfter: unknown = answer.headers['retry-after'];
  return { status: answer.status, text: answer.data ?? '', retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined };
}

function chunks(ids: readonly number[], fits: (list: readonly number[]) => boolean): number[][] {
  const all: number[][] = [];
  for (const id of ids) {
    const open = all.at(-1);
    if (open && fits([...open, id])) open.push(id);
    else all.push([id]);
  }
  return all;
}
