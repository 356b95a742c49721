import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { IntakeModule } from '../../src/billing/intake/intake.module.js';
import { PullJob } from '../../src/billing/intake/pull.job.js';
import { SweepJob } from '../../src/billing/intake/sweep.job.js';
import { PostingModule } from '../../src/billing/posting/posting.module.js';
import { ReconcileJob } from '../../src/billing/posting/reconcile.job.js';
import { SendJob } from '../../src/billing/posting/send.job.js';
import { CheckJob } from '../../src/billing/review/check.job.js';
import { Decisions } from '../../src/billing/review/decisions.js';
import { ReviewModule } from '../../src/billing/review/review.module.js';
import { ReadJob } from '../../src/billing/settlement/read.job.js';
import { SettlementModule } from '../../src/billing/settlement/settlement.module.js';
import { ConnectionsModule } from '../../src/connections/connections.module.js';
import { CONNECTORS } from '../../src/connectors/index.js';
import { loadVendorSandboxes } from '../../sandbox/vendors.js';
import { startSandbox, type RunningSandbox } from '../../sandbox/kit/server.js';
import { documentLook } from '../../src/domain/document-look.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { VendorEnvironmentModule } from '../../src/platform/config/vendor-environment.module.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { withClient, type DatabaseUrls } from '../../src/platform/postgres/roles.js';
import { DOCUMENT_STORE, type DocumentStore } from '../../src/ports/document-store.js';
import { isConnectorError } from '../../src/ports/connector-error.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { SyncRunRepository } from '../../src/jobs/sync-run.repository.js';
import { ConnectionEntity } from '../../src/connections/connection.entity.js';
import { type SyncRunEntity } from '../../src/jobs/sync-run.entity.js';
import { DocumentEntity } from '../../src/billing/documents/document.entity.js';
import { InvoiceEntity } from '../../src/billing/invoices/invoice.entity.js';
import { BrandEntity } from '../../src/billing/documents/brand.entity.js';
import { dataModules } from './data-modules.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTenant } from './tenant.js';
import { connectVendors } from './connect-vendors.js';
import { testKey } from './test-key.js';

/** Longer than any machine needs for an answer that does come. */
const PATIENCE_MS = 60_000;

export type VendorKey = 'connectwise' | 'quickbooks' | 'xero';
export type Sandboxes = Record<VendorKey, RunningSandbox>;

/** Runs like any clock and can be put forward, so that a quarantine of minutes passes at once: here and at the vendors. */
export class ForwardClock extends Clock {
  private ahead = 0;

  constructor(private readonly sandboxes: Sandboxes) {
    super();
  }

  override now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  advance(milliseconds: number): void {
    this.ahead += milliseconds;
    for (const sandbox of Object.values(this.sandboxes)) sandbox.clock.advance(milliseconds);
  }
}

/** The app's variables that say how long each vendor is waited for. */
export function patience(milliseconds: number): Record<string, string> {
  return Object.fromEntries(CONNECTORS.map(({ descriptor }) => [`${descriptor.key.toUpperCase()}_TIMEOUT_MS`, String(milliseconds)]));
}

/**
 * The three vendors in this process, on ports of their own.
 * @param dataDir with their files; it stays. Without one they begin anew and leave nothing behind
 */
