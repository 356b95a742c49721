import pg from 'pg';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { databaseUrls, ownerUrlOf, prepareDatabase, withClient, type DatabaseUrls } from './roles.js';

// A real server from the package: passwords, rights and recovery are PostgreSQL's to decide.
const key = createHash('sha256').update('a').digest();
const dataDir = mkdtempSync(join(tmpdir(), 'countersign-roles-'));
let server: EmbeddedPostgres;
let urls: DatabaseUrls;

beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataDir, fsync: false });
  urls = await prepareDatabase(server.superuserUrl, key);
}, 60_000);

afterAll(async () => {
  await server?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const valueOf = (url: string, sql: string): Promise<unknown> =>
  withClient(url, async (client) => Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0]);

describe('the database roles', () => {
  it('sign in with passwords that follow from the key', async () => {
    await expect(valueOf(urls.appUrl, 'SELECT current_user')).resolves.toBe('countersign_app');
    await expect(valueOf(urls.schedulerUrl, 'SELECT current_user')).resolves.toBe('countersign_scheduler');
    await expect(valueOf(urls.appUrl, 'SELECT current_database()')).resolves.toBe('countersign');
  });

  it('refuse the passwords of another key', async () => {
    const others = databaseUrls(server.superuserUrl, createHash('sha256').update('b').digest());
    await expect(valueOf(others.appUrl, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('can be prepared by several machines at once', async () => {
    const all = await Promise.all([1, 2, 3].map(() => prepareDatabase(server.superuserUrl, key)));
    expect(all).toEqual([urls, urls, urls]);
  });

  it('own nothing and may make nothing', async () => {
    await expect(valueOf(urls.appUrl, 'CREATE TABLE public.mine (a int)')).rejects.toThrow(/permission denied/);
    await expect(valueOf(urls.appUrl, 'CREATE TEMPORARY TABLE mine (a int)')).rejects.toThrow(/permission denied/);
    await expect(valueOf(urls.appUrl, 'CREATE SCHEMA mine')).rejects.toThrow(/permission denied/);
    await expect(valueOf(urls.appUrl, 'SET ROLE countersign_definer')).rejects.toThrow(/permission denied/);
  });

  it('have an owner of the database who is no superuser, makes no roles and is subject to row security', async () => {
    const rights = 'rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication';
    await expect(valueOf(urls.ownerUrl, `SELECT ${rights} FROM pg_roles WHERE rolname = current_user`)).resolves.toBe(false);
    await expect(
      valueOf(urls.ownerUrl, 'SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()'),
    ).resolves.toBe('countersign_owner');
    await valueOf(urls.ownerUrl, 'CREATE TABLE public.hidden AS SELECT 1 AS n');
    await valueOf(urls.ownerUrl, 'ALTER TABLE public.hidden ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY');
    await expect(valueOf(urls.ownerUrl, 'SELECT count(*)::int FROM public.hidden')).resolves.toBe(0);
    await expect(valueOf(urls.ownerUrl, "SELECT pg_read_file('PG_VERSION')")).rejects.toThrow(/permission denied/);
    await expect(ownerUrlOf(server.superuserUrl)).resolves.toBe(urls.ownerUrl);
    await expect(ownerUrlOf(urls.ownerUrl)).resolves.toBe(urls.ownerUrl);
  });

  it('are refused when somebody made the owner powerful', async () => {
    await valueOf(server.superuserUrl, 'ALTER ROLE countersign_owner SUPERUSER');
    await expect(prepareDatabase(server.superuserUrl, key)).rejects.toThrow(/countersign_owner has more rights/);
    await valueOf(server.superuserUrl, 'ALTER ROLE countersign_owner NOSUPERUSER');
  });

  it('let the app step down into the limited one, and nobody else', async () => {
    await expect(valueOf(urls.appUrl, 'SET ROLE countersign_limited')).resolves.toBeUndefined();
    await expect(valueOf(urls.schedulerUrl, 'SET ROLE countersign_limited')).rejects.toThrow(/permission denied/);
    await expect(valueOf(urls.appUrl, "SELECT pg_has_role('countersign_limited', 'usage')")).resolves.toBe(false);
  });

  it('stop inheriting the limited one when somebody changed that', async () => {
    await valueOf(server.superuserUrl, 'GRANT countersign_limited TO countersign_app WITH INHERIT TRUE');
    await prepareDatabase(server.superuserUrl, key);
    await expect(valueOf(urls.appUrl, "SELECT pg_has_role('countersign_limited', 'usage')")).resolves.toBe(false);
  });

  it('are refused when somebody made them powerful', async () => {
    await valueOf(server.superuserUrl, 'ALTER ROLE countersign_app BYPASSRLS');
    await expect(prepareDatabase(server.superuserUrl, key)).rejects.toThrow(/countersign_app has more rights/);
    await valueOf(server.superuserUrl, 'ALTER ROLE countersign_app NOBYPASSRLS');
  });

  it('can be made by an owner who is no superuser', async () => {
    const hosted = new URL(server.superuserUrl);
    await valueOf(server.superuserUrl, "CREATE ROLE hosted LOGIN CREATEROLE CREATEDB PASSWORD 'hosted'");
    await valueOf(
      server.superuserUrl,
      'GRANT countersign_app, countersign_scheduler, countersign_definer, countersign_keeper, countersign_limited TO hosted WITH ADMIN OPTION',
    );
    Object.assign(hosted, { username: 'hosted', password: 'hosted', pathname: '/hosted' });
    const prepared = await prepareDatabase(hosted.href, key);
    await expect(valueOf(prepared.appUrl, 'SELECT current_database()')).resolves.toBe('hosted');
  });

  it('say one sentence when nobody answers', async () => {
    await expect(prepareDatabase('postgresql://a:b@127.0.0.1:1/x', key)).rejects.toThrow(/^The database cannot be reached: /);
  });
});

describe('the embedded server', () => {
  it('makes the database without knocking at one that is not there, which would be a FATAL line at the first start', async () => {
    const said: string[] = [];
    const fresh = await startEmbeddedPostgres({ fsync: false, said: (line) => said.push(line) });
    const prepared = await prepareDatabase(fresh.superuserUrl, key);
    await prepareDatabase(fresh.superuserUrl, key);
    await expect(valueOf(prepared.ownerUrl, 'SELECT current_database()')).resolves.toBe('countersign');
    await fresh.stop();
    expect(said.filter((line) => /FATAL|ERROR/.test(line))).toEqual([]);
  }, 60_000);

  it('keeps its data and its port, and writes durably by default', async () => {
    await valueOf(urls.ownerUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const { port } = server;
    await server.stop();
    server = await startEmbeddedPostgres({ dataDir });
    expect(server.port).toBe(port);
    await expect(valueOf(urls.ownerUrl, 'SELECT answer FROM kept')).resolves.toBe(42);
    await expect(valueOf(urls.ownerUrl, 'SHOW fsync')).resolves.toBe('on');
  });

  it('recovers from kill -9 of the server', async () => {
    await valueOf(urls.ownerUrl, 'INSERT INTO kept VALUES (43)');
    process.kill(server.pid, 'SIGKILL');
    await expect(server.died).resolves.toMatch(/^The database server ended \(SIGKILL\)/);
    server = await startEmbeddedPostgres({ dataDir });
    await expect(valueOf(urls.ownerUrl, 'SELECT count(*)::int FROM kept')).resolves.toBe(2);
  });

  it('takes over from a server that outlived its launcher', async () => {
    const before = server.pid;
    server = await startEmbeddedPostgres({ dataDir });
    expect(server.pid).not.toBe(before);
    await expect(valueOf(urls.ownerUrl, 'SELECT count(*)::int FROM kept')).resolves.toBe(2);
  });

  it('is not misled by a lock file whose number belongs to another process by now', async () => {
    await server.stop();
    writeFileSync(join(dataDir, 'postgres', '18', 'postmaster.pid'), `${process.pid}\n`);
    server = await startEmbeddedPostgres({ dataDir });
    await expect(valueOf(urls.ownerUrl, 'SELECT 1')).resolves.toBe(1);
  });

  it('lets nobody in without the password', async () => {
    const stranger = new pg.Client({ connectionString: urls.ownerUrl.replace(/:[^:@]+@/, ':wrong@') });
    await expect(stranger.connect()).rejects.toThrow(/password authentication failed/);
  });

  it('refuses the data of another major and names the upgrade', async () => {
    const older = join(dataDir, 'older');
    mkdirSync(join(older, 'postgres', '17'), { recursive: true });
    writeFileSync(join(older, 'postgres', '17', 'PG_VERSION'), '17\n');
    await expect(startEmbeddedPostgres({ dataDir: older })).rejects.toThrow(/data of PostgreSQL 17.*upgrade-db --old-programs/);
  });

  it('says one sentence when its folder cannot be made', async () => {
    const file = join(dataDir, 'a-file');
    writeFileSync(file, '');
    await expect(startEmbeddedPostgres({ dataDir: file })).rejects.toThrow(/^DATA_DIR cannot be used: /);
  });
});
