import type { ClientBase } from 'pg';

const APP = 'countersign_app';
const LIMITED = 'countersign_limited';

/**
 * The app becomes another role for limited callers. It may do there just what it may do anyway, or a page would break for them
 * alone; and where the app is let in the limited role is as well, so that nothing but the policies for it makes the difference.
 */
export async function limitedProblems(client: ClientBase): Promise<string[]> {
  const [app, limited] = [await rightsOf(client, APP), await rightsOf(client, LIMITED)];
  return [
    ...app.filter((right) => !limited.includes(right)).map((right) => `${LIMITED} lacks what the app has: ${right}`),
    ...limited.filter((right) => !app.includes(right)).map((right) => `${LIMITED} has what the app lacks: ${right}`),
    ...(await policyGaps(client)),
  ];
}

/** Every list of rights there is in this database, whatever kind of object it belongs to, but for the right to connect. */
async function rightsOf(client: ClientBase, role: string): Promise<string[]> {
  const { rows } = await client.query<{ right: string }>(
    `with given (class, oid, part, list) as (
       select 'pg_class'::regclass, oid, 0, relacl from pg_class
       union all select 'pg_class'::regclass, attrelid, attnum, attacl from pg_attribute where not attisdropped
       union all select 'pg_proc'::regclass, oid, 0, proacl from pg_proc
       union all select 'pg_namespace'::regclass, oid, 0, nspacl from pg_namespace
       union all select 'pg_type'::regclass, oid, 0, typacl from pg_type
       union all select 'pg_language'::regclass, oid, 0, lanacl from pg_language
       union all select 'pg_default_acl'::regclass, oid, 0, defaclacl from pg_default_acl
       union all select 'pg_largeobject'::regclass, oid, 0, lomacl from pg_largeobject_metadata
       union all select 'pg_parameter_acl'::regclass, oid, 0, paracl from pg_parameter_acl
     )
     select privilege_type || case when is_grantable then ' to hand on' else '' end || ' on ' || pg_describe_object(class, oid, part) as right
       from given, aclexplode(list) where grantee = $1::regrole order by 1`,
    [role],
  );
  return rows.map(({ right }) => right);
}

/** Policies that let the app in, by name, and not the limited role. */
async function policyGaps(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select polrelid::regclass || '.' || polname as name from pg_policy
       where polpermissive and ($1::regrole = any(polroles)) <> ($2::regrole = any(polroles)) order by 1`,
    [APP, LIMITED],
  );
  return rows.map(({ name }) => `${name} lets in only one of the app and ${LIMITED}`);
}
