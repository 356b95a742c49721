import 'reflect-metadata';
import { isDeepStrictEqual } from 'node:util';
import { withClient } from '../../src/platform/postgres/roles.js';
import { inboxCounts, inboxLedgers, inboxPage, type InvoiceFilter, type Statement } from '../../src/billing/queries/inbox-statements.js';
import { InvoiceRows } from '../../src/billing/queries/invoice-query.js';
import { PostingQuery } from '../../src/billing/queries/posting-query.js';
import { ConnectorCatalog } from '../../src/connections/connector-catalog.js';
import type { Principal } from '../../src/database/audit/actor.js';
import type { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { withBenchDatabase } from './bench-database.js';
import { withBothRoles, type BothRoles } from './bypass-role.js';
import { seedManyInvoices, tenantId, VIEWER } from './many-invoices.js';
import { replay, StatementRecorder, type Recorded } from './recorded-statements.js';
import type { BenchRow } from './row.js';
import { timeInTurns } from './taking-turns.js';

const TARGET = 1.15;
const TENANTS = 1_000;
const INVOICES = 1_000;
/** Tenants that take a turn, spread over all of them. */
const TURNS = 250;

type HotQuery = (tx: TenantTransaction, tenant: string) => Promise<unknown>;

/** What people ask for all day: by hits of the pages in a month's billing run. */
const HOT: Readonly<Record<string, HotQuery>> = {
  'inbox page': (tx, tenant) => firstPage(tx, tenant, { tab: 'all', state: 'in_review', search: '' }),
  'inbox search': (tx, tenant) => firstPage(tx, tenant, { tab: 'all', search: 'harborview dental' }),
  'inbox counts': (tx, tenant) => ask(tx, inboxCounts({ tenantId: tenant, ...VIEWER }, '')),
  'invoice opened': async (tx, tenant) => {
    const [first] = await tx.query<{ id: string }>(`select id from invoice where tenant_id = $1 and state = 'in_review' limit 1`, [tenant]);
    return await new InvoiceRows(tx).header(first?.id ?? '');
  },
  'postings page': (tx, tenant) => new PostingQuery(tx, new ConnectorCatalog([])).list(reader(tenant), { limit: 50 }),
};

async function firstPage(tx: TenantTransaction, tenant: string, filter: InvoiceFilter): Promise<unknown> {
  const viewer = { tenantId: tenant, ...VIEWER };
  return [await ask(tx, inboxPage(viewer, filter, 51)), await ask(tx, inboxLedgers(viewer))];
}

const ask = async (tx: TenantTransaction, { sql, parameters }: Statement): Promise<unknown> => await tx.query(sql, parameters);

const reader = (tenant: string): Principal => ({
  tenantId: tenant,
  role: 'read_only',
  ...VIEWER,
  actor: { kind: 'person', id: VIEWER.personId, label: 'Reader' },
});

/**
 * What row security costs the hottest queries, with 1,000 tenants of 1,000 invoices each: the statements the product sends,
 * BEGIN to COMMIT, by the app's role and by one that steps over row security. The worst of them counts.
 */
export async function run(): Promise<BenchRow> {
  const ratios = await withBenchDatabase(async (urls) => {
    await withClient(urls.ownerUrl, (owner) => seedManyInvoices(owner, { tenants: TENANTS, each: INVOICES }));
    return await withBothRoles(urls, [tenantId(1), tenantId(2)], (both) => measureAll(urls.appUrl, both));
  });
  for (const one of ratios)
    console.log(`  ${one.name.padEnd(28)}${one.ours.toFixed(3)} against ${one.baseline.toFixed(3)} ms, ratio ${one.ratio.toFixed(3)}`);
  const worst = ratios.reduce((one, other) => (other.ratio > one.ratio ? other : one));
  return {
    name: 'rls-hot-queries',
    value: worst.ours,
    unit: `ms (${worst.name})`,
    baseline: worst.baseline,
    ratio: worst.ratio,
    target: `≤ ${TARGET}`,
    ok: worst.ratio <= TARGET,
  };
}

interface Measured {
  name: string;
  ours: number;
  baseline: number;
  ratio: number;
}

async function measureAll(appUrl: string, both: BothRoles): Promise<Measured[]> {
  const recorder = await StatementRecorder.open(appUrl);
  const measured: Measured[] = [];
  try {
    for (const [name, query] of Object.entries(HOT)) measured.push(await measure(recorder, both, name, query));
  } finally {
    await recorder.close();
  }
  return measured;
}

async function measure(recorder: StatementRecorder, both: BothRoles, name: string, query: HotQuery): Promise<Measured> {
  const scripts: Recorded[][] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const tenant = tenantId(1 + turn * (TENANTS / TURNS));
    scripts.push((await recorder.record(tenant, (tx) => query(tx, tenant))).statements);
  }
  await assertComparable(both, name, scripts);
  const look = async (turn: number) => void (await replay(both.client, scripts[turn] ?? []));
  const { ours, baseline } = await timeInTurns({ ours: look, baseline: look, before: both.become }, TURNS);
  return { name, ours, baseline, ratio: ours / baseline };
}

/** A ratio says nothing unless both sides answer the same rows, and some. */
async function assertComparable({ client, become }: BothRoles, name: string, scripts: readonly Recorded[][]): Promise<void> {
  const [first = []] = scripts;
  await become('ours');
  const restricted = await replay(client, first);
  await become('baseline');
  const free = await replay(client, first);
  if (!isDeepStrictEqual(restricted, free)) throw new Error(`${name}: the two sides answer different rows`);
  if ((restricted.at(-2) ?? []).length === 0) throw new Error(`${name}: nothing was found, so nothing is measured`);
}
