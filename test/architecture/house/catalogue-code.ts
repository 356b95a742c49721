import type { ClientBase } from 'pg';

interface Code {
  name: string;
  owner: string;
  definer: boolean;
  settings: string[] | null;
  language: string;
  callers: string[];
}

/** The definer looks things up across tenants; the keeper deletes and forgets, in the tenant of the transaction alone. */
const OWNERS = ['countersign_definer', 'countersign_keeper'];
const CALLERS = 'countersign_app,countersign_limited';

/** A SECURITY DEFINER function steps over every policy of its caller, so it is owned by a plain role, pinned, and given to the app only, in both its roles. */
export async function functionProblems(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<Code>(`
    select p.oid::regprocedure::text as name, p.proowner::regrole::text as owner, p.prosecdef as definer, p.proconfig as settings,
           l.lanname as language,
           array(select case when a.grantee = 0 then 'PUBLIC' else a.grantee::regrole::text end
                   from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee <> p.proowner order by 1) as callers
      from pg_proc p join pg_language l on l.oid = p.prolang where p.pronamespace = 'public'::regnamespace order by 1`);
  const { rows: elsewhere } = await client.query<{ name: string }>(`
    select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.prosecdef and n.nspname not in ('public', 'pg_catalog', 'information_schema') order by 1`);
  return [
    ...rows.flatMap((code) => (code.definer ? definerProblems(code) : plainProblems(code))),
    ...elsewhere.map(({ name }) => `${name} is SECURITY DEFINER outside of our schema`),
  ];
}

function definerProblems({ name, owner, settings, callers, language }: Code): string[] {
  return [
    ...(OWNERS.includes(owner) ? [] : [`${name} is SECURITY DEFINER and runs as ${owner}`]),
    ...(settings?.join() === 'search_path=public, pg_temp' ? [] : [`${name} is SECURITY DEFINER without a pinned search_path`]),
    ...(callers.join() === CALLERS ? [] : [`${name} is SECURITY DEFINER and may be called by ${callers.join(', ') || 'nobody'}`]),
    ...languageProblems(name, language),
  ];
}

function plainProblems({ name, owner, language }: Code): string[] {
  return [
    ...(OWNERS.includes(owner) ? [`${name} is owned by the ${owner.replace('countersign_', '')} for no reason`] : []),
    ...languageProblems(name, language),
  ];
}

function languageProblems(name: string, language: string): string[] {
  return ['sql', 'plpgsql'].includes(language) ? [] : [`${name} is written in ${language}`];
}

/** Without security_invoker a view reads as its owner, and the owner's rows are everybody's. */
export async function viewProblems(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v'
      and not coalesce(reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false) order by 1`);
  return rows.map(({ name }) => `the view ${name} is not security_invoker`);
}
