import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { withClient } from '../../src/platform/postgres/roles.js';
import { inboxLedgers, inboxPage, type InvoiceFilter, type Statement } from '../../src/billing/queries/inbox-statements.js';
import { withBenchDatabase } from './bench-database.js';
import { withBothRoles, type BothRoles } from './bypass-role.js';
import { seedManyInvoices, tenantId, TENANTS, VIEWER } from './many-invoices.js';
import type { BenchRow } from './row.js';
import { timeInTurns } from './taking-turns.js';

const TARGET = 1.15;
const PAGE = 50;
const FILTERS: readonly InvoiceFilter[] = [
  { tab: 'all', state: 'in_review', search: '' },
  { tab: 'all', search: 'harborview dental' },
];

/**
 * What row security costs the inbox: its own statements for the first page of what is in review and for a search, at
 * every tenant in turn. Both sides begin, set the tenant, ask and commit; the baseline's role steps over row security.
 */
export async function run(): Promise<BenchRow> {
  const { ours, baseline } = await withBenchDatabase(async (urls) => {
    await withClient(urls.ownerUrl, (owner) => seedManyInvoices(owner));
    return await withBothRoles(urls, [tenantId(1), tenantId(2)], measure);
  });
  const ratio = ours / baseline;
  return { name: 'rls-inbox', value: ours, unit: 'ms/page', baseline, ratio, target: `≤ ${TARGET}`, ok: ratio <= TARGET };
}

async function measure(both: BothRoles): Promise<{ ours: number; baseline: number }> {
  await assertComparable(both);
  const look = async (turn: number) => {
    const tenant = tenantId(turn + 1);
    for (const filter of FILTERS) await inTenant(both.client, tenant, firstPage(tenant, filter));
  };
  const times = await timeInTurns({ ours: look, baseline: look, before: both.become }, TENANTS);
  return { ours: times.ours / FILTERS.length, baseline: times.baseline / FILTERS.length };
}

/** What the inbox asks for a page; one row more than the page tells whether there is another. */
function firstPage(tenant: string, filter: InvoiceFilter): Statement[] {
  const viewer = { tenantId: tenant, ...VIEWER };
  return [inboxPage(viewer, filter, PAGE + 1), inboxLedgers(viewer)];
}

/** @returns the rows of each statement */
async function inTenant(client: pg.Client, tenant: string, statements: readonly Statement[]): Promise<unknown[][]> {
  const answers: unknown[][] = [];
  await client.query('begin');
  await client.query("select set_config('app.tenant_id', $1, true)", [tenant]);
  for (const { sql, parameters } of statements) answers.push((await client.query<Record<string, unknown>>(sql, parameters)).rows);
  await client.query('commit');
  return answers;
}

/** A ratio says nothing unless both sides answer the same full page. */
async function assertComparable({ client, become }: BothRoles): Promise<void> {
  const here = tenantId(1);
  for (const filter of FILTERS) {
    await become('ours');
    const restricted = await inTenant(client, here, firstPage(here, filter));
    await become('baseline');
    const free = await inTenant(client, here, firstPage(here, filter));
    if (restricted[0]?.length !== PAGE + 1) throw new Error('The page is not full');
    if (!isDeepStrictEqual(restricted, free)) throw new Error('The two sides answer different pages');
  }
}
