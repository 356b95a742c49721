import { mkdtempSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type RunningSandbox } from '../../sandbox/kit/server.js';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, xeroSandbox } from '../../sandbox/xero/index.js';
import { XeroConnector } from '../../src/connectors/xero/xero.module.js';
import type { AccountingLedger, LedgerDocument } from '../../src/ports/accounting-ledger.js';
import { connectorContext, MemoryLease, type TestContext } from './connector-context.js';

export const REDIRECT_URI = 'http://localhost:3000/oauth/callback';
export const CODE_VERIFIER = 'v'.repeat(43);

export interface ConnectedXero {
  sandbox: RunningSandbox;
  connector: XeroConnector;
  ledger: AccountingLedger;
  /** Gives up soon, for an answer that never comes. Everything else is waited for as long as a busy machine may need. */
  hasty(): AccountingLedger;
  context: TestContext;
  /** What people do inside Xero, and the knobs of the sandbox: `POST /_sandbox/<path>`. */
  control(path: string, body: unknown): Promise<unknown>;
  /** Vendor-shaped documents with this number. */
  documents(number: string): Promise<Record<string, unknown>[]>;
  /** Method and path of what was asked since the last call. */
  requests(): string[];
  close(): Promise<void>;
}

export function xeroEnvironmentFor(url: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    XERO_API_URL: url,
    XERO_AUTHORIZE_URL: `${url}/identity/connect/authorize`,
    XERO_IDENTITY_URL: url,
    XERO_CLIENT_ID: SANDBOX_CLIENT_ID,
    XERO_CLIENT_SECRET: SANDBOX_CLIENT_SECRET,
    XERO_TIMEOUT_MS: '60000',
    ...more,
  };
}

/** The person presses "Allow access" or "Cancel" on the consent page; answers the query of the callback. */
export async function consent(connector: XeroConnector, decision: 'allow' | 'cancel' = 'allow'): Promise<Record<string, string>> {
  const codeChallenge = createHash('sha256').update(CODE_VERIFIER).digest('base64url');
  const page = new URL(connector.connect.authorizeUrl({ state: 'state-1', redirectUri: REDIRECT_URI, codeChallenge }));
  const form = new URLSearchParams(page.search);
  form.set('decision', decision);
  const answer = await fetch(`${page.origin}${page.pathname}`, { method: 'POST', body: form, redirect: 'manual' });
  return Object.fromEntries(new URL(answer.headers.get('location') ?? 'about:blank').searchParams);
}

/** The connector against a sandbox of its own, connected as a person would. */
export async function connectedXero(options: Record<string, unknown> = {}): Promise<ConnectedXero> {
  const dataDir = mkdtempSync(join(tmpdir(), 'xero-'));
  const sandbox = await startSandbox(xeroSandbox, { dataDir, port: 0, seed: 1 });
  const control = controlOf(sandbox);
  await control('/options', { minuteLimit: 10_000, latencyMs: 0, ...options });
  const connector = new XeroConnector(xeroEnvironmentFor(sandbox.url));
  const grant = await connector.connect.exchange({
    query: await consent(connector),
    redirectUri: REDIRECT_URI,
    codeVerifier: CODE_VERIFIER,
  });
  const lease = new MemoryLease(grant.credentials, (stale) => connector.connect.refresh(stale));
  const context = connectorContext(lease, grant.accounts[0]?.externalAccountId ?? '');
  sandbox.log.clear();
  return {
    sandbox,
    connector,
    ledger: ledgerOf(connector, context),
    hasty: () => ledgerOf(new XeroConnector(xeroEnvironmentFor(sandbox.url, { XERO_TIMEOUT_MS: '1000' })), context),
    context,
    control,
    documents: async (number) =>
      (await (await fetch(`${sandbox.url}/_sandbox/documents?number=${encodeURIComponent(number)}`)).json()) as Record<string, unknown>[],
    requests: () => {
      const made = sandbox.log.list().map(({ method, path }) => `${method} ${path.replace('/api.xro/2.0', '').replace(/\?.*/, '')}`);
      sandbox.log.clear();
      return made;
    },
    close: async () => {
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function ledgerOf(connector: XeroConnector, context: TestContext): AccountingLedger {
  const { ledger } = connector.open(context);
  if (!ledger) throw new Error('The connector is an accounting ledger and opens none');
  return ledger;
}

function controlOf(sandbox: RunningSandbox): ConnectedXero['control'] {
  return async (path, body) => {
    const answer = await fetch(`${sandbox.url}/_sandbox${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.json();
  };
}

/** An approved invoice of one line over 100.00 and GST; fields override. */
export function ledgerDocument(more: Partial<LedgerDocument> = {}): LedgerDocument {
  return {
    kind: 'invoice',
    number: '1042',
    date: '2026-11-02',
    dueDate: '2026-11-16',
    currency: 'AUD',
    contactExternalId: '7c0d5a52-64c5-4a5f-8f3a-0f2f5f1c3333',
    lines: [{ description: 'Labour', quantity: '1', unitPrice: '100', amount: '100.00', taxable: true, category: 'service' }],
    subtotal: '100.00',
    tax: '10.00',
    total: '110.00',
    reference: 'PO 77',
    marker: 'CS-0199aaaa-1',
    link: 'https://billing.example/invoices/0199aaaa',
    ...more,
  };
}
