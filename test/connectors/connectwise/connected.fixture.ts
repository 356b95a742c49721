import { connectorContext, MemoryLease, type TestContext } from '../../support/connector-context.js';
import type { BillingSource, RawInvoice, SourcePage } from '../../../src/ports/billing-source.js';
import type { Credentials } from '../../../src/ports/connector.js';
import type { PaymentSink } from '../../../src/ports/payment-sink.js';
import type { RunningSandbox } from '../../../sandbox/kit/server.js';
import { ConnectwiseConnector } from '../../../src/connectors/connectwise/connectwise.module.js';
import { SANDBOX_COMPANY, SANDBOX_PRIVATE_KEY, SANDBOX_PUBLIC_KEY } from '../../../sandbox/connectwise/index.js';
import { startSeeded } from '../../../sandbox/connectwise/seeded.fixture.js';

export const FORM = {
  site: 'na.myconnectwise.net',
  companyId: SANDBOX_COMPANY,
  publicKey: SANDBOX_PUBLIC_KEY,
  privateKey: SANDBOX_PRIVATE_KEY,
};

/** An invoice as the sandbox itself describes it. */
export interface Stated {
  id: number;
  invoiceNumber: string;
  type: string;
  subtotal: number;
  salesTax: number;
  total: number;
  balance: number;
  payments: number;
  status: { id: number; name: string; isClosed: boolean };
  _payments: { id: number; amount: number; source?: string; type: string }[];
}

export interface ConnectedPsa {
  sandbox: RunningSandbox;
  connector: ConnectwiseConnector;
  credentials: Credentials;
  context: TestContext;
  source: BillingSource;
  payments: PaymentSink;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  stated(number: string): Promise<Stated>;
  /** Method and address of what was asked since the last call. */
  requests(): string[];
  /** Opened anew, as every job does. */
  reopen(more?: Partial<TestContext>): { source: BillingSource; payments: PaymentSink };
  close(): Promise<void>;
}

/** More than a page of them. */
export const FEW_INVOICES = 130;

/** The connector against a sandbox of its own, with all its invoices or the first ones, connected as a person would. */
export async function connectedPsa(
  options: Record<string, unknown> = {},
  environment: Record<string, string> = {},
  invoices?: number,
): Promise<ConnectedPsa> {
  const { sandbox, close } = await startSeeded(invoices);
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${sandbox.url}/_sandbox${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  await control('POST', '/options', { requestsPerMinute: 100_000, ...options });
  const connector = new ConnectwiseConnector({
    CONNECTWISE_API_URL: sandbox.url,
    CONNECTWISE_TIMEOUT_MS: '5000',
    CONNECTWISE_RETRY_DELAY_MS: '1',
    ...environment,
  });
  const grant = await connector.connect.connect(FORM);
  const lease = new MemoryLease(grant.credentials, () => Promise.reject(new Error('keys are not renewed')));
  const context = connectorContext(lease, grant.accounts[0]?.externalAccountId ?? '');
  const reopen: ConnectedPsa['reopen'] = (more = {}) => {
    const { source, payments } = connector.open({ ...context, ...more });
    if (!source || !payments) throw new Error('The connector opens neither source nor payments');
    return { source, payments };
  };
  sandbox.log.clear();
  return {
    sandbox,
    connector,
    credentials: grant.credentials,
    context,
    ...reopen(),
    control,
    stated: async (number) => {
      const [found] = (await control('GET', `/documents?number=${number}`)) as Stated[];
      if (!found) throw new Error(`the sandbox has no invoice ${number}`);
      return found;
    },
    requests: () => {
      const made = sandbox.log.list().map(({ method, path }) => `${method} ${path.replace('/v2025_1/apis/3.0', '')}`);
      sandbox.log.clear();
      return made;
    },
    reopen,
    close,
  };
}

export async function pages(source: BillingSource, cursor?: string): Promise<SourcePage[]> {
  const all: SourcePage[] = [];
  for await (const page of source.pull(cursor)) all.push(page);
  return all;
}

export async function pullAll(source: BillingSource, cursor?: string): Promise<{ invoices: RawInvoice[]; cursor: string }> {
  const all = await pages(source, cursor);
  return { invoices: all.flatMap((page) => page.invoices), cursor: all.at(-1)?.cursor ?? '' };
}
