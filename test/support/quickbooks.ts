import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type RunningSandbox } from '../../sandbox/kit/server.js';
import { QuickbooksConnector } from '../../src/connectors/quickbooks/quickbooks.module.js';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, quickbooksSandbox } from '../../sandbox/quickbooks/index.js';
import type { AccountingLedger, CodeMapping, LedgerCodes, LedgerDocument, PreparedDocument } from '../../src/ports/accounting-ledger.js';
import { connectorContext, MemoryLease, type TestContext } from './connector-context.js';

export const REDIRECT_URI = 'http://localhost:3000/oauth/callback';
const NO_LIMITS = { limits: { perSecond: 100_000, perMinute: 100_000, batchPerMinute: 100_000 } };

/** An entity as the vendor holds it; specs look into it with matchers. */
export interface HeldEntity {
  Id: string;
  SyncToken: string;
  [field: string]: unknown;
}

interface ApiAnswer {
  Customer: HeldEntity;
  Item: HeldEntity;
  Payment: HeldEntity;
  QueryResponse: Readonly<Record<string, HeldEntity[] | undefined>>;
}

export interface ConnectedQuickbooks {
  sandbox: RunningSandbox;
  connector: QuickbooksConnector;
  ledger: AccountingLedger;
  context: TestContext;
  /** A second process: the same grant and company, nothing in memory. */
  fresh(): AccountingLedger;
  /** Gives up soon, for an answer that never comes. Everything else is waited for as long as a busy machine may need. */
  hasty(): AccountingLedger;
  /** What people do inside QuickBooks, and the knobs of the sandbox: `POST /_sandbox/<path>`. */
  control(path: string, body: unknown): Promise<unknown>;
  /** Any call of the vendor's API. */
  api(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** Vendor-shaped documents with this number. */
  documents(number: string): Promise<HeldEntity[]>;
  /** Method and path of what was asked since the last call; a query shows what it asks of. */
  requests(): string[];
  close(): Promise<void>;
}

export function quickbooksEnvironmentFor(url: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    QUICKBOOKS_API_URL: url,
    QUICKBOOKS_AUTHORIZE_URL: `${url}/connect/oauth2`,
    QUICKBOOKS_TOKEN_URL: `${url}/oauth2/v1/tokens/bearer`,
    QUICKBOOKS_REVOKE_URL: `${url}/v2/oauth2/tokens/revoke`,
    QUICKBOOKS_CLIENT_ID: SANDBOX_CLIENT_ID,
    QUICKBOOKS_CLIENT_SECRET: SANDBOX_CLIENT_SECRET,
    QUICKBOOKS_TIMEOUT_MS: '60000',
    ...more,
  };
}

/** The person presses "Connect" or "Cancel" on the consent page; answers the query of the callback. */
export async function consent(connector: QuickbooksConnector, decision: 'connect' | 'cancel' = 'connect'): Promise<Record<string, string>> {
  const page = new URL(connector.connect.authorizeUrl({ state: 'state-1', redirectUri: REDIRECT_URI, codeChallenge: 'unused' }));
  const form = new URLSearchParams(page.search);
  form.set('decision', decision);
  const answer = await fetch(`${page.origin}${page.pathname}`, { method: 'POST', body: form, redirect: 'manual' });
  return Object.fromEntries(new URL(answer.headers.get('location') ?? 'about:blank').searchParams);
}

