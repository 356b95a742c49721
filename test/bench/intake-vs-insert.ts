import type pg from 'pg';
import { Interpret } from '../../src/billing/intake/interpret.js';
import { Vendors } from '../../src/connections/vendors.js';
import { withClient, type DatabaseUrls } from '../../src/platform/postgres/roles.js';
import type { MapInvoice, SourcePage } from '../../src/ports/billing-source.js';
import { SyncRunRepository } from '../../src/jobs/sync-run.repository.js';
import { VendorRecordRepository } from '../../src/billing/invoices/vendor-record.repository.js';
import { openBillingOn, type Billing } from '../support/billing.js';
import { createTenant } from '../support/tenant.js';
import { withBenchDatabase } from './bench-database.js';
import type { BenchRow } from './row.js';
import { timeInTurns } from './taking-turns.js';

const TARGET = 0.3;
const TURNS = 6;
/** As often as `timeInTurns` asks: one round to warm up and five that count. */
const ASKED = TURNS * 6;
const TABLES = ['vendor_record', 'sync_cursor', 'customer', 'invoice_revision', 'invoice'] as const;

interface Page {
  /** JSON text, as it came. */
  bytes: Buffer;
  invoices: number;
  cursor: string;
}

/**
 * Intake, from a page's bytes in memory to the commit of raw and mapped rows, against the very rows that it makes inserted
 * bare: one statement per table, in one transaction, by the same role. Every turn of either side has a tenant of its own.
 */
export async function run(): Promise<BenchRow> {
  return await withBenchDatabase(async (database) => {
    const { billing, close } = await openBillingOn(database, { pull: false });
    try {
      const { page, map } = await firstPage(billing);
      const times = await withClient(database.appUrl, (bare) => measure(database, billing, bare, page, map));
      const [value, baseline] = [(page.invoices * 1_000) / times.ours, (page.invoices * 1_000) / times.baseline];
      const ratio = value / baseline;
      return { name: 'intake-vs-insert', value, unit: 'invoices/s', baseline, ratio, target: `≥ ${TARGET}`, ok: ratio >= TARGET };
    } finally {
      await close();
    }
  });
}

async function firstPage(billing: Billing): Promise<{ page: Page; map: MapInvoice }> {
  const vendors = billing.module.get(Vendors);
  const { source, mapInvoice } = await vendors.source(billing.tenantId, billing.connections.connectwise, new AbortController().signal);
  for await (const { invoices, cursor } of source.pull(undefined)) {
    return { page: { bytes: Buffer.from(JSON.stringify(invoices)), invoices: invoices.length, cursor }, map: mapInvoice };
  }
  throw new Error('The PSA has no invoices');
}

async function measure(
  database: DatabaseUrls,
  billing: Billing,
  bare: pg.Client,
  page: Page,
  map: MapInvoice,
): Promise<{ ours: number; baseline: number }> {
  const { connectwise } = billing.connections;
  await intake(billing, billing.tenantId, page, map);
  const rows = await rowsOf(bare, billing.tenantId);
  if (JSON.parse(rows[TABLES.indexOf('invoice')] ?? '[]').length !== page.invoices) throw new Error('Intake did not bring the whole page');
  const tenants = { ours: [] as string[], baseline: [] as string[] };
  for (let made = 0; made < ASKED; made += 1) {
    for (const side of [tenants.ours, tenants.baseline]) side.push(await tenantWithSource(database, connectwise));
  }
  // Written for its tenant beforehand: making the text is no part of an insert.
  const prepared = tenants.baseline.map((tenantId) => ({
    tenantId,
    rows: rows.map((text) => text.replaceAll(billing.tenantId, tenantId)),
  }));
  return await timeInTurns(
    {
      ours: async () => await intake(billing, tenants.ours.pop() ?? '', page, map),
      baseline: async () => await insertBare(bare, prepared.pop()),
    },
    TURNS,
  );
}

/** A tenant with the same connection, so that the same rows fit. */
async function tenantWithSource({ ownerUrl, appUrl }: DatabaseUrls, connectionId: string): Promise<string> {
  const tenantId = await createTenant(ownerUrl, 'Bench');
  await withClient(appUrl, async (client) => {
    await inTenant(client, tenantId, async () => {
      await client.query(
        `insert into connection (tenant_id, id, connector, external_account_id, label, state, sealed_credentials) values ($1, $2, 'connectwise', 'bench', 'Bench', 'connected', 'x')`,
        [tenantId, connectionId],
      );
    });
  });
  return tenantId;
}

/** As a pull does with a page: raw rows and the cursor in one transaction, then the mapping in the next. */
async function intake({ module, tx, connections, clock }: Billing, tenantId: string, page: Page, map: MapInvoice): Promise<void> {
  const invoices = JSON.parse(page.bytes.toString('utf8')) as SourcePage['invoices'];
  await tx.run(tenantId, async () => {
    await module.get(VendorRecordRepository).store(connections.connectwise, invoices, clock.now());
    await module.get(SyncRunRepository).moveCursor(connections.connectwise, 'pull', page.cursor);
  });
  await module.get(Interpret).everything(tenantId, connections.connectwise, map);
}

/** All rows of each table as one JSON text. */
async function rowsOf(client: pg.Client, tenantId: string): Promise<string[]> {
  const texts: string[] = [];
  await inTenant(client, tenantId, async () => {
    for (const table of TABLES) {
      const { rows } = await client.query<{ all: string }>(`select jsonb_agg(t)::text as all from ${table} t where tenant_id = $1`, [
        tenantId,
      ]);
      texts.push(rows[0]?.all ?? '[]');
    }
  });
  return texts;
}

async function insertBare(client: pg.Client, prepared: { tenantId: string; rows: readonly string[] } | undefined): Promise<void> {
  if (!prepared) throw new Error('There is no tenant left');
  await inTenant(client, prepared.tenantId, async () => {
    for (const [index, table] of TABLES.entries()) {
      await client.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [prepared.rows[index]]);
    }
  });
}

async function inTenant(client: pg.Client, tenantId: string, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
  await work();
  await client.query('commit');
}
