import type { INestApplicationContext } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { ROLES, type Role } from '../../../src/domain/role.js';
import { ApiKeys } from '../../../src/identity/api-keys.js';
import { Cookies } from '../../../src/identity/cookies.js';
import { Members } from '../../../src/identity/members.js';
import { newSecret, sha256 } from '../../../src/identity/secret.js';
import type { Actor } from '../../../src/database/audit/actor.js';
import { PersonRepository } from '../../../src/identity/person.repository.js';
import { SessionRepository } from '../../../src/identity/session.repository.js';
import { PostingPlanner } from '../../../src/billing/outbox/posting-planner.js';
import { SyncRunRepository } from '../../../src/jobs/sync-run.repository.js';
import { MembershipEntity } from '../../../src/identity/membership.entity.js';
import { TenantTransaction } from '../../../src/database/tenant-transaction.js';
import { aSeedInvoice, seedConnections, seedInvoices, type SeededSource } from '../seed-invoices.js';
import { createTenant } from '../tenant.js';

const OPERATOR: Actor = { kind: 'operator', id: 'test', label: 'Test' };

/** A tenant with something of everything that people and scripts can name by an id. */
export interface FullTenant {
  tenantId: string;
  source: SeededSource;
  /** By number. */
  invoices: ReadonlyMap<string, string>;
  keys: Record<Role, string>;
  /** `name=value` of a person's session cookie, by role. */
  cookies: Record<Role, string>;
}

export async function aFullTenant(app: INestApplicationContext, ownerUrl: string, name: string): Promise<FullTenant> {
  const tenantId = await createTenant(ownerUrl, name);
  const source = await seedConnections(app, tenantId);
  const invoices = await seedInvoices(
    app,
    source,
    Array.from({ length: 9 }, (_, index) => aSeedInvoice(index)),
  );
  const keys = await byRole(async (role) => (await app.get(ApiKeys).create(tenantId, OPERATOR, { name: `${role} script`, role })).key);
  const cookies = await byRole((role) => signIn(app, tenantId, role));
  await app
    .get(Members)
    .invite({ actor: OPERATOR, tenantId, role: 'owner' }, { email: `new@${name.toLowerCase()}.example`, role: 'member' });
  const tx = app.get(TenantTransaction);
  await tx.run(tenantId, async () => {
    await app.get(SyncRunRepository).request(source.connectionId, 'pull', 'Test');
    const invoiceId = invoices.get('10001') ?? '';
    await app.get(PostingPlanner).plan({
      connectionId: source.ledgerId,
      operation: 'document',
      intentKey: invoiceId,
      intent: { number: '10001', total: '12.5', currency: 'USD' },
      invoiceId,
      notBefore: new Date(Date.now() + 3_600_000),
      createdBy: 'Test',
    });
  });
  return { tenantId, source, invoices, keys, cookies };
}

async function byRole<T>(make: (role: Role) => Promise<T>): Promise<Record<Role, T>> {
  const made = await Promise.all(ROLES.map(async (role): Promise<[Role, T]> => [role, await make(role)]));
  return Object.fromEntries(made) as Record<Role, T>;
}

/** A person of this role, with a session as signing in leaves it. @returns their cookie */
export async function signIn(app: INestApplicationContext, tenantId: string, role: Role): Promise<string> {
  const personId = await app.get(PersonRepository).create(`The ${role}`, new Date());
  const tx = app.get(TenantTransaction);
  await tx.run(tenantId, () =>
    tx.rows(MembershipEntity).insert({
      tenantId,
      personId,
      email: `${role}.${personId.slice(-6)}@person.example`,
      name: `The ${role}`,
      role,
      limits: {},
      joinedAt: new Date(),
    }),
  );
  const session = newSecret();
  // Signed in a little while from now: a proof that stays fresh however long an attack takes.
  const at = new Date(Date.now() + 3_600_000);
  const expiresAt = new Date(at.getTime() + 3_600_000);
  await app.get(SessionRepository).open({ idHash: sha256(session), personId, tenantId, at, expiresAt, replaces: null });
  return `${app.get(Cookies).name('session')}=${session}`;
}

/** One id of each kind of row that the tenant has, made from the catalogue: what an attacker may have seen somewhere. */
export async function idsOf(owner: ClientBase, tenantId: string): Promise<string[]> {
  const ids = new Set<string>();
  for (const { table, column } of await columnsOfIds(owner)) {
    const { rows } = await owner.query<{ id: string }>(
      `select ${column}::text as id from ${table} where tenant_id = $1 and ${column} is not null limit 1`,
      [tenantId],
    );
    if (rows[0]) ids.add(rows[0].id);
  }
  return [...ids];
}

async function columnsOfIds(owner: ClientBase): Promise<{ table: string; column: string }[]> {
  const { rows } = await owner.query<{ table: string; column: string }>(`
    select t.relname as table, quote_ident(a.attname) as column
      from pg_attribute a join pg_class t on t.oid = a.attrelid
      where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and not t.relispartition and a.attnum > 0
        and not a.attisdropped and (a.atttypid = 'uuid'::regtype or a.attname in ('external_id', 'sha256'))
        and exists (select from pg_attribute k where k.attrelid = t.oid and k.attname = 'tenant_id' and a.attname <> 'tenant_id')
      order by 1, 2`);
  return rows;
}

/** A print of every row of the tenant, table by table: whatever an attack changed shows as a difference. */
export async function printOf(owner: ClientBase, tenantId: string): Promise<Record<string, string>> {
  const { rows } = await owner.query<{ table: string }>(`
    select t.relname as table from pg_class t where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
      and exists (select from pg_attribute k where k.attrelid = t.oid and k.attname = 'tenant_id') order by 1`);
  const print: Record<string, string> = {};
  for (const { table } of rows) {
    const { rows: hashed } = await owner.query<{ hash: string }>(
      `select count(*) || ' rows ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as hash from ${table} t where tenant_id = $1`,
      [tenantId],
    );
    print[table] = hashed[0]?.hash ?? '';
  }
  return print;
}
