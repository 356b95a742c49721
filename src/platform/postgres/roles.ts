import { hkdfSync } from 'node:crypto';
import pg from 'pg';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { scramVerifier } from './scram.js';

/** Owns the database, the tables and what migrations make; no superuser, and subject to row security like everybody. */
const OWNER_ROLE = 'countersign_owner';
export const APP_ROLE = 'countersign_app';
const SCHEDULER_ROLE = 'countersign_scheduler';
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
 * Makes the database and the roles where they are missing, and gives the roles their right to connect. A superuser does no more
 * than that: the database then belongs to a role of ours without such rights, and everything else is done as that one.
 * @param serverUrl who may create roles and databases; its path names the database (`postgres` or none: `countersign`)
 * @returns the owner's URL of that database
 */
export async function prepareRoles(serverUrl: string): Promise<string> {
  const named = namedUrl(serverUrl);
  await createDatabaseIfMissing(serverUrl, named);
  await inRolesLock(named.href, async (client) => {
    if (named.password !== '' && (await isSuperuser(client))) await ensureOwner(client, named);
    await ensureRole(client, APP_ROLE, 'LOGIN');
    await ensureRole(client, SCHEDULER_ROLE, 'LOGIN');
    await ensureRole(client, DEFINER_ROLE, 'NOLOGIN');
    await ensureRole(client, KEEPER_ROLE, 'NOLOGIN');
    await ensureRole(client, LIMITED_ROLE, 'NOLOGIN');
    await letAppStepDown(client);
    await restrictDatabase(client);
  });
  return await ownerUrlOf(serverUrl);
}

/** The same URL where nothing is to be made: of the owner, also when a superuser's is given. */
export async function ownerUrlOf(serverUrl: string): Promise<string> {
  const named = namedUrl(serverUrl);
  const needsOwner = named.password !== '' && (await withClient(named.href, isSuperuser));
  return needsOwner ? ownerBehind(named) : named.href;
}

/** The owner's password follows from the superuser's, so whoever may know the one need not be told the other. */
export function ownerBehind(superuserUrl: URL): string {
  const url = new URL(superuserUrl.href);
  url.username = OWNER_ROLE;
  url.password = passwordFrom(Buffer.from(decodeURIComponent(superuserUrl.password)), OWNER_ROLE);
  return url.href;
}

async function isSuperuser(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ is: boolean }>('SELECT rolsuper AS is FROM pg_roles WHERE rolname = current_user');
  return rows[0]?.is === true;
}

async function ensureOwner(client: pg.Client, superuserUrl: URL): Promise<void> {
  await ensureRole(client, OWNER_ROLE, 'LOGIN', 'INHERIT');
  const { password } = new URL(ownerBehind(superuserUrl));
  await client.query(`ALTER ROLE ${OWNER_ROLE} LOGIN PASSWORD ${client.escapeLiteral(scramVerifier(password))}`);
}

/**
 * The same with passwords, so that the roles can sign in.
 * @param secret the passwords follow from it, so machines with the same secret agree
 */
export async function prepareDatabase(serverUrl: string, secret: Buffer): Promise<DatabaseUrls> {
  const ownerUrl = await prepareRoles(serverUrl);
  await inRolesLock(namedUrl(serverUrl).href, async (client) => {
    for (const role of [APP_ROLE, SCHEDULER_ROLE]) {
      await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(scramVerifier(passwordFrom(secret, role)))}`);
    }
  });
  return { ...databaseUrls(serverUrl, secret), ownerUrl };
}

async function inRolesLock(ownerUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [ROLES_LOCK]);
    await work(client);
    await client.query('COMMIT');
  });
}

/** The three URLs without touching the server; the owner's is the one given. */
export function databaseUrls(serverUrl: string, secret: Buffer): DatabaseUrls {
  const owner = namedUrl(serverUrl);
  return { ownerUrl: owner.href, appUrl: urlAs(owner, APP_ROLE, secret), schedulerUrl: urlAs(owner, SCHEDULER_ROLE, secret) };
}

/** The URL of our own database on that server. */
export function namedUrl(serverUrl: string): URL {
  const owner = new URL(serverUrl);
  const named = decodeURIComponent(owner.pathname.slice(1));
  owner.pathname = `/${encodeURIComponent(named === '' || named === 'postgres' ? DEFAULT_DATABASE : named)}`;
  return owner;
}

function urlAs(owner: URL, role: string, secret: Buffer): string {
  const url = new URL(owner.href);
  url.username = role;
  url.password = passwordFrom(secret, role);
  return url.href;
}

function passwordFrom(secret: Buffer, role: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', `countersign database role ${role} v1`, 32)).toString('base64url');
}

async function createDatabaseIfMissing(serverUrl: string, named: URL): Promise<void> {
  const name = decodeURIComponent(named.pathname.slice(1));
  if (!(await isMissing(serverUrl, named, name))) return;
  const maintenance = new URL(named.href);
  maintenance.pathname = '/postgres';
  await withClient(maintenance.href, async (client) => {
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    } catch (error) {
      // 42P04 and 23505: another machine that started with us has just made it.
      if (!['42P04', '23505'].includes((error as pg.DatabaseError).code ?? '')) throw error;
    }
  });
}

/** Asked of the database that every server has where we were sent there: knocking at a missing one is a FATAL line in its log. */
async function isMissing(serverUrl: string, named: URL, name: string): Promise<boolean> {
  if (new URL(serverUrl).pathname === '/postgres') {
    const found = await withClient(serverUrl, (client) => client.query('SELECT FROM pg_database WHERE datname = $1', [name])).catch(
      () => undefined,
    );
    if (found) return found.rowCount === 0;
  }
  const failure = await tryConnect(named.href);
  if (failure && failure.code !== '3D000') throw new OneSentenceError(`The database cannot be reached: ${failure.message}.`);
  return failure !== undefined;
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

async function ensureRole(client: pg.Client, role: string, login: 'LOGIN' | 'NOLOGIN', inherit = 'NOINHERIT'): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) {
    await client.query(`CREATE ROLE ${role} ${login} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS ${inherit}`);
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

/**
 * Connecting is for our roles, and nobody but the owner makes objects. A superuser hands the database to the owner, if there is
 * one. A clone of a database inherits none of it.
 */
export async function restrictDatabase(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; gives: boolean }>(
    'SELECT current_database() AS name, rolsuper AND to_regrole($1) IS NOT NULL AS gives FROM pg_roles WHERE rolname = current_user',
    [OWNER_ROLE],
  );
  const owner = rows[0]?.gives === true ? OWNER_ROLE : 'CURRENT_USER';
  const database = client.escapeIdentifier(rows[0]?.name ?? '');
  if (owner === OWNER_ROLE) await client.query(`ALTER DATABASE ${database} OWNER TO ${owner}`);
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${APP_ROLE}, ${SCHEDULER_ROLE}`);
  await client.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  // Handing a function to a role asks for membership, which only a superuser has by nature.
  await client.query(`GRANT ${DEFINER_ROLE}, ${KEEPER_ROLE} TO ${owner}`);
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
