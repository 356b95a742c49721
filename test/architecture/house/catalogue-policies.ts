import type { ClientBase } from 'pg';
import { isGlobal, type Table } from './catalogue-tables.js';
import { EXTRA_POLICIES, SCOPED_OTHERWISE } from './catalogue-lists.js';

/** The agreed wording, as Postgres prints it. Any other may be slow by orders of magnitude, or wrong. */
const AGREED = `(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))`;

interface Policy {
  name: string;
  permissive: boolean;
  command: string;
  roles: string;
  using: string | null;
  check: string | null;
}

export async function policyProblems(client: ClientBase, tables: readonly Table[]): Promise<string[]> {
  const { rows } = await client.query<Policy & { table: string }>(`
    select c.relname as table, p.polname as name, p.polpermissive as permissive, p.polcmd as command,
           (select string_agg(case when r = 0 then 'public' else r::regrole::text end, ', ') from unnest(p.polroles) r) as roles,
           pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
      from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'public'::regnamespace order by 1, 2`);
  const byTable = Map.groupBy(rows, ({ table }) => table);
  const present = new Set(rows.map(({ table, name }) => `${table}.${name}`));
  const gone = Object.keys(EXTRA_POLICIES).filter((name) => !present.has(name));
  return [
    ...tables.flatMap((table) => (isGlobal(table) ? globalProblems(table) : tenantProblems(table, byTable.get(table.name) ?? []))),
    ...(await scopeProblems(client, byTable)),
    ...gone.map((name) => `${name} is listed and does not exist`),
  ];
}

/** Whatever refers to an invoice is hidden with it from callers who may not know of it. */
async function scopeProblems(client: ClientBase, policies: ReadonlyMap<string, readonly Policy[]>): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select distinct conrelid::regclass::text as name from pg_constraint where contype = 'f' and confrelid = 'invoice'::regclass and conparentid = 0",
  );
  const hanging = ['invoice', ...rows.map(({ name }) => name)].map((name): [string, '*' | 'r'] => [name, '*']);
  const otherwise = Object.entries(SCOPED_OTHERWISE).map(([name, { command }]): [string, '*' | 'r'] => [name, command]);
  const wanted = new Map([...hanging, ...otherwise]);
  return [...wanted].flatMap(([table, command]) => {
    const policy = policies.get(table)?.find(({ name }) => name === 'caller_scope');
    if (!policy) return [`${table} shows limited callers what hangs on invoices they may not know of: it has no policy caller_scope`];
    return isAgreedScope(policy, command) ? [] : [`${table}.caller_scope is not the agreed policy: ${policy.using}`];
  });
}

/** For the limited role alone, since everybody to whom a policy applies pays for planning it. */
function isAgreedScope({ permissive, roles, command, using, check }: Policy, wanted: '*' | 'r'): boolean {
  const asks = using?.startsWith('caller_knows') ?? false;
  return !permissive && roles === 'countersign_limited' && command === wanted && check === null && asks;
}

function globalProblems(table: Table): string[] {
  return table.secured ? [`${table.name} is listed as global and has row level security: one of the two is a mistake`] : [];
}

function tenantProblems(table: Table, policies: readonly Policy[]): string[] {
  if (table.tenantColumn === null) return [`${table.name} has no tenant_id and is not listed as global`];
  const [ours, extra] = [
    policies.filter(({ name }) => name === 'tenant_isolation'),
    policies.filter(({ name }) => name !== 'tenant_isolation'),
  ];
  return [
    ...(table.tenantColumn === 'uuid not null' ? [] : [`${table.name}.tenant_id is ${table.tenantColumn}`]),
    ...(table.secured ? [] : [`${table.name} has row level security switched off`]),
    ...(table.forced ? [] : [`${table.name} does not FORCE row level security on its owner`]),
    ...(ours.length === 1 ? ours.flatMap((policy) => wordingProblems(table, policy)) : [`${table.name} has no policy tenant_isolation`]),
    ...extra.flatMap((policy) => extraProblems(table, policy)),
  ];
}

function wordingProblems(table: Table, policy: Policy): string[] {
  return [
    ...(policy.using === AGREED ? [] : [`${table.name}: USING is not the agreed wording: ${policy.using}`]),
    ...(policy.check === AGREED ? [] : [`${table.name}: WITH CHECK is not the agreed wording: ${policy.check}`]),
    ...(policy.command === '*' && policy.roles === 'public' && policy.permissive
      ? []
      : [`${table.name}: tenant_isolation is not for every command of everybody`]),
  ];
}

/** Policies are added up: one more for the app or for everybody would open the table. */
function extraProblems(table: Table, policy: Policy): string[] {
  if (policy.name === 'caller_scope' && !policy.permissive) return [];
  const listed = EXTRA_POLICIES[`${table.name}.${policy.name}`];
  if (!listed) return [`${table.name} has the policy ${policy.name}, which is not listed`];
  if (policy.roles.includes('countersign_keeper')) return wordingProblems(table, { ...policy, command: '*', roles: 'public' });
  if (policy.roles === listed.role && policy.command === listed.command) return [];
  return [`${table.name}.${policy.name} is for ${policy.command} by ${policy.roles}, not as listed`];
}
