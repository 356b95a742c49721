import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { INVOICE_STATES, INVOICE_TRANSITIONS } from '../../src/domain/invoice-state.js';
import { POSTING_STATES, POSTING_TRANSITIONS } from '../../src/domain/posting-state.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { invoiceStateWriters, machineProblems, wordListsIn, type Machine } from './house/state-machine.js';
import { isTestCode, typescriptIn } from './house/source-files.js';
import { WORD_LISTS } from './house/word-lists.js';

const INVOICE: Machine = { table: 'invoice', states: INVOICE_STATES, transitions: INVOICE_TRANSITIONS, initial: 'draft' };
const POSTING: Machine = { table: 'posting', states: POSTING_STATES, transitions: POSTING_TRANSITIONS, initial: 'planned' };

let database: TestDatabase;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
beforeEach(async () => {
  await owner.query('begin');
});
afterEach(async () => {
  await owner.query('rollback');
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

describe('a state machine', () => {
  it.each([INVOICE, POSTING])('of $table is the same in the domain and in the database, and every state is reached', async (machine) => {
    expect(await machineProblems(owner, machine)).toEqual([]);
  });

  it('would be seen to differ: a transition that only the domain has', async () => {
    const bolder: Machine = { ...INVOICE, transitions: [...INVOICE_TRANSITIONS, ['void', 'draft']] };
    expect(await machineProblems(owner, bolder)).toEqual(['invoice: the domain allows void,draft, the database does not']);
  });

  it('would be seen to differ: a transition that only the database has', async () => {
    const shyer: Machine = { ...POSTING, transitions: POSTING_TRANSITIONS.filter(([from]) => from !== 'posted') };
    expect(await machineProblems(owner, shyer)).toEqual([
      'posting: the database allows posted,voided, the domain does not',
      'posting: nothing leads to voided',
    ]);
  });

  it.each([
    'drop trigger invoice_transition on invoice',
    'alter table invoice disable trigger invoice_transition',
    'create or replace trigger invoice_transition before update of number on invoice for each row execute function check_invoice_transition()',
    'create or replace trigger invoice_transition after update on invoice for each row execute function check_invoice_transition()',
    "create or replace trigger invoice_transition before update on invoice for each row when (new.number <> '1') execute function check_invoice_transition()",
  ])('would be seen to be unguarded: %s', async (sql) => {
    await owner.query(sql);
    expect(await machineProblems(owner, INVOICE)).toEqual([expect.stringContaining('has no trigger')]);
  });
});

describe('the state of an invoice', () => {
  const SOURCES = typescriptIn('src').filter(({ path }) => !isTestCode(path) && !path.includes('sandbox'));

  it('is written in one place', () => {
    expect(invoiceStateWriters(SOURCES)).toEqual(['src/billing/invoices/invoice.repository.ts']);
  });

  it.each([
    "await tx.execute(`update invoice set state = 'void' where tenant_id = $1`)",
    "`update invoice i set check_wanted = false,\n state = case when i.state = 'draft' then 'in_review' else i.state end where i.id = $1`",
    "await tx.rows(InvoiceEntity).update({ tenantId, id }, { state: 'posted' })",
  ])('would be seen to be written elsewhere: %s', (text) => {
    expect(invoiceStateWriters([{ path: 'src/billing/x.ts', text }])).toEqual(['src/billing/x.ts']);
  });

  it.each([
    "`update invoice set balance = $3 where tenant_id = $1 and state = 'posted'`",
    "`select 1 from invoice where state = 'posted'`",
  ])('is not written by %s', (text) => {
    expect(invoiceStateWriters([{ path: 'src/billing/x.ts', text }])).toEqual([]);
  });
});

describe('a list of words', () => {
  const declared = new Map(Object.entries(WORD_LISTS).map(([column, words]) => [column, words.toSorted()]));

  it('is the same in the code and in every check of the database', async () => {
    expect(Object.fromEntries(await wordListsIn(owner))).toEqual(Object.fromEntries(declared));
  });

  it.each([
    ["alter table lease add check (name in ('a', 'b'))", 'lease.name', ['a', 'b']],
    ["alter table flag drop constraint flag_severity_check, add check (severity in ('error', 'info'))", 'flag.severity', ['error', 'info']],
    ['alter table flag drop constraint flag_severity_check', 'flag.severity', undefined],
  ])('would be seen to differ: %s', async (sql, column, words) => {
    await owner.query(sql);
    expect((await wordListsIn(owner)).get(column)).toEqual(words);
    expect(declared.get(column)).not.toEqual(words);
  });
});
