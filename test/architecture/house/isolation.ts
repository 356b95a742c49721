import type { ClientBase, DatabaseError } from 'pg';
import { columnsOf, insertOf } from './sample-rows.js';

/** Whom a transaction says it works for, and what that may be: itself, somebody else, nobody. */
export interface Pretence {
  name: string;
  /** The setting; undefined leaves it alone. */
  setting: string | undefined;
}

interface Attack {
  client: ClientBase;
  table: string;
  pretence: Pretence;
  victim: string;
}

const REFUSED_BY_POLICY = /row-level security policy/;
const NO_RIGHT = 'permission denied for';
const MALFORMED = 'invalid input syntax for type uuid';
const REFERRED_TO = 'update or delete on table';
/** Reached only after the policy has let the row through. */
const REFUSED_BY_KEY = new Set(['23503', '23505']);

/**
 * Tries each table with each command under each pretence, and says where a row of the victim was seen, changed, removed or
 * forged. The client acts as the app's role, inside a transaction; every try is undone.
 */
export async function isolationProblems(
  client: ClientBase,
  tables: readonly string[],
  pretences: readonly Pretence[],
  victim: string,
): Promise<string[]> {
  const problems: string[] = [];
  for (const pretence of pretences) {
    await client.query('select set_config($1, $2, true)', ['app.tenant_id', pretence.setting ?? '']);
    for (const table of tables) {
      for (const [command, attack] of Object.entries(ATTACKS)) {
        const problem = await attack({ client, table, pretence, victim });
        if (problem !== undefined) problems.push(`${command} ${table} as ${pretence.name}: ${problem}`);
      }
    }
  }
  return problems;
}

const ATTACKS = {
  select: selectProblem,
  insert: insertProblem,
  update: updateProblem,
  'move by update': moveProblem,
  delete: deleteProblem,
};

async function selectProblem(attack: Attack): Promise<string | undefined> {
  return await rowsProblem(attack, `select tenant_id from ${attack.table}`);
}

async function updateProblem(attack: Attack): Promise<string | undefined> {
  return await rowsProblem(attack, `update ${attack.table} set tenant_id = tenant_id returning tenant_id`);
}

async function deleteProblem(attack: Attack): Promise<string | undefined> {
  return await rowsProblem(attack, `delete from ${attack.table} returning tenant_id`);
}

/** No WHERE on purpose: the policy alone must keep the statement among the tenant's own rows. */
async function rowsProblem(attack: Attack, sql: string): Promise<string | undefined> {
  const { rows, error } = await attempt<{ tenant_id: string }>(attack.client, sql);
  if (error) return expectedError(attack, error) ? undefined : error.message;
  const own = attack.pretence.setting;
  const foreign = rows.filter((row) => row.tenant_id !== own).length;
  if (foreign > 0) return `reached ${foreign} row(s) of others`;
  return isRight(attack) && rows.length === 0 ? 'did not reach its own row' : undefined;
}

/** A new row in the victim's name. */
async function insertProblem(attack: Attack): Promise<string | undefined> {
  const { client, table, victim } = attack;
  const { error } = await attempt(client, insertOf(table, await columnsOf(client, table)), [victim]);
  return forgeryProblem(attack, error, isRight(attack));
}

/** Own rows given to the victim: USING lets the row be found, so only WITH CHECK stands in the way. Without RETURNING, which asks USING again. */
async function moveProblem(attack: Attack): Promise<string | undefined> {
  if (isRight(attack)) return undefined;
  const { changed, error } = await attempt(attack.client, `update ${attack.table} set tenant_id = $1`, [attack.victim]);
  if (!error && changed === 0) return undefined;
  return forgeryProblem(attack, error, false);
}

function forgeryProblem(attack: Attack, error: DatabaseError | undefined, mine: boolean): string | undefined {
  if (error && expectedError(attack, error)) return undefined;
  if (mine) return !error || REFUSED_BY_KEY.has(error.code ?? '') ? undefined : error.message;
  if (!error) return 'wrote a row in the name of another';
  return REFUSED_BY_POLICY.test(error.message) ? undefined : `was not stopped by the policy but by: ${error.message}`;
}

/** No right to the command at all, no tenant in a setting that is no uuid, or other rows that still refer to this one. */
function expectedError({ pretence }: Attack, error: DatabaseError): boolean {
  if (error.message.startsWith(NO_RIGHT)) return true;
  if (error.code === '23503' && isUuid(pretence.setting)) return error.message.startsWith(REFERRED_TO);
  return error.message.startsWith(MALFORMED) && pretence.setting !== '' && !isUuid(pretence.setting);
}

const isUuid = (text: string | undefined): boolean => /^[0-9a-f-]{36}$/.test(text ?? '');

const isRight = ({ pretence, victim }: Attack): boolean => pretence.setting === victim;

async function attempt<T extends object>(
  client: ClientBase,
  sql: string,
  values: unknown[] = [],
): Promise<{ rows: T[]; changed: number; error?: DatabaseError }> {
  await client.query('savepoint attempt');
  try {
    const { rows, rowCount } = await client.query<T>(sql, values);
    return { rows, changed: rowCount ?? 0 };
  } catch (error) {
    return { rows: [], changed: 0, error: error as DatabaseError };
  } finally {
    await client.query('rollback to savepoint attempt');
  }
}