/** The connector against a sandbox of its own, connected as a person would. */
export async function connectedQuickbooks(options: Record<string, unknown> = {}): Promise<ConnectedQuickbooks> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quickbooks-'));
  const sandbox = await startSandbox(quickbooksSandbox, { dataDir, port: 0, seed: 1 });
  const control = controlOf(sandbox);
  await control('/options', { ...NO_LIMITS, ...options });
  const environment = quickbooksEnvironmentFor(sandbox.url);
  const connector = new QuickbooksConnector(environment);
  const grant = await connector.connect.exchange({ query: await consent(connector), redirectUri: REDIRECT_URI, codeVerifier: 'unused' });
  const lease = new MemoryLease(grant.credentials, (stale) => connector.connect.refresh(stale));
  const realmId = grant.accounts[0]?.externalAccountId ?? '';
  const context = connectorContext(lease, realmId);
  sandbox.log.clear();
  return {
    sandbox,
    connector,
    ledger: ledgerOf(connector, context),
    context,
    fresh: () => ledgerOf(new QuickbooksConnector(environment), context),
    hasty: () => ledgerOf(new QuickbooksConnector({ ...environment, QUICKBOOKS_TIMEOUT_MS: '1000' }), context),
    control,
    async api(method, path, body) {
      const { accessToken } = await lease.current();
      const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
      const url = `${sandbox.url}/v3/company/${realmId}${path}`;
      const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
      return (await answer.json()) as ApiAnswer;
    },
    documents: async (number) =>
      (await (await fetch(`${sandbox.url}/_sandbox/documents?number=${encodeURIComponent(number)}`)).json()) as HeldEntity[],
    requests: () => {
      const made = sandbox.log.list().map(({ method, path }) => `${method} ${brief(path)}`);
      sandbox.log.clear();
      return made;
    },
    close: async () => {
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function ledgerOf(connector: QuickbooksConnector, context: TestContext): AccountingLedger {
  const { ledger } = connector.open(context);
  if (!ledger) throw new Error('The connector is an accounting ledger and opens none');
  return ledger;
}

function brief(path: string): string {
  const url = new URL(path, 'http://sandbox');
  const entity = /from (\w+)/i.exec(url.searchParams.get('query') ?? '')?.[1]?.toLowerCase();
  const place = url.pathname.replace(/^\/v3\/company\/\d+/, '').replace(/\/\d+$/, '');
  return entity === undefined ? place : `${place} ${entity}`;
}

function controlOf(sandbox: RunningSandbox): ConnectedQuickbooks['control'] {
  return async (path, body) => {
    const answer = await fetch(`${sandbox.url}/_sandbox${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.json();
  };
}

/** What a sender does first: a customer, the mapping, and the items of a document, then the document prepared for good. */
export async function readyToPrepare(ledger: AccountingLedger) {
  const codes: LedgerCodes = await ledger.codes();
  const mapping: CodeMapping = ledger.suggestMapping(codes);
  const customer = { externalId: '1', name: 'Harbor Dental', address: { lines: [] }, deleted: false };
  const [ensured] = await ledger.ensure([{ kind: 'contact', key: 'c', marker: 'CS-C-1', customer }]);
  if (ensured?.outcome.state !== 'posted') throw new Error('The sandbox knows this customer');
  const contactExternalId = ensured.outcome.externalId;
  const itemIds: Record<string, string> = {};
  async function prepare(more: Partial<LedgerDocument> = {}): Promise<PreparedDocument> {
    const document = ledgerDocument({ contactExternalId, ...more });
    const { items } = ledger.prepare(document, mapping, codes, itemIds);
    for (const { key, outcome } of await ledger.ensure(items)) if (outcome.state === 'posted') itemIds[key] = outcome.externalId;
    return ledger.prepare(document, mapping, codes, itemIds);
  }
  return { codes, mapping, contactExternalId, itemIds, prepare };
}

/** An approved invoice of one taxed line over 100.00; fields override. */
export function ledgerDocument(more: Partial<LedgerDocument> = {}): LedgerDocument {
  return {
    kind: 'invoice',
    number: '1042',
    date: '2026-11-02',
    dueDate: '2026-11-16',
    currency: 'USD',
    contactExternalId: '1',
    lines: [{ description: 'Labour', quantity: '1', unitPrice: '100', amount: '100.00', taxable: true, category: 'service' }],
    subtotal: '100.00',
    tax: '7.50',
    total: '107.50',
    reference: 'PO 77',
    marker: 'CS-0199aaaa-1',
    link: 'https://billing.example/invoices/0199aaaa',
    ...more,
  };
}
