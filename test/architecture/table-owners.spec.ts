import { describe, expect, it } from 'vitest';
import { filesBelow, isTestCode, typescriptIn } from './house/source-files.js';
import {
  disagreements,
  functionProblems,
  ownersByEntity,
  ownersByMigration,
  rawSqlProblems,
  tablesOf,
  writeProblems,
} from './house/table-owners.js';

const sources = typescriptIn('src').filter(({ path }) => !isTestCode(path));
const migrations = filesBelow('migrations', (path) => path.endsWith('.sql'));
const owners = ownersByMigration(migrations.filter(({ path }) => !path.includes('/functions/')));
const functions = migrations.filter(({ path }) => path.includes('/functions/'));
const byEntity = ownersByEntity(sources);
const tables = tablesOf(sources);

describe('a table', () => {
  it('is written by its owner’s repositories alone', () => {
    expect(owners.size).toBeGreaterThan(60);
    expect(tables.size).toBe(byEntity.size);
    expect(writeProblems(sources, owners, tables)).toEqual([]);
  });

  it('has its entity beside the repositories that write it', () => {
    expect(disagreements(byEntity, owners)).toEqual([]);
    expect(disagreements(new Map([['flag', 'billing/posting']]), owners)).toEqual([
      'flag: its entity stands in billing/posting, its migration in that of billing/review',
    ]);
    expect(disagreements(new Map([['gift', 'billing/review']]), owners)).toEqual([expect.stringContaining('in that of nobody')]);
  });

  it('is written by functions of its owner alone', () => {
    expect(functions.length).toBeGreaterThan(100);
    expect(functionProblems(functions, owners)).toEqual([]);
  });

  it.each([
    ['migrations/functions/identity/a.sql', 'begin update invoice set number = null; end', 'writes invoice'],
    ['migrations/functions/review/a.sql', 'insert into posting (id) values (1)', 'writes posting'],
  ])('would be seen to be written by a function, %s', (path, text, problem) => {
    expect(functionProblems([{ path, text }], owners)).toEqual([expect.stringContaining(problem)]);
    expect(functionProblems([{ path, text: `-- ${text}` }], owners)).toEqual([]);
  });

  it.each([
    ['src/billing/posting/a.repository.ts', "tx.execute('update invoice set state = $1')", 'writes invoice'],
    ['src/billing/posting/a.repository.ts', 'tx.execute(`with x as (select 1) insert into flag (id) values (1)`)', 'writes flag'],
    ['src/web/a.ts', "tx.query('delete from membership where id = $1')", 'writes membership'],
    ['src/billing/review/a.ts', "tx.execute('update flag set gone = true')", 'writes flag'],
    ['src/billing/queries/a.ts', "tx.execute('update flag set gone = true')", 'writes flag'],
    ['src/lifecycle/a.repository.ts', 'this.tx.rows(ApprovalEntity).update({}, {})', 'writes approval'],
    ['src/billing/queries/a.ts', 'this.tx.rows(PostingEntity).createQueryBuilder()', 'writes posting'],
    ['src/database/a.ts', 'await tx.rows(MembershipEntity).delete({})', 'writes membership'],
  ])('would be seen to be written in %s: %s', (path, text, problem) => {
    expect(writeProblems([{ path, text }], owners, tables)).toEqual([expect.stringContaining(`${path}:1: ${problem}`)]);
  });

  it.each([
    ['src/billing/review/flag.repository.ts', "tx.execute('update flag set gone = true')"],
    ['src/billing/posting/a.repository.ts', "tx.query('select from invoice for update of invoice')"],
    ['src/database/audit/audit-log.ts', 'this.tx.rows(AuditEventEntity).insert(event)'],
    ['src/billing/queries/a.ts', 'this.tx.rows(FlagEntity).find({})'],
  ])('may be spoken of in %s: %s', (path, text) => {
    expect(writeProblems([{ path, text }], owners, tables)).toEqual([]);
  });
});

describe('raw SQL', () => {
  it('stands in repositories, in database and in queries', () => {
    expect(rawSqlProblems(sources)).toEqual([]);
  });

  it.each([
    "tx.query('select id from invoice')",
    'tx.query(`\n  select id from invoice`)',
    "tx.execute('update invoice i set state = $1')",
    'tx.execute(`with x as (select 1) select 1`)',
    "tx.execute('delete from flag')",
  ])('would be seen elsewhere: %s', (text) => {
    expect(rawSqlProblems([{ path: 'src/billing/review/decisions.ts', text }])).toEqual([expect.stringContaining('raw SQL belongs to')]);
  });

  it('would be seen where a service takes the rows itself', () => {
    const text = 'const row = await this.tx.rows(InvoiceEntity).findOneBy({ id });';
    expect(rawSqlProblems([{ path: 'src/billing/review/decisions.ts', text }])).toEqual([expect.stringContaining('by a repository')]);
    expect(rawSqlProblems([{ path: 'src/billing/review/decision.repository.ts', text }])).toEqual([]);
  });
});
