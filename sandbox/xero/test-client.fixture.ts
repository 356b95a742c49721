import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type RunningSandbox } from '../kit/server.js';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, xeroSandbox } from './index.js';
import type { Json, Wire } from './wire.fixture.js';

export const REDIRECT_URI = 'http://localhost:3000/oauth/callback';
export const ALL_SCOPES =
  'offline_access accounting.invoices accounting.payments accounting.contacts accounting.settings.read accounting.attachments';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed JSON, or an empty object when the text is none. */
  json: Wire;
}

export interface TestClient {
  sandbox: RunningSandbox;
  tokens: { access_token: string; refresh_token: string };
  tenantId: string;
  /** A call of the accounting API, path from `/Invoices` on; `headers` override. */
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  control(path: string, body: unknown): Promise<Answer>;
  close(): Promise<void>;
}

/** A sandbox of its own on a free port, consented to over real HTTP; the minute limit is raised for comfort. */
export async function connectedSandbox(options: Json = { minuteLimit: 10_000, latencyMs: 0 }): Promise<TestClient> {
  const dataDir = mkdtempSync(join(tmpdir(), 'xero-sandbox-'));
  const sandbox = await startSandbox(xeroSandbox, { dataDir, port: 0, seed: 7 });
  const control = (path: string, body: unknown) => send(`${sandbox.url}/_sandbox${path}`, 'POST', body, {});
  await control('/options', options);
  const code = await consent(sandbox.url, ALL_SCOPES);
  const tokens = (await token(sandbox.url, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI })).json;
  const authorization = `Bearer ${tokens.access_token}`;
  const connections = await send(`${sandbox.url}/connections`, 'GET', undefined, { authorization });
  const [{ tenantId }] = JSON.parse(connections.text) as [{ tenantId: string }];
  const standard = { authorization, 'xero-tenant-id': tenantId, accept: 'application/json' };
  return {
    sandbox,
    tokens,
    tenantId,
    control,
    api: (method, path, body, headers) => send(`${sandbox.url}/api.xro/2.0${path}`, method, body, { ...standard, ...headers }),
    close: async () => {
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Presses "Allow access" (or Cancel) as the browser's form does; the code, or what came back instead. */
export async function consent(url: string, scope: string, more: Record<string, string> = {}): Promise<string> {
  const location = await consentRedirect(url, { scope, decision: 'allow', ...more });
  return location.searchParams.get('code') ?? `error:${location.searchParams.get('error')}`;
}

export async function consentRedirect(url: string, fields: Record<string, string>): Promise<URL> {
  const form = new URLSearchParams({
    client_id: SANDBOX_CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    state: 'state-1',
    ...fields,
  });
  const answer = await fetch(`${url}/identity/connect/authorize`, { method: 'POST', body: form, redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? `about:blank?error=${answer.status}`);
}

export function basicAuthorization(id = SANDBOX_CLIENT_ID, secret = SANDBOX_CLIENT_SECRET): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

export async function token(url: string, form: Record<string, string>, authorization = basicAuthorization()): Promise<Answer> {
  return read(
    await fetch(`${url}/connect/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: authorization ? { authorization } : {},
    }),
  );
}

async function send(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const isRaw = body instanceof Uint8Array;
  const type: Record<string, string> = body === undefined || isRaw ? {} : { 'content-type': 'application/json' };
  const payload = body === undefined ? null : isRaw ? Uint8Array.from(body) : JSON.stringify(body);
  return read(await fetch(url, { method, headers: { ...type, ...headers }, body: payload }));
}

async function read(answer: Response): Promise<Answer> {
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  return { status: answer.status, headers: answer.headers, text, json: (isJson ? JSON.parse(text) : {}) as Wire };
}

/** An approved sales invoice of one line; fields override. */
export function invoiceBody(number: string, contactId: string, more: Json = {}): Json {
  return {
    Type: 'ACCREC',
    InvoiceNumber: number,
    Contact: { ContactID: contactId },
    Date: '2026-11-02',
    DueDate: '2026-11-16',
    Status: 'AUTHORISED',
    LineItems: [{ Description: 'Labour', Quantity: 1, UnitAmount: 100, AccountCode: '200', TaxType: 'OUTPUT' }],
    ...more,
  };
}

export async function anyContactId(client: TestClient): Promise<string> {
  return (await client.api('GET', '/Contacts')).json.Contacts[0]?.ContactID ?? '';
}
