import type { ClientBase } from 'pg';

type Transition = readonly [string, string];

export interface Machine {
  table: string;
  states: readonly string[];
  transitions: readonly Transition[];
  initial: string;
}

/** Where the domain's state machine and the one in Postgres are two machines. The client is the owner, in a transaction. */
export async function machineProblems(client: ClientBase, machine: Machine): Promise<string[]> {
  const functionName = await guardOf(client, machine.table);
  if (functionName === undefined) return [`${machine.table}.state has no trigger that is fired before every update of each row`];
  const allowed = new Set((await transitionsAllowedBy(client, functionName, machine.states)).map(String));
  const declared = new Set(machine.transitions.map(String));
  return [
    ...[...declared]
      .filter((pair) => !allowed.has(pair))
      .map((pair) => `${machine.table}: the domain allows ${pair}, the database does not`),
    ...[...allowed]
      .filter((pair) => !declared.has(pair))
      .map((pair) => `${machine.table}: the database allows ${pair}, the domain does not`),
    ...unreachable(machine).map((state) => `${machine.table}: nothing leads to ${state}`),
  ];
}

/** The function of the one enabled trigger that sees each update of the state. */
async function guardOf(client: ClientBase, table: string): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(
    // 19: for each row, before, on update. Without a column list or with `state` in it, and without a WHEN that skips some.
    `select tgfoid::regproc::text as name from pg_trigger t
       where tgrelid = $1::regclass and not tgisinternal and tgenabled in ('O', 'A') and tgtype = 19 and tgqual is null
         and (tgattr = ''::int2vector or (select attnum from pg_attribute where attrelid = tgrelid and attname = 'state') = any(tgattr))`,
    [table],
  );
  return rows.length === 1 ? rows[0]?.name : undefined;
}

/** Every pair of states, tried on a table that has nothing but a state and that trigger. Staying put is no transition. */
async function transitionsAllowedBy(client: ClientBase, functionName: string, states: readonly string[]): Promise<Transition[]> {
  await client.query('create temp table machine (state text)');
  await client.query(`create trigger guard before update of state on machine for each row execute function ${functionName}()`);
  const allowed: Transition[] = [];
  for (const from of states) {
    for (const to of states.filter((state) => state !== from)) if (await goes(client, from, to)) allowed.push([from, to]);
  }
  await client.query('drop table machine');
  return allowed;
}

async function goes(client: ClientBase, from: string, to: string): Promise<boolean> {
  await client.query('savepoint pair');
  try {
    await client.query('insert into machine (state) values ($1)', [from]);
    await client.query('update machine set state = $1', [to]);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== '23514') throw error;
    return false;
  } finally {
    await client.query('rollback to savepoint pair');
  }
}

function unreachable({ states, transitions, initial }: Machine): string[] {
  const reached = new Set([initial]);
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const [from, to] of transitions) if (reached.has(from)) reached.add(to);
  }
  return states.filter((state) => !reached.has(state));
}

/**
 * Places that write the state of an invoice beside its one writer. The insert of a new invoice names its first state and is no
 * change of one; SQL functions are the migrations' matter.
 */
export function invoiceStateWriters(files: readonly { path: string; text: string }[]): string[] {
  const statement = /update\s+invoice\b(?:\s+(?!set\b)\w+)?\s+set\b[^;`]*?\bstate\s*=/i;
  const entity = /rows\(InvoiceEntity\)\s*\.(?:update|upsert|save)\([^;]*?\bstate\b/;
  return files.filter(({ text }) => statement.test(withoutWhere(text)) || entity.test(text)).map(({ path }) => path);
}

/** What a statement asks for is no write: `where … state = 'draft'`. */
function withoutWhere(text: string): string {
  return text.replaceAll(/\bwhere\b[^`]*?(?=`|$)/gi, '');
}

/** `invoice.state` and the like, each with the values that its CHECK lets in, sorted. */
export async function wordListsIn(client: ClientBase): Promise<Map<string, string[]>> {
  const { rows } = await client.query<{ column: string; definition: string }>(
    `select c.conrelid::regclass::text || '.' || a.attname as column, pg_get_constraintdef(c.oid) as definition
       from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
       where c.contype = 'c' and c.connamespace = 'public'::regnamespace and cardinality(c.conkey) = 1 and c.coninhcount = 0
         and pg_get_constraintdef(c.oid) ~ '^CHECK \\(\\(\\w+ = ANY \\(ARRAY\\['`,
  );
  return new Map(
    rows.map(({ column, definition }) => [column, [...definition.matchAll(/'([^']*)'::text/g)].map(([, word]) => word ?? '').toSorted()]),
  );
}
