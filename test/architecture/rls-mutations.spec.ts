/**
 * Goal: nothing that keeps tenants apart can be lost without a test that fails. Each policy, FORCE, WITH CHECK and composite
 * key is taken away in turn, in a transaction that rolls back; the catalogue check must complain, and the attacks of the app's
 * role must reach a foreign row. Generated from pg_catalog, so that a table of tomorrow falls under it.
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { keyProblems } from './house/catalogue-keys.js';
import { policyProblems } from './house/catalogue-policies.js';
import { tablesIn } from './house/catalogue-tables.js';
import { isolationProblems } from './house/isolation.js';
import { keyMutations, leakMutations, policyMutations, type Mutation } from './house/mutations.js';
import { ALPHA, BETA, plantTwoTenants } from './house/sample-rows.js';

const PRETENCES = [
  { name: 'the right tenant', setting: ALPHA },
  { name: 'the wrong tenant', setting: BETA },
];

let database: TestDatabase;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await plantTwoTenants(owner);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

/** @returns the mutations that nobody noticed */
async function survivors(mutations: readonly Mutation[], complaints: (mutation: Mutation) => Promise<string[]>): Promise<string[]> {
  const unnoticed: string[] = [];
  for (const mutation of mutations) {
    await owner.query('begin');
    await owner.query(mutation.sql);
    const found = await complaints(mutation);
    await owner.query('rollback');
    if (found.length === 0) unnoticed.push(mutation.name);
  }
  return unnoticed;
}

describe('what keeps tenants apart, taken away in turn', () => {
  it('is noticed by the catalogue check: each policy, FORCE, USING and WITH CHECK', async () => {
    const mutations = await policyMutations(owner);
    expect(mutations.length).toBeGreaterThan(300);
    expect(await policyProblems(owner, await tablesIn(owner))).toEqual([]);
    expect(await survivors(mutations, async () => await policyProblems(owner, await tablesIn(owner)))).toEqual([]);
  }, 120_000);

  it('is noticed by the catalogue check: each primary key and each key between rows of one tenant', async () => {
    const mutations = await keyMutations(owner);
    expect(mutations.length).toBeGreaterThan(60);
    expect(await keyProblems(owner, await tablesIn(owner))).toEqual([]);
    expect(await survivors(mutations, async () => await keyProblems(owner, await tablesIn(owner)))).toEqual([]);
  }, 120_000);

  it('lets the attacks of the app’s role in, table by table', async () => {
    const mutations = await leakMutations(owner);
    expect(mutations.length).toBeGreaterThan(100);
    const unharmed = await survivors(mutations, async ({ table }) => {
      await owner.query('set local role countersign_app');
      return await isolationProblems(owner, [table], PRETENCES, ALPHA);
    });
    expect(unharmed).toEqual([]);
  }, 120_000);
});
