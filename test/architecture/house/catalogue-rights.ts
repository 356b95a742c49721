import type { ClientBase } from 'pg';
import { isGlobal, type Table } from './catalogue-tables.js';
import { EXTRA_POLICIES, KEEPER_ON_GLOBALS, KEEPER_READS, KEPT_TABLES, NEVER_CHANGED, SCHEDULER_COLUMNS } from './catalogue-lists.js';

const APP = 'countersign_app';
const SCHEDULER = 'countersign_scheduler';
const DEFINER = 'countersign_definer';
const KEEPER = 'countersign_keeper';
const LIMITED = 'countersign_limited';
const OUR_ROLES = [APP, SCHEDULER, DEFINER, KEEPER, LIMITED];
const SIGN_IN = [APP, SCHEDULER];
const APP_MAY = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE']);

interface Right {
  schema: string;
  relation: string;
  kind: string;
  grantee: string;
  right: string;
  column: string | null;
  grantable: boolean;
}

/** Who may do what to which relation, tables and single columns, of every schema but the system's. */
async function rightsIn(client: ClientBase): Promise<Right[]> {
  const { rows } = await client.query<Right>(`
    with acl as (
      select c.oid, c.relacl as list, null::name as column from pg_class c
      union all
      select a.attrelid, a.attacl, a.attname from pg_attribute a where a.attacl is not null and not a.attisdropped
    )
    select n.nspname as schema, c.relname as relation, c.relkind as kind, acl.column, r.privilege_type as right, r.is_grantable as grantable,
           case when r.grantee = 0 then 'PUBLIC' else r.grantee::regrole::text end as grantee
      from acl join pg_class c on c.oid = acl.oid join pg_namespace n on n.oid = c.relnamespace
      cross join lateral aclexplode(acl.list) r
      where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and r.grantee <> c.relowner
      order by 1, 2, 4, 5`);
  return rows;
}

export async function rightProblems(client: ClientBase, tables: readonly Table[]): Promise<string[]> {
  const rights = await rightsIn(client);
  const named = new Map(tables.map((table) => [table.name, table]));
  return rights.flatMap((right) => {
    const problem = rightProblem(right, right.schema === 'public' ? named.get(right.relation) : undefined);
    const where = `${right.schema}.${right.relation}${right.column === null ? '' : `(${right.column})`}`;
    return problem === undefined ? [] : [`${right.grantee} has ${right.right} on ${where}: ${problem}`];
  });
}

function rightProblem(right: Right, table: Table | undefined): string | undefined {
  if (right.grantable) return 'a right may not be handed on';
  if (right.grantee === APP || right.grantee === LIMITED) return appProblem(right, table);
  if (right.grantee === SCHEDULER) return schedulerProblem(right);
  if (right.grantee === DEFINER) return definerProblem(right, table);
  if (right.grantee === KEEPER) return keeperProblem(right, table);
  return 'only our five roles have rights';
}

function appProblem({ schema, relation, kind, right }: Right, table: Table | undefined): string | undefined {
  if (!APP_MAY.has(right)) return 'the app reads and writes rows and nothing else';
  if (schema !== 'public') return schema === 'pgboss' && ['r', 'p'].includes(kind) ? undefined : 'the app has no business there';
  // A view is as safe as the tables below it, once it runs with the rights of its reader.
  if (!table) return kind === 'v' && right === 'SELECT' ? undefined : 'it is no table of a tenant';
  if (isGlobal(table)) return 'it is global, and the app comes to it through functions only';
  if (table.isPartition) return 'partitions are reached through their parent';
  if (NEVER_CHANGED.includes(relation) && ['UPDATE', 'DELETE'].includes(right)) return 'it is evidence and never changed';
  return undefined;
}

function schedulerProblem({ schema, relation, right, column }: Right): string | undefined {
  const allowed = schema === 'public' && right === 'SELECT' && column !== null && SCHEDULER_COLUMNS[relation]?.includes(column);
  return allowed ? undefined : 'the scheduler sees what is due and nothing else';
}

