/**
 * Goal: in the role of limited callers nothing that hangs on an invoice is reached unless the scope names that invoice, and
 * without a scope nothing at all. Generated from pg_catalog, so that a table of tomorrow falls under it; each policy is taken
 * away in turn, and both the catalogue check and a look must tell.
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../src/platform/postgres/roles.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { policyProblems } from './house/catalogue-policies.js';
import { tablesIn } from './house/catalogue-tables.js';
import { isolationProblems } from './house/isolation.js';
import { scopeMutations } from './house/mutations.js';
import { ALPHA, BETA, plantTwoTenants } from './house/sample-rows.js';

const scope = (customers: string[], locations: string[] = []): string => JSON.stringify({ customers, locations });

let database: TestDatabase;
let owner: pg.Client;
let tenantTables: string[];
let scoped: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  tenantTables = await plantTwoTenants(owner);
  // What may be about no invoice is about the planted one.
  await owner.query("set session_replication_role = 'replica'");
  await owner.query('update posting set invoice_id = tenant_id');
  await owner.query("update audit_event set subject_kind = 'invoice', subject_id = tenant_id");
  await owner.query("set session_replication_role = 'origin'");
  scoped = [...new Set((await scopeMutations(owner)).map(({ table }) => table))];
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

/** Runs as the app does for a limited caller of ALPHA, and leaves nothing behind. */
async function limited<T>(of: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return await withClient(database.appUrl, async (client) => {
    await client.query('begin');
    await become(client, of);
    const result = await work(client);
    await client.query('rollback');
    return result;
  });
}

async function become(client: pg.Client, of: string): Promise<void> {
  const settings = "select set_config('app.tenant_id', $1, true), set_config('app.scope', $2, true)";
  await client.query(`${settings}, set_config('role', 'countersign_limited', true)`, [ALPHA, of]);
}

async function rowsIn(client: pg.Client, table: string): Promise<number> {
  return (await client.query(`select from ${table}`)).rowCount ?? 0;
}

describe('in the role of limited callers', () => {
  it.each([
    ['shows what its customer owns', scope([ALPHA]), 1],
    ['shows what its location bills', scope([], [`${ALPHA}/x`]), 1],
    ['shows all to whom nothing narrows', scope([]), 1],
    ['hides what another customer owns', scope([BETA]), 0],
    ['hides what another location bills', scope([], [`${ALPHA}/y`]), 0],
    ['hides what only one of the two allows', scope([ALPHA], [`${ALPHA}/y`]), 0],
    ['hides everything from a scope that says nothing', '{}', 0],
    ['hides everything from an empty scope', '', 0],
  ])('every table that leads to an invoice %s', async (_what, of, rows) => {
    expect(scoped.length).toBeGreaterThan(12);
    await limited(of, async (client) => {
      for (const table of scoped) expect(await rowsIn(client, table), table).toBe(rows);
    });
  });

  it('nothing is shown where no scope was ever named', async () => {
    await withClient(database.appUrl, async (client) => {
      await client.query('begin; set local role countersign_limited');
      await client.query("select set_config('app.tenant_id', $1, true)", [ALPHA]);
      for (const table of scoped) expect(await rowsIn(client, table), table).toBe(0);
    });
  });

  it('other tenants are as far away as ever', async () => {
    const pretences = [
      { name: 'the right tenant', setting: ALPHA },
      { name: 'the wrong tenant', setting: BETA },
      { name: 'an empty tenant', setting: '' },
    ];
    // A posting of no invoice, such as the attack makes, is nothing that a limited caller may make.
    const tables = tenantTables.filter((table) => table !== 'posting');
    expect(await limited(scope([]), (client) => isolationProblems(client, tables, pretences, ALPHA))).toEqual([]);
  });

  it('the policies hold for nobody else: the app itself reads on', async () => {
    await withClient(database.appUrl, async (app) => {
      await app.query('begin');
      await app.query("select set_config('app.tenant_id', $1, true), set_config('app.scope', $2, true)", [ALPHA, scope([BETA])]);
      for (const table of scoped) expect(await rowsIn(app, table), table).toBe(1);
    });
  });
});

describe('each policy of limited callers, taken away in turn', () => {
  it('is noticed by the catalogue check, and by a look', async () => {
    const mutations = await scopeMutations(owner);
    expect(await policyProblems(owner, await tablesIn(owner))).toEqual([]);
    for (const { name, table, sql } of mutations) {
      await owner.query('begin');
      await owner.query(sql);
      expect(await policyProblems(owner, await tablesIn(owner)), name).not.toEqual([]);
      await become(owner, scope([BETA]));
      expect(await rowsIn(owner, table), name).toBe(1);
      await owner.query('rollback');
    }
  }, 60_000);
});
