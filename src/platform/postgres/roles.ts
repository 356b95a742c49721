import { hkdfSync } from 'node:crypto';
import pg from 'pg';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { scramVerifier } from './scram.js';

export const APP_ROLE = 'countersign_app';
export const SCHEDULER_ROLE = 'countersign_scheduler';
export const DEFINER_ROLE = 'countersign_definer';
/** Owns the functions that delete and forget: retention, erasure, the audit's seal. They work in the tenant of their transaction only. */
export const KEEPER_ROLE = 'countersign_keeper';
/** What the app becomes for the transactions of somebody who may know of some invoices only: its rights, narrower policies. */
export const LIMITED_ROLE = 'countersign_limited';
const DEFAULT_DATABASE = 'countersign';
/** Any number, as long as every process of ours takes the same: two starting at once would change the same role rows. */
export const ROLES_LOCK = 4_207_711;

export interface DatabaseUrls {
  /** Owns the tables. The migrator's only; it never reaches the app's environment. */
  ownerUrl: string;
  appUrl: string;
  schedulerUrl: string;
}

/**
 * Makes the database and the roles where they are missing, and gives the roles their right to connect.
 * @param serverUrl an owner who may create roles and databases; its path names the database (`postgres` or none: `countersign`)
 * @returns the owner's URL of that database
 */
export async function prepareRoles(serverUrl: string): Promise<string> {
  const ownerUrl = ownerUrlOf(serverUrl).href;
  await createDatabaseIfMissing(ownerUrl);
  await inRolesLock(ownerUrl, async (client) => {
    await ensureRole(client, APP_ROLE, 'LOGIN');
    await ensureRole(client, SCHEDULER_ROLE, 'LOGIN');
    await ensureRole(client, DEFINER_ROLE, 'NOLOGIN');
    await ensureRole(client, KEEPER_ROLE, 'NOLOGIN');
    await ensureRole(client, LIMITED_ROLE, 'NOLOGIN');
    await letAppStepDown(client);
    await restrictDatabase(client);
  });
  return ownerUrl;
}

/**
 * The same with passwords, so that the roles can sign in.
 * @param secret the passwords follow from it, so machines with the same secret agree
 */
export async function prepareDatabase(serverUrl: string, secret: Buffer): Promise<DatabaseUrls> {
  const ownerUrl = await prepareRoles(serverUrl);
  await inRolesLock(ownerUrl, async (client) => {
    for (const role of [APP_ROLE, SCHEDULER_ROLE]) {
      await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(scramVerifier(rolePassword(secret, role)))}`);
    }
  });
  return databaseUrls(serverUrl, secret);
}

async function inRolesLock(ownerUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [ROLES_LOCK]);
    await work(client);
    await client.query('COMMIT');
  });
}

/** The three URLs without touching the server. */
export function databaseUrls(serverUrl: string, secret: Buffer): DatabaseUrls {
  const owner = ownerUrlOf(serverUrl);
  return { ownerUrl: owner.href, appUrl: urlAs(owner, APP_ROLE, secret), schedulerUrl: urlAs(owner, SCHEDULER_ROLE, secret) };
}

function ownerUrlOf(serverUrl: string): URL {
  const owner = new URL(serverUrl);
  const named = decodeURIComponent(owner.pathname.slice(1));
  owner.pathname = `/${encodeURIComponent(named === '' || named === 'postgres' ? DEFAULT_DATABASE : named)}`;
  return owner;
}

function urlAs(owner: URL, role: string, secret: Buffer): string {
  const url = new URL(owner.href);
  url.username = role;
  url.password = rolePassword(secret, role);
  return url.href;
}

function rolePassword(secret: Buffer, role: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', `countersign database role ${role} v1`, 32)).toString('base64url');
}

async function createDatabaseIfMissing(ownerUrl: string): Promise<void> {
  const maintenance = new URL(ownerUrl);
  const name = decodeURIComponent(maintenance.pathname.slice(1));
  maintenance.pathname = '/postgres';
  if (!(await isKnownMissing(maintenance.href, name))) {
    const failure = await tryConnect(ownerUrl);
    if (!failure) return;
    if (failure.code !== '3D000') throw new OneSentenceError(`The database cannot be reached: ${failure.message}.`);
  }
  await withClient(maintenance.href, async (client) => {
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    } catch (error) {
      // 42P04 and 23505: another machine that started with us has just made it.
      if (!['42P04', '23505'].includes((error as pg.DatabaseError).code ?? '')) throw error;
    }
  });
}

/** Asked first, because knocking at a database that is not there leaves a FATAL in the server's log. False where we may not ask. */
async function isKnownMissing(maintenanceUrl: string, name: string): Promise<boolean> {
  try {
    return await withClient(maintenanceUrl, async (client) => {
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
      return rowCount === 0;
    });
  } catch {
    return false;
  }
}

async function tryConnect(url: string): Promise<{ code?: string; message: string } | undefined> {
  try {
    await withClient(url, async () => {});
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { ...(code === undefined ? {} : { code }), message: message || (code ?? 'no answer') };
  }
}

async function ensureRole(client: pg.Client, role: string, login: 'LOGIN' | 'NOLOGIN'): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) {
    await client.query(`CREATE ROLE ${role} ${login} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT`);
  }
  await refusePowerfulRole(client, role);
}

/** A role of ours that somebody made powerful would step over row level security, so we do not start with it. */
async function refusePowerfulRole(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<{ powerful: boolean }>(
    'SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS powerful FROM pg_roles WHERE rolname = $1',
    [role],
  );
  if (rows[0]?.powerful === false) return;
  throw new OneSentenceError(`The database role ${role} has more rights than it may have: take SUPERUSER, BYPASSRLS and the like from it.`);
}

/** The app may become the limited role without inheriting it: what that role's policies hide, they hide from it alone. */
async function letAppStepDown(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ done: boolean; version: number }>(
    `SELECT pg_has_role($1, $2, 'MEMBER') AND NOT pg_has_role($1, $2, 'USAGE') AS done, current_setting('server_version_num')::int AS version`,
    [APP_ROLE, LIMITED_ROLE],
  );
  if (rows[0]?.done === true) return;
  // PostgreSQL 15 asks the app's own NOINHERIT alone.
  const options = (rows[0]?.version ?? 0) < 160_000 ? '' : ' WITH INHERIT FALSE, SET TRUE';
  await client.query(`GRANT ${LIMITED_ROLE} TO ${APP_ROLE}${options}`);
}

/** Connecting is for our roles, and nobody but the owner makes objects. A clone of a database does not inherit these grants. */
export async function restrictDatabase(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; superuser: boolean }>(
    'SELECT current_database() AS name, rolsuper AS superuser FROM pg_roles WHERE rolname = current_user',
  );
  const database = client.escapeIdentifier(rows[0]?.name ?? '');
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${APP_ROLE}, ${SCHEDULER_ROLE}`);
  await client.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  // Handing a function to a role asks for membership, which only a superuser has by nature.
  if (rows[0]?.superuser === false) await client.query(`GRANT ${DEFINER_ROLE}, ${KEEPER_ROLE} TO CURRENT_USER`);
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A server that goes away while we wait for nothing must not end the process through an unheard event.
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}
