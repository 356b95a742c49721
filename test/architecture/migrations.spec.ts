import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDatabase, restrictDatabase, withClient, type DatabaseUrls } from '../../src/platform/postgres/roles.js';
import { migrate } from '../../src/database/migrate.js';
import { unmigratedDatabase } from '../support/database.js';
import { testKey } from '../support/test-key.js';
import { catalogueProblems } from './house/catalogue.js';
import { limitedProblems } from './house/catalogue-limited.js';
import {
  birthProblems,
  functionProblems,
  namingProblems,
  readReleased,
  releasedProblems,
  straySqlProblems,
} from './house/migration-rules.js';
import { schemaPrint } from './house/schema-print.js';
import { filesBelow } from './house/source-files.js';

const isFunction = (path: string): boolean => path.startsWith('migrations/functions/');
/** Besides the SQL: the print of what it makes, and what of it was released. */
const LISTS = ['migrations/schema.txt', 'migrations/released.txt'];
const migrations = filesBelow('migrations', (path) => !isFunction(path) && !LISTS.includes(path)).toSorted((one, other) =>
  one.path < other.path ? -1 : 1,
);
const functions = filesBelow('migrations/functions');
const released = readReleased(readFileSync('migrations/released.txt', 'utf8'));

describe('a migration', () => {
  it('is named so that the migrator takes it, and in which turn', () => {
    expect(migrations.length).toBeGreaterThan(4);
    expect(namingProblems(migrations)).toEqual([]);
  });

  it('creates each table together with its policy and its rights', () => {
    expect(migrations.flatMap(birthProblems)).toEqual([]);
    expect(migrations.flatMap(straySqlProblems)).toEqual([]);
  });

  it('is never edited once it was released', () => {
    expect(released.migrations.size).toBeGreaterThan(10);
    expect(releasedProblems(migrations, released)).toEqual([]);
  });

  const files = ['1-a', '3-c'].map((name) => ({ path: `migrations/${name}.sql`, text: `create table ${name}` }));
  const known = {
    migrations: new Map(files.map(({ path, text }) => [path.slice('migrations/'.length), createHash('sha256').update(text).digest('hex')])),
    functions: [],
  };
  it.each([
    [files, []],
    [[...files, { path: 'migrations/4-d.sql', text: '' }], []],
    [[...files, { path: 'migrations/2-b.sql', text: '' }], [/^2-b.sql comes before 3-c.sql/]],
    [files.slice(1), [/^1-a.sql was released and is gone/]],
    [files.map((file) => ({ ...file, text: `${file.text} ` })), [/^1-a.sql was released and is edited/, /^3-c.sql/]],
  ])('would be seen to be (%#)', (now, problems) => {
    expect(releasedProblems(now, known)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });

  it('leaves functions to files of their own', () => {
    expect(straySqlProblems({ path: 'migrations/a.sql', text: 'create table a ();\n  Create or replace function b() …' })).toHaveLength(1);
    expect(straySqlProblems({ path: 'migrations/a.sql', text: 'drop function b()' })).toHaveLength(1);
    expect(straySqlProblems({ path: 'migrations/a.sql', text: '-- create function b\ncreate table function_of (…)' })).toEqual([]);
  });

  it.each([
    '1763683200001-Foundation.sql',
    '176368320000-short.sql',
    '1763683200001_underscore.sql',
    'notes.md',
    '1763683200001-twice--dashed.sql',
  ])('would be passed over as %s', (name) => {
    expect(namingProblems([{ path: `migrations/${name}`, text: '' }])).toEqual([expect.stringContaining(`${name} is not named`)]);
  });

  it('would be seen to share its turn', () => {
    const files = ['1763683200001-one.sql', '1763683200001-two.sql'].map((name) => ({ path: `migrations/${name}`, text: '' }));
    expect(namingProblems(files)).toEqual(['two migrations have the time 1763683200001']);
  });

  const whole = `create table gift (tenant_id uuid not null);
    alter table gift enable row level security;
    alter table gift force row level security;
    create policy tenant_isolation on gift using (true) with check (true);
    grant select, insert on gift to countersign_app;`;

  it.each([
    [whole, []],
    [whole.replace(/.*enable.*\n/, ''), ['a.sql creates gift without enabling row level security']],
    [whole.replace(/.*force.*\n/, ''), ['a.sql creates gift without forcing row level security']],
    [whole.replace(/.*create policy.*\n/, ''), ['a.sql creates gift without its policy']],
    [whole.replace(/ *grant/, '-- grant'), ['a.sql creates gift without rights for the app']],
    ['create table person (id uuid);', []],
  ])('would be seen to leave something for later (%#)', (text, problems) => {
    expect(birthProblems({ path: 'migrations/a.sql', text })).toEqual(problems);
  });
});

describe('a function of the database', () => {
  it('stands in one file, named like it, that can be run again', () => {
    expect(functions.length).toBeGreaterThan(100);
    expect(functionProblems(functions)).toEqual([]);
  });

  const lawful =
    'create or replace function give(a integer) returns integer language sql as $$ select a; select 1 $$;\nalter function give(integer) owner to b;';
  it.each([
    [['x/give'], lawful, []],
    [['x/give', 'y/give'], lawful, [/^give stands in two files/]],
    [['give'], lawful, [/is not named like/]],
    [['x/take'], lawful, [/does not begin with "create or replace function take\("/, /says "alter function give/]],
    [['x/give'], lawful.replace('or replace ', ''), [/does not begin with/]],
    [['x/give'], `${lawful} create table t ();`, [/says "create table t \(\)", which is not about the function/]],
  ])('would be seen not to (%#)', (paths, text, problems) => {
    const found = functionProblems(paths.map((path) => ({ path: `migrations/functions/${path}.sql`, text })));
    expect(found).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });
});

describe('the migrator', () => {
  let urls: DatabaseUrls;
  const database = unmigratedDatabase();

  beforeAll(async () => {
    urls = await prepareDatabase(database.url, testKey);
    await migrate(urls.ownerUrl);
  });
  afterAll(() => database.drop());

  it('changes nothing when it runs again, roles included', async () => {
    const before = await withClient(urls.ownerUrl, schemaPrint);
    expect(before.length).toBeGreaterThan(500);
    expect(await prepareDatabase(database.url, testKey)).toEqual(urls);
    await migrate(urls.ownerUrl);
    expect(await withClient(urls.ownerUrl, schemaPrint)).toEqual(before);
  });

  it('may run twice at the same moment', async () => {
    const before = await withClient(urls.ownerUrl, schemaPrint);
    await Promise.all([migrate(urls.ownerUrl), migrate(urls.ownerUrl)]);
    expect(await withClient(urls.ownerUrl, schemaPrint)).toEqual(before);
  });

  it('gives the limited role what the app has, whatever came later', async () => {
    await withClient(urls.ownerUrl, async (owner) => {
      await owner.query('begin');
      await owner.query(`create table gift (tenant_id uuid primary key, secret text);
        create function give(integer) returns integer language sql as 'select $1';
        grant insert, select (tenant_id) on gift to countersign_app;
        grant select, delete on gift to countersign_limited;
        grant execute on function give(integer) to countersign_app;
        revoke delete on lease from countersign_app`);
      expect(await limitedProblems(owner)).toHaveLength(6);
      await owner.query('select grant_limited()');
      expect(await limitedProblems(owner)).toEqual([]);
      await owner.query('rollback');
    });
  });

  it('notes each file once, in order', async () => {
    const { rows } = await withClient(urls.ownerUrl, (client) => client.query<{ name: string }>('select name from migration order by id'));
    const expected = migrations
      .map(({ path }) => /(\d{13})-(.+)\.sql$/.exec(path))
      .map((match) => `${match?.[2]?.replaceAll('-', '_')}${match?.[1]}`);
    expect(rows.map((row) => row.name)).toEqual(expected);
  });

  it('leaves a database that keeps the law from its first minute', async () => {
    await withClient(database.url, restrictDatabase);
    expect(await withClient(urls.ownerUrl, catalogueProblems)).toEqual([]);
  });

  it('leaves only the keeper able to make tables, which are the next months of the audit log', async () => {
    const mayCreate = `select rolname as name from pg_roles where rolname like 'countersign\\_%' and has_schema_privilege(oid, 'public', 'create')
      and rolname not in ('countersign_owner', 'countersign_superuser') order by 1`;
    const { rows } = await withClient(urls.ownerUrl, (client) => client.query<{ name: string }>(mayCreate));
    expect(rows).toEqual([{ name: 'countersign_keeper' }]);
    const made = await withClient(urls.appUrl, (client) => client.query<{ made: number }>('select audit_make_partitions(120) as made'));
    expect(made.rows[0]?.made).toBeGreaterThan(12);
  });

  it('would be seen to change something', async () => {
    const before = await withClient(urls.ownerUrl, schemaPrint);
    const changes = ['alter table flag alter title drop not null', 'grant delete on flag to countersign_app', 'drop index invoice_number'];
    for (const change of changes) {
      await withClient(urls.ownerUrl, async (client) => {
        await client.query('begin');
        await client.query(change);
        expect(await schemaPrint(client), change).not.toEqual(before);
        await client.query('rollback');
      });
    }
  });
});