/** The functions may see and note what a policy of theirs lets them, and work on global tables. */
function definerProblem({ schema, relation, right }: Right, table: Table | undefined): string | undefined {
  if (schema !== 'public' || !table || !APP_MAY.has(right)) return 'the definer works on our tables only';
  if (isGlobal(table)) return undefined;
  const command = { SELECT: 'r', UPDATE: 'w' }[right];
  const listed = Object.entries(EXTRA_POLICIES).some(
    ([name, policy]) => name.startsWith(`${relation}.`) && policy.role === DEFINER && policy.command === command,
  );
  return listed ? undefined : 'no policy of the definer is listed for that';
}

/** The keeper's functions work under the tenant's policy like everybody, and know nothing of what is global but what is listed. */
function keeperProblem({ schema, relation, right, column }: Right, table: Table | undefined): string | undefined {
  if (schema !== 'public' || !table || !APP_MAY.has(right)) return 'the keeper works on our tables only';
  if (!isGlobal(table)) return table.isPartition ? 'partitions are reached through their parent' : undefined;
  const listed =
    (right === 'SELECT' && column !== null && KEEPER_READS[relation]?.includes(column)) || KEEPER_ON_GLOBALS[relation]?.includes(right);
  return listed ? undefined : 'it is global, and not listed for the keeper';
}

/** The roles themselves: plain, owning nothing they could change, in nobody's shoes. */
export async function roleProblems(client: ClientBase): Promise<string[]> {
  return [...(await attributeProblems(client)), ...(await ownershipProblems(client)), ...(await wideRightProblems(client))];
}

async function attributeProblems(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ role: string; powerful: boolean; login: boolean }>(
    `select rolname as role, rolcanlogin as login,
            rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit as powerful
       from pg_roles where rolname = any($1)`,
    [OUR_ROLES],
  );
  const { rows: members } = await client.query<{ role: string; of: string }>(
    `select member::regrole::text as role, roleid::regrole::text as of from pg_auth_members where member = any($1::regrole[]::oid[])
       and not (member = '${APP}'::regrole and roleid = '${LIMITED}'::regrole and set_option and not inherit_option and not admin_option)`,
    [OUR_ROLES],
  );
  return [
    ...OUR_ROLES.filter((role) => !rows.some((row) => row.role === role)).map((role) => `there is no role ${role}`),
    ...rows.filter(({ powerful }) => powerful).map(({ role }) => `${role} is more than a plain role`),
    ...rows.filter(({ role, login }) => login && !SIGN_IN.includes(role)).map(({ role }) => `${role} can sign in`),
    ...members.map(({ role, of }) => `${role} is a member of ${of}`),
  ];
}

/** pg_shdepend knows of every owned object, whatever its kind and schema. The definer owns functions; that is its purpose. */
async function ownershipProblems(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ role: string; object: string }>(
    `select refobjid::regrole::text as role, pg_describe_object(classid, objid, objsubid) as object from pg_shdepend
       where deptype = 'o' and refclassid = 'pg_authid'::regclass and refobjid = any($1::regrole[]::oid[])
         and dbid in (0, (select oid from pg_database where datname = current_database()))
         and not (refobjid in ('${DEFINER}'::regrole, '${KEEPER}'::regrole) and classid = 'pg_proc'::regclass)
         and not (refobjid = '${KEEPER}'::regrole and classid = 'pg_class'::regclass and objid in (
           select oid from pg_class where relname = any($2) and relnamespace = 'public'::regnamespace
           union all select i.inhrelid from pg_inherits i join pg_class c on c.oid = i.inhparent where c.relname = any($2)))`,
    [OUR_ROLES, KEPT_TABLES],
  );
  return rows.map(({ role, object }) => `${role} owns ${object}`);
}

async function wideRightProblems(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ role: string; what: string }>(
    `select role, 'may create in schema ' || n.nspname as what from unnest($1::name[]) role, pg_namespace n
       where has_schema_privilege(role, n.oid, 'create') and not (role = '${KEEPER}' and n.nspname = 'public')
     union all
     select role, 'may ' || lower(kind) || ' in the database' from unnest($1::name[]) role, unnest(array['CREATE', 'TEMPORARY']) kind
       where has_database_privilege(role, current_database(), kind)
     union all
     select '${SCHEDULER}', 'may use schema ' || nspname from pg_namespace
       where nspname not in ('public', 'pg_catalog', 'information_schema') and has_schema_privilege('${SCHEDULER}', oid, 'usage')`,
    [OUR_ROLES],
  );
  return rows.map(({ role, what }) => `${role} ${what}`);
}