export async function startVendors(
  dataDir?: string,
): Promise<{ sandboxes: Sandboxes; environment: Record<string, string>; stop: () => Promise<void> }> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'countersign-vendors-'));
  const running: RunningSandbox[] = [];
  const environment = patience(PATIENCE_MS);
  for (const vendor of await loadVendorSandboxes()) {
    const sandbox = await startSandbox(vendor, { dataDir: folder, port: 0, seed: 1 });
    running.push(sandbox);
    Object.assign(environment, vendor.environment?.(sandbox.url));
  }
  return {
    sandboxes: Object.fromEntries(running.map((sandbox) => [sandbox.key, sandbox])) as Sandboxes,
    environment,
    stop: async () => {
      for (const sandbox of running) await sandbox.close();
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One process of the app, without pages: the stages on a database and on real vendors. @param transactions one that can die */
export async function openStages(
  database: DatabaseUrls,
  environment: Record<string, string>,
  clock: Clock,
  transactions: typeof TenantTransaction = TenantTransaction,
): Promise<TestingModule> {
  const config = loadConfig(
    {
      PORT: '3999',
      SANDBOX: 'on',
      DATA_DIR: tmpdir(),
      COUNTERSIGN_KEYS: `t1:${testKey.toString('base64')}`,
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
      ...environment,
    },
    CONNECTORS.map((entry) => entry.descriptor),
  );
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.of(config),
      VendorEnvironmentModule.of(config),
      ...dataModules(database),
      ConnectionsModule,
      IntakeModule,
      ReviewModule,
      PostingModule,
      SettlementModule,
    ],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .overrideProvider(TenantTransaction)
    .useClass(transactions)
    .compile();
  return await module.init();
}

/** A tenant that is connected to the three vendors and live, and the hands that work for it. */
export class Billing {
  readonly owner: Principal;

  constructor(
    readonly module: INestApplicationContext,
    readonly sandboxes: Sandboxes,
    readonly clock: ForwardClock,
    readonly tenantId: string,
    readonly connections: Readonly<Record<VendorKey, string>>,
  ) {
    this.owner = { tenantId, role: 'owner', actor: { kind: 'api_key', id: uuidv7(), label: 'Owner key' } };
  }

  get tx(): TenantTransaction {
    return this.module.get(TenantTransaction);
  }

  /** The same tenant as another process sees it. */
  in(module: INestApplicationContext): Billing {
    return new Billing(module, this.sandboxes, this.clock, this.tenantId, this.connections);
  }

  async query<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return await this.tx.run(this.tenantId, () => this.tx.query<T>(sql, [this.tenantId, ...parameters]));
  }

  async run(vendor: VendorKey, kind: SyncRunEntity['kind'], signal = new AbortController().signal): Promise<SyncRunEntity> {
    const runs = this.module.get(SyncRunRepository);
    const run = await this.tx.run(this.tenantId, () => runs.request(this.connections[vendor], kind, 'Test'));
    const payload = { tenantId: this.tenantId, id: run.id };
    if (kind === 'pull') await this.module.get(PullJob).pull(payload, signal);
    else if (kind === 'sweep') await this.module.get(SweepJob).sweep(payload, signal);
    else await this.module.get(ReadJob).read(payload, signal);
    const ended = await this.tx.run(this.tenantId, () => runs.find(run.id));
    if (!ended) throw new Error('The run is gone');
    return ended;
  }

  /** A pull, and the review rules over what it brought. */
  async pull(): Promise<SyncRunEntity> {
    const run = await this.run('connectwise', 'pull');
    await this.check();
    return run;
  }

  async check(): Promise<void> {
    await this.module.get(CheckJob).check({ tenantId: this.tenantId, id: this.connections.connectwise }, new AbortController().signal);
  }

  async invoice(number: string): Promise<InvoiceEntity> {
    return await this.tx.run(this.tenantId, () =>
      this.tx.rows(InvoiceEntity).findOneOrFail({ where: { tenantId: this.tenantId, number }, order: { firstSeenAt: 'DESC' } }),
    );
  }

  /** Numbers of invoices in review that go to this ledger, oldest first. */
  async reviewable(ledger: 'quickbooks' | 'xero', count: number, where = 'i.total > 0'): Promise<string[]> {
    const rows = await this.query<{ number: string }>(
      `select i.number from invoice i join location l on l.tenant_id = i.tenant_id and l.source_connection_id = i.connection_id and l.external_id = i.location_external_id
       where i.tenant_id = $1 and i.state = 'in_review' and l.ledger_connection_id = $2 and ${where} order by i.date, i.id limit $3`,
      [this.connections[ledger], count],
    );
    return rows.map((row) => row.number);
  }

  /** Stores bytes that stand for the rendered PDF, once for a revision. Answers their hash. */
  async render(number: string): Promise<string> {
    const invoice = await this.invoice(number);
    return await this.tx.run(this.tenantId, async () => {
      const { version } = await this.tx.rows(BrandEntity).findOneByOrFail({ tenantId: this.tenantId });
      const look = documentLook(version, invoice.locationExternalId);
      const bytes = Buffer.from(`%PDF-1.7 of ${number}, revision ${invoice.revisionId}`);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const key = { tenantId: this.tenantId, revisionId: invoice.revisionId, look };
      if (await this.tx.rows(DocumentEntity).existsBy(key)) return sha256;
      await this.module.get<DocumentStore>(DOCUMENT_STORE).put(bytes);
      const facts = { sha256, pages: 1, size: bytes.length, positions: [], createdAt: this.clock.now() };
      await this.tx.rows(DocumentEntity).insert({ ...key, id: uuidv7(), invoiceId: invoice.id, ...facts });
      return sha256;
    });
  }

  async approve(...numbers: string[]): Promise<void> {
    for (const number of numbers) {
      const { id } = await this.invoice(number);
      await this.module.get(Decisions).approve(this.owner, id, await this.render(number), true);
    }
  }

  /** Approves, and lets the undo time pass. */
  async approveForGood(...numbers: string[]): Promise<void> {
    await this.approve(...numbers);
    this.clock.advance(10_500);
  }

  /** One job; what a connector says is an answer, as it is to the queue. */
  async send(vendor: VendorKey, signal = new AbortController().signal): Promise<void> {
    await quietly(this.module.get(SendJob).send({ tenantId: this.tenantId, id: this.connections[vendor] }, signal));
  }

  async reconcile(vendor: VendorKey, signal = new AbortController().signal): Promise<void> {
    await quietly(this.module.get(ReconcileJob).reconcile({ tenantId: this.tenantId, id: this.connections[vendor] }, signal));
  }

  /** As the queue and the schedules would, with the clock put forward, until every posting has ended. */
  async drain(...vendors: VendorKey[]): Promise<void> {
    const all: VendorKey[] = vendors.length > 0 ? vendors : ['quickbooks', 'xero', 'connectwise'];
    for (let round = 0; round < 30; round += 1) {
      for (const vendor of all) {
        await this.send(vendor);
        await this.reconcile(vendor);
      }
      if ((await this.openPostings(all)).length === 0) return;
      this.clock.advance(61_000);
    }
    throw new Error(`Still open: ${JSON.stringify(await this.openPostings(all))}`);
  }

  private async openPostings(vendors: readonly VendorKey[]): Promise<unknown[]> {
    return await this.query(
      `select operation, state, cause, attempts from posting where tenant_id = $1 and connection_id = any($2) and state in ('planned', 'sending', 'unknown')`,
      [vendors.map((vendor) => this.connections[vendor])],
    );
  }

  async postings(number: string, operation?: string): Promise<PostingFacts[]> {
    return await this.query(
      `select p.operation, p.state, p.cause, p.link, p.attempts, p.external_id as "externalId", p.id from posting p join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id
       where p.tenant_id = $1 and i.number = $2 and ($3::text is null or p.operation = $3) order by p.id`,
      [number, operation ?? null],
    );
  }

  /** The next request of this kind goes wrong in that way. */
  async fault(vendor: VendorKey, fault: Record<string, unknown>): Promise<void> {
    await this.control(vendor, '/faults', fault);
  }

  async control(vendor: VendorKey, path: string, body: unknown, method: 'POST' | 'PATCH' | 'DELETE' = 'POST'): Promise<unknown> {
    const answer = await fetch(`${this.sandboxes[vendor].url}/_sandbox${path}`, { method, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

export interface PostingFacts {
  id: string;
  operation: string;
  state: string;
  cause: string | null;
  link: string | null;
  attempts: number;
  externalId: string | null;
}

async function quietly(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isConnectorError(error)) throw error;
  }
}

export interface OpenedBilling {
  database: DatabaseUrls;
  environment: Record<string, string>;
  billing: Billing;
  close: () => Promise<void>;
}

export interface BillingOptions {
  pull?: boolean;
  goLive?: boolean;
}

/** Vendors, a database, one process and one live tenant whose invoices are pulled and checked. */
export async function openBilling(options: BillingOptions = {}): Promise<OpenedBilling> {
  const { createTestDatabase } = await import('./database.js');
  const { firstPull } = await import('./first-pull.js');
  const pulled = (options.pull ?? true) ? await firstPull(pullOnce) : undefined;
  const database = await createTestDatabase(pulled?.template);
  const opened = pulled ? await resumeBilling(database, pulled.vendors, options) : await openBillingOn(database, options);
  return {
    ...opened,
    close: async () => {
      await opened.close();
      await database.drop();
    },
  };
}

/** The same from the beginning, on a database of the caller's: for measurements, which run without the test runner. */
export async function openBillingOn(database: DatabaseUrls, options: BillingOptions = {}, dataDir?: string): Promise<OpenedBilling> {
  const { sandboxes, environment, stop } = await startVendors(dataDir);
  const clock = new ForwardClock(sandboxes);
  const module = await openStages(database, environment, clock);
  const close = async (): Promise<void> => {
    await module.close();
    await stop();
  };
  const billing = await connectTenant(module, database, sandboxes, clock, 'Lumen IT', options.goLive ?? true);
  if (options.pull ?? true) {
    const { state, problem } = await billing.pull();
    if (state !== 'succeeded') throw new Error(`The first pull ${state}: ${problem}`);
  }
  return { database, environment, billing, close };
}

async function pullOnce(database: DatabaseUrls, vendors: string): Promise<void> {
  mkdirSync(vendors, { recursive: true });
  const { close } = await openBillingOn(database, { goLive: false }, vendors);
  await close();
}

/** Where the first pull ended, with the vendors as they were then. */
async function resumeBilling(database: DatabaseUrls, vendors: string, options: BillingOptions): Promise<OpenedBilling> {
  const dataDir = mkdtempSync(join(tmpdir(), 'countersign-vendors-'));
  cpSync(vendors, dataDir, { recursive: true });
  const { sandboxes, environment, stop } = await startVendors(dataDir);
  const clock = new ForwardClock(sandboxes);
  const module = await openStages(database, environment, clock);
  const billing = await tenantIn(module, sandboxes, clock, await onlyTenant(database), options.goLive ?? true);
  const close = async (): Promise<void> => {
    await module.close();
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { database, environment, billing, close };
}

async function onlyTenant({ ownerUrl }: DatabaseUrls): Promise<string> {
  return await withClient(ownerUrl, async (client) => {
    const [tenant] = (await client.query<{ id: string }>('select id from tenant')).rows;
    if (!tenant) throw new Error('The first pull left no tenant');
    return tenant.id;
  });
}

export async function connectTenant(
  module: INestApplicationContext,
  database: DatabaseUrls,
  sandboxes: Sandboxes,
  clock: ForwardClock,
  name: string,
  goLive = true,
): Promise<Billing> {
  const tenantId = await createTenant(database.ownerUrl, name);
  const urls = Object.fromEntries(Object.entries(sandboxes).map(([key, sandbox]) => [key, sandbox.url]));
  await connectVendors(module, tenantId, urls);
  return await tenantIn(module, sandboxes, clock, tenantId, goLive);
}

async function tenantIn(
  module: INestApplicationContext,
  sandboxes: Sandboxes,
  clock: ForwardClock,
  tenantId: string,
  goLive: boolean,
): Promise<Billing> {
  const tx = module.get(TenantTransaction);
  const rows = await tx.run(tenantId, () => tx.rows(ConnectionEntity).findBy({ tenantId }));
  const connections = Object.fromEntries(rows.map((row) => [row.connector, row.id])) as Record<VendorKey, string>;
  if (goLive) {
    await tx.run(tenantId, () =>
      tx.execute(
        `update connection set posting_mode = 'live', go_live_date = '2000-01-01' where tenant_id = $1 and connector in ('quickbooks', 'xero')`,
        [tenantId],
      ),
    );
  }
  return new Billing(module, sandboxes, clock, tenantId, connections);
}
