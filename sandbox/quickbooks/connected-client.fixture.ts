import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningSandbox, startSandbox } from '../kit/server.js';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REALM_ID, SANDBOX_SCOPE } from './constants.js';
import type { EntityName } from './entities/entity.js';
import { quickbooksSandbox } from './index.js';
import type { WireBody, WireEntity } from './wire.fixture.js';

export interface Answer<T = WireBody> {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed JSON, or an empty object when the text is none. */
  body: T;
}

/** A throw-away company and an app signed in to it over real HTTP: for specs of this folder. */
export class ConnectedClient {
  accessToken = '';

  private constructor(
    readonly sandbox: RunningSandbox,
    private readonly directory: string,
  ) {}

  /** Starts without pace limits unless a spec asks for them. */
  static async start({ paced = false } = {}): Promise<ConnectedClient> {
    const directory = mkdtempSync(join(tmpdir(), 'quickbooks-sandbox-'));
    const sandbox = await startSandbox(quickbooksSandbox, { dataDir: directory, port: 0, seed: 7 });
    const client = new ConnectedClient(sandbox, directory);
    client.accessToken = (await client.exchange(await client.authorize())).body.access_token;
    if (!paced) await client.control('/options', { limits: { perSecond: 100_000, perMinute: 100_000, batchPerMinute: 100_000 } });
    return client;
  }

  async stop(): Promise<void> {
    await this.sandbox.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Presses Connect and gives the code. */
  async authorize(): Promise<string> {
    return (await this.decide('connect')).searchParams.get('code') ?? '';
  }

  /** The address that the user is sent back to. */
  async decide(decision: 'connect' | 'cancel'): Promise<URL> {
    const form = new URLSearchParams({
      client_id: SANDBOX_CLIENT_ID,
      response_type: 'code',
      scope: SANDBOX_SCOPE,
      redirect_uri: REDIRECT,
      state: 'state-1',
      decision,
    });
    const response = await fetch(`${this.sandbox.url}/connect/oauth2`, { method: 'POST', body: form, redirect: 'manual' });
    return new URL(response.headers.get('location') ?? '');
  }

  exchange(code: string): Promise<Answer> {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT });
  }

  refresh(value: string): Promise<Answer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: value });
  }

  async token(form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const url = `${this.sandbox.url}/oauth2/v1/tokens/bearer`;
    return answerOf(await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers: { ...BASIC, ...headers } }));
  }

  async revoke(body: string | URLSearchParams, headers: Record<string, string> = {}): Promise<Answer> {
    return answerOf(
      await fetch(`${this.sandbox.url}/v2/oauth2/tokens/revoke`, { method: 'POST', body, headers: { ...BASIC, ...headers } }),
    );
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.call('POST', path, JSON.stringify(body));
  }

  async call(method: string, path: string, body?: string | FormData, headers: Record<string, string> = {}): Promise<Answer> {
    const url = `${this.sandbox.url}/v3/company/${SANDBOX_REALM_ID}${path}`;
    const all = { authorization: `Bearer ${this.accessToken}`, accept: 'application/json', ...headers };
    return answerOf(await fetch(url, { method, headers: all, ...(body === undefined ? {} : { body }) }));
  }

  query(text: string): Promise<Answer> {
    return this.get(`/query?query=${encodeURIComponent(text)}`);
  }

  /** What a bookkeeper does, and the knobs of the sandbox: most answer the document that was written. */
  async control<T = WireEntity>(path: string, body: unknown): Promise<Answer<T>> {
    return answerOf<T>(await fetch(`${this.sandbox.url}/_sandbox${path}`, { method: 'POST', body: JSON.stringify(body) }));
  }

  /** Creates and gives the entity; throws what came back instead. */
  async create(kind: EntityName, body: unknown): Promise<WireEntity> {
    const answer = await this.post(`/${kind.toLowerCase()}`, body);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body[kind];
  }

  async read(kind: EntityName, id: string): Promise<WireEntity> {
    return (await this.get(`/${kind.toLowerCase()}/${id}`)).body[kind];
  }

  async customerId(name = 'Harbor Dental'): Promise<string> {
    const [customer] = (await this.query(`select * from Customer where DisplayName = '${name}'`)).body.QueryResponse.Customer;
    if (!customer) throw new Error(`The company has no customer ${name}`);
    return customer.Id;
  }

  /** An invoice of one untaxed line. */
  async invoice(DocNumber: string, Amount: number, more: Record<string, unknown> = {}): Promise<WireEntity> {
    return this.create('Invoice', { CustomerRef: { value: await this.customerId() }, DocNumber, Line: [itemLine(Amount)], ...more });
  }
}

export function itemLine(Amount: number, detail: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Amount,
    DetailType: 'SalesItemLineDetail',
    SalesItemLineDetail: { ItemRef: { value: '1' }, TaxCodeRef: { value: 'NON' }, ...detail },
  };
}

export function faultCode(answer: { body: WireBody }): string | undefined {
  return answer.body.Fault?.Error[0]?.code;
}

const REDIRECT = 'http://127.0.0.1:9/callback';
const BASIC = { authorization: `Basic ${Buffer.from(`${SANDBOX_CLIENT_ID}:${SANDBOX_CLIENT_SECRET}`).toString('base64')}` };

async function answerOf<T = WireBody>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) as T };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
