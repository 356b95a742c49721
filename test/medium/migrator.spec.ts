/** Goal: a database with data in it comes from the released version to this one, and nothing is run on it that was not meant for it. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { prepareDatabase, withClient, type DatabaseUrls } from '../../src/platform/postgres/roles.js';
import { migrate } from '../../src/database/migrate.js';
import { readReleased } from '../architecture/house/migration-rules.js';
import { schemaPrint } from '../architecture/house/schema-print.js';
import { createTestDatabase, unmigratedDatabase, type TestDatabase } from '../support/database.js';
import { testKey } from '../support/test-key.js';
import { MigrationFolder, rowCounts, signatures } from './upgrade/levels.js';

const OPEN_SESSION = 'functions/identity/open_session.sql';

describe('a database of the released version, with data', () => {
  const released = unmigratedDatabase();
  const release = MigrationFolder.ofRelease();
  let urls: DatabaseUrls;
  let before: Map<string, number>;
  beforeAll(async () => {
    urls = await prepareDatabase(released.url, testKey);
    await migrate(urls.ownerUrl, release.path);
    await withClient(urls.ownerUrl, async (owner) => {
      expect(
        await signatures(owner),
        'The released text of a function that has other arguments now belongs into test/medium/upgrade/functions.',
      ).toEqual(readReleased(readFileSync('migrations/released.txt', 'utf8')).functions.toSorted());
      await owner.query(`begin; ${readFileSync('test/medium/upgrade/baseline-data.sql', 'utf8')} commit;`);
    });
    before = await rowCounts(urls.ownerUrl);
    await migrate(urls.ownerUrl);
  });
  afterAll(async () => {
    release.remove();
    await released.drop();
  });

  it('has the shape of a new one', async () => {
    const fresh = await createTestDatabase();
    try {
      const wanted = await withClient(fresh.ownerUrl, schemaPrint);
      expect(await withClient(urls.ownerUrl, schemaPrint)).toEqual(wanted);
    } finally {
      await fresh.drop();
    }
  });

  it('has kept every row', async () => {
    expect(before.size).toBeGreaterThan(25);
    const after = await rowCounts(urls.ownerUrl);
    expect([...before].filter(([table, count]) => (after.get(table) ?? 0) < count)).toEqual([]);
  });

  it('shows the app the invoice with its posting and lets its person in', async () => {
    await withClient(urls.appUrl, async (app) => {
      await app.query("select set_config('app.tenant_id', '01970000-0000-7000-8000-000000000001', false)");
      const { rows } = await app.query(
        'select i.number, i.total, i.state, p.external_id from invoice i join posting p on p.tenant_id = i.tenant_id and p.invoice_id = i.id',
      );
      expect(rows).toEqual([{ number: 'N-77', total: '1070.1100', state: 'posted', external_id: 'doc-1' }]);
      const { rows: people } = await app.query(
        "select person_name, role from resolve_session(sha256('a session'), '2026-11-20T08:10:00Z', 3600)",
      );
      expect(people).toEqual([{ person_name: 'Ann Reyes', role: 'owner' }]);
    });
  });
});

describe('the migrator', () => {
  let database: TestDatabase;
  let folder: MigrationFolder;
  beforeEach(async () => {
    database = await createTestDatabase();
    folder = MigrationFolder.ofToday();
  });
  afterEach(async () => {
    folder.remove();
    await database.drop();
  });
  const ask = async (sql: string): Promise<unknown[]> =>
    await withClient(database.ownerUrl, async (owner) => (await owner.query(sql)).rows);
  const again = async (): Promise<void> => await migrate(database.ownerUrl, folder.path);
  const bodyOf = async (name: string): Promise<unknown[]> =>
    await ask(`select oid::regprocedure::text as signature, prosrc from pg_proc where proname = '${name}'`);

  it('applies a function again when its text has changed, and no other', async () => {
    folder.edit('functions/identity/has_factor.sql', (text) => text.replace('select exists', 'select false or exists'));
    await again();
    expect(await bodyOf('has_factor')).toEqual([expect.objectContaining({ prosrc: expect.stringContaining('select false or exists') })]);
    // What one run has applied bears one instant.
    expect(await ask('select name from migration_file where applied_at > (select min(applied_at) from migration_file)')).toEqual([
      { name: 'has_factor' },
    ]);
  });

  it('replaces a function that has other arguments or another result, and leaves only one', async () => {
    folder.edit(OPEN_SESSION, (text) =>
      text.replaceAll('goes_on boolean', 'goes_on boolean, unused text').replaceAll('text, boolean)', 'text, boolean, text)'),
    );
    folder.edit('functions/identity/forget_factor_tries.sql', (text) =>
      text
        .replace('returns void', 'returns setof integer')
        .replace('delete from factor_try where person_id = for_person', '$& returning 1'),
    );
    await again();
    expect(await bodyOf('open_session')).toEqual([expect.objectContaining({ signature: expect.stringMatching(/,boolean,text\)$/) })]);
    expect(await ask("select prorettype::regtype::text as result from pg_proc where proname = 'forget_factor_tries'")).toEqual([
      { result: 'integer' },
    ]);
    expect(
      await ask("select has_function_privilege('public', oid, 'execute') as everybody from pg_proc where proname = 'open_session'"),
    ).toEqual([{ everybody: false }]);
  });

  it('drops a function whose file is gone, unless something still uses it, and does not mind a file in another folder', async () => {
    const text = folder.read(OPEN_SESSION);
    folder.remove(OPEN_SESSION);
    folder.write('functions/sessions/open_session.sql', text);
    folder.remove('functions/identity/has_factor.sql');
    await again();
    expect(await bodyOf('open_session')).toHaveLength(1);
    expect(await bodyOf('has_factor')).toEqual([]);
    folder.remove('functions/invoices/caller_knows.sql');
    await expect(again()).rejects.toThrow(
      /^The function caller_knows\(uuid\) is in migrations\/functions no more and cannot be dropped: .*depend on it\.$/,
    );
    expect(await bodyOf('caller_knows')).toHaveLength(1);
  });

  it('takes further files, with functions that their policies need', async () => {
    folder.write(
      'functions/gifts/knows_gift.sql',
      'create or replace function knows_gift(wanted uuid) returns boolean language sql stable as $$ select exists (select from gift where id = wanted) $$;',
    );
    folder.write(
      '1999999999999-gifts.sql',
      'create table gift (id uuid primary key); create policy known on gift using (knows_gift(id)); grant select on gift to countersign_app;',
    );
    await again();
    expect(await ask('select name from migration where name like $$gifts%$$')).toEqual([{ name: 'gifts1999999999999' }]);
    expect(await ask("select has_table_privilege('countersign_limited', 'gift', 'select') as limited")).toEqual([{ limited: true }]);
  });

  it('refuses to go on from a text that is not the one it ran', async () => {
    folder.edit('1763683200008-outbox.sql', (text) => `${text}-- One more thought.\n`);
    await expect(again()).rejects.toThrow(
      /^migrations\/1763683200008-outbox\.sql is not the text that this database was made with, and it never runs twice: put the old text back/,
    );
    folder.edit('1763683200008-outbox.sql', (text) => text.replace('-- One more thought.\n', '').replaceAll('\n', '\r\n'));
    await again();
  });

  it('refuses a database that a newer version has changed', async () => {
    folder.write('1999999999999-gifts.sql', 'create table gift (id uuid primary key)');
    await again();
    folder.remove('1999999999999-gifts.sql');
    await expect(again()).rejects.toThrow(
      /^The database was changed by the migration "gifts1999999999999", which this version does not have: start the version/,
    );
  });

  it.each([
    ['1999999999999-gifts.sql', 'create table gift (id uuid primary key); select 1 / 0', /division by zero/],
    [
      '1999999999999-gifts.sql',
      'alter table passkey rename to pass',
      /^The function .* does not fit the tables: relation "passkey" does not exist\.$/,
    ],
    [
      'functions/gifts/give.sql',
      'create or replace function gift() returns integer language sql as $$ select 1 $$',
      /^migrations\/functions\/gifts\/give\.sql is to make one function, and named like the file: there are 0 named give\.$/,
    ],
    [
      'functions/gifts/give.sql',
      'create or replace function give() returns',
      /^migrations\/functions\/gifts\/give\.sql does not apply: syntax error/,
    ],
  ])('leaves everything as it was when %s fails (%#)', async (name, text, words) => {
    const print = await withClient(database.ownerUrl, schemaPrint);
    folder.edit('functions/identity/end_session.sql', (old) => old.replace('delete from', 'delete from only'));
    folder.write(name, text);
    await expect(again()).rejects.toThrow(words);
    expect(await withClient(database.ownerUrl, schemaPrint)).toEqual(print);
  });
});

it('the migrator needs no superuser: an owner who may make roles and databases will do', async () => {
  const server = await startEmbeddedPostgres({ fsync: false });
  try {
    await withClient(server.superuserUrl, (superuser) => superuser.query("create role keel login createrole createdb password 'keel'"));
    const plain = new URL(server.superuserUrl);
    Object.assign(plain, { username: 'keel', password: 'keel', pathname: '/plain' });
    const { ownerUrl } = await prepareDatabase(plain.href, testKey);
    await migrate(ownerUrl);
    await withClient(ownerUrl, async (owner) => {
      const { rows } = await owner.query(
        "select has_schema_privilege('countersign_definer', 'public', 'create') as makes, rolsuper from pg_roles where rolname = current_user",
      );
      expect(rows).toEqual([{ makes: false, rolsuper: false }]);
    });
  } finally {
    await server.stop();
  }
});
