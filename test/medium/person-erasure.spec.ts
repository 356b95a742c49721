/** Goal: of an erased person nothing is left but what a rule keeps, and the certificate names that rule. Real Postgres, as the app role. */
import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Certificates } from '../../src/lifecycle/erasure/certificates.js';
import { PersonErasure } from '../../src/lifecycle/erasure/person-erasure.js';
import { Holds } from '../../src/lifecycle/holds.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { AuditLog } from '../../src/database/audit/audit-log.js';
import { ErasureRepository } from '../../src/lifecycle/erasure/erasure.repository.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { isGlobal, tablesIn } from '../architecture/house/catalogue-tables.js';
import { columnsOf, plantRows } from '../architecture/house/sample-rows.js';
import { createTestDatabase, whileDeletingIsSlow, type TestDatabase } from '../support/database.js';
import { openLifecycle, type OpenedLifecycle } from '../support/lifecycle.js';
import { pastTheTriggers } from '../support/without-triggers.js';
import { aKey } from '../support/queries.js';
import { aSeedInvoice, seedConnections, seedInvoices } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

/** Columns of a fixed set of words, whose checks `plantRows` drops. */
const FIXED = /^(kind|state|role|scope|mode|type|severity|decision|operation|posting_mode|link_by|actor_kind|logo_type|currency|\w+_kind)$/;
const NAME = 'Canary O’Neill (Ops)';
const EMAIL = 'canary.oneill+ops@northlight.example';

let database: TestDatabase;
let opened: OpenedLifecycle;
let tx: TenantTransaction;
let erasure: PersonErasure;

beforeAll(async () => {
  database = await createTestDatabase();
  opened = await openLifecycle(database);
  tx = opened.module.get(TenantTransaction);
  erasure = opened.module.get(PersonErasure);
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

async function asOwner(sql: string, parameters: unknown[] = []): Promise<void> {
  await pastTheTriggers(database.ownerUrl, (owner) => owner.query(sql, parameters));
}

async function aMember(tenantId: string, role = 'member', name = NAME, email = EMAIL, personId = uuidv7()): Promise<string> {
  await asOwner(
    `with p as (insert into person (id, name, created_at) values ($2, $4, now()) on conflict do nothing),
       i as (insert into identity (issuer, subject, person_id, email, linked_at, last_used_at) values ('email', $2::text, $2, $5, now(), now()) on conflict do nothing),
       s as (insert into session (id_sha256, person_id, tenant_id, created_at, last_seen_at, expires_at)
         values (sha256(($2::text || $1::text)::bytea), $2, $1::uuid, now(), now(), now() + interval '1 day'))
     insert into membership (tenant_id, person_id, email, name, role, joined_at) values ($1::uuid, $2, $5, $4, $3, now())`,
    [tenantId, personId, role, name, email],
  );
  return personId;
}

const left = async (personId: string): Promise<string[]> =>
  await withClient(database.ownerUrl, async (client) => {
    const { rows } = await client.query<{ table: string }>(
      `select 'person' as table from person where id = $1 union all select 'identity' from identity where person_id = $1
       union all select 'session' from session where person_id = $1 union all select 'membership' from membership where person_id = $1`,
      [personId],
    );
    return rows.map(({ table }) => table);
  });

describe('somebody whose name stands in every column', () => {
  it('is gone from each that no rule keeps', async () => {
    const own = await createTestDatabase();
    const there = await openLifecycle(own);
    const tenantId = '00000000-0000-7000-8000-00000000000a';
    const kept = await there.module.get(TenantTransaction).run(tenantId, () => there.module.get(ErasureRepository).keptRules());
    const places = await withClient(own.ownerUrl, async (owner) => {
      await owner.query('insert into tenant (id) values ($1)', [tenantId]);
      await owner.query("insert into person (id, name, created_at) values ($1, 'x', now())", [tenantId]);
      const names = (await tablesIn(owner)).filter((table) => !table.isPartition && !isGlobal(table)).map(({ name }) => name);
      await plantRows(owner, names, [tenantId]);
      await owner.query("set session_replication_role = 'replica'");
      const found: { table: string; column: string; type: string }[] = [];
      for (const table of names.filter((name) => !name.startsWith('audit'))) {
        const { rows: keys } = await owner.query<{ name: string }>(
          `select attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) where i.indrelid = $1::regclass and i.indisprimary`,
          [table],
        );
        for (const { name, type } of await columnsOf(owner, table)) {
          if (!['text', 'jsonb'].includes(type) || keys.some((key) => key.name === name) || FIXED.test(name)) continue;
          await owner.query(
            `update ${table} set ${name} = ${type === 'jsonb' ? "jsonb_build_object('who', jsonb_build_array($1::text))" : "'Done by ' || $1 || '.'"}`,
            [NAME],
          );
          found.push({ table, column: name, type });
        }
      }
      await owner.query('update legal_hold set lifted_at = now()');
      return found;
    });
    expect(places.length).toBeGreaterThan(100);
    await there.module
      .get(TenantTransaction)
      .run(tenantId, () =>
        there.module.get(ErasureRepository).person(tenantId, [EMAIL, NAME], 'Former member 3f2a', 'former-3f2a@erased.invalid'),
      );
    const isKept = (table: string, column: string): boolean =>
      kept.some(({ target, named }) => target === table && ['*', column].includes(named));
    const still: string[] = [];
    await withClient(own.ownerUrl, async (owner) => {
      for (const { table, column } of places) {
        const { rowCount } = await owner.query(`select from ${table} where ${column}::text like '%Canary%'`);
        if ((rowCount ?? 0) > 0 && !isKept(table, column)) still.push(`${table}.${column}`);
      }
    });
    expect(still).toEqual([]);
    for (const { because } of kept) expect(because).toMatch(/\w+ \w+|^Sealed/);
    await there.close();
    await own.drop();
  });
});

describe('a member', () => {
  let tenantId: string;
  let owner: Principal;
  let personId: string;
  let invoiceId: string;

  beforeEach(async () => {
    tenantId = await createTenant(database.ownerUrl, 'Northlight');
    owner = aKey(tenantId, 'owner');
    const source = await seedConnections(opened.module, tenantId);
    const ids = await seedInvoices(opened.module, source, [aSeedInvoice(0)]);
    invoiceId = ids.get('10000') ?? '';
    personId = await aMember(tenantId);
    await tx.run(tenantId, async () => {
      await tx.execute('update reviewer set email = $2, name = $3 where tenant_id = $1', [tenantId, EMAIL, NAME]);
      await tx.execute('insert into invoice_view (tenant_id, invoice_id, person_id, viewed_at) values ($1, $2, $3, now())', [
        tenantId,
        invoiceId,
        personId,
      ]);
      await tx.execute(
        `insert into rejection (tenant_id, id, invoice_id, revision_id, rejected_by_kind, rejected_by_id, rejected_by_label, reason, at)
         select tenant_id, id, id, revision_id, 'person', $2, $3, 'Wrong hours', now() from invoice where tenant_id = $1`,
        [tenantId, personId, NAME],
      );
      await opened.module
        .get(AuditLog)
        .record(
          { kind: 'person', id: personId, label: NAME, sourceIp: '203.0.113.9' },
          { action: 'invoice.rejected', subject: { kind: 'invoice', id: invoiceId } },
        );
    });
  });

  const rejection = async () =>
    (
      await tx.run(tenantId, () =>
        tx.query<{ id: string; label: string; reason: string }>(
          'select rejected_by_id as id, rejected_by_label as label, reason from rejection where tenant_id = $1',
          [tenantId],
        ),
      )
    )[0];
  const stillNamed = async (): Promise<string[]> =>
    await withClient(database.ownerUrl, async (client) => {
      const found: string[] = [];
      for (const { name, isPartition } of await tablesIn(client)) {
        if (isPartition) continue;
        const { rowCount } = await client.query(`select from ${name} t where t::text ilike '%canary%' or t::text like $1`, [
          `%${personId}%`,
        ]);
        if ((rowCount ?? 0) > 0) found.push(name);
      }
      return found;
    });

  it('is unknown afterwards, while what they decided stays under a pseudonym, certified', async () => {
    const id = await erasure.member(owner, personId);
    const certificate = await erasure.certificate(tenantId, id);
    expect(await stillNamed()).toEqual(['audit_event']);
    // The record keeps who by an id that now stands for nobody.
    const events = await tx.run(tenantId, () =>
      tx.query<{ label: string; ip: string | null }>(
        `select actor_label as label, source_ip as ip from audit_event where tenant_id = $1 and actor_id = $2`,
        [tenantId, personId],
      ),
    );
    expect(events).toEqual([{ label: 'Erased', ip: null }]);
    expect(await rejection()).toEqual({ id: certificate.subjectLabel, label: certificate.subjectLabel, reason: 'Wrong hours' });
    expect(certificate.subjectLabel).toMatch(/^Former member [0-9a-f]{4}$/);
    expect(
      opened.module.get(Certificates).isGenuine({
        sha256: certificate.sha256,
        signature: certificate.signature,
        body: certificate.body as never,
      }),
    ).toBe(true);
    expect(certificate.body).toMatchObject({
      kind: 'person',
      account: 'erased',
      rows: { membership: 1, session: 1, invoice_view: 1, 'reviewer.email': 1, 'rejection.rejected_by_label': 1 },
    });
    expect(JSON.stringify(certificate.body)).not.toMatch(/canary/i);
    expect(await left(personId)).toEqual([]);
    expect(await erasure.list(tenantId)).toHaveLength(1);
  });

  it('whose address and name are the tail or the head of another’s leaves the other’s whole', async () => {
    const others = [`mc${EMAIL}`, `x.${EMAIL}`, `${EMAIL}.au`, `Ana ${NAME}son`.replace('(Ops)', 'Ops'), `De${NAME}`];
    const reason = (text: string) => `Ask ${text}, not ${others.join(', ')}.`;
    await asOwner('update rejection set reason = $2, rejected_by_label = $3 where tenant_id = $1', [tenantId, reason(EMAIL), others[1]]);
    await asOwner('update reviewer set email = $2, name = $3 where tenant_id = $1', [tenantId, others[0], others[4]]);
    const certificate = await erasure.certificate(tenantId, await erasure.member(owner, personId));
    const mark = certificate.subjectLabel.slice(-4);
    expect(await rejection()).toMatchObject({ label: others[1], reason: reason(`former-${mark}-2@erased.invalid`) });
    const people = await tx.run(tenantId, () => tx.query('select email, name from reviewer where tenant_id = $1', [tenantId]));
    expect(people).toEqual([{ email: others[0], name: others[4] }]);
  });

  it('may take longer than other statements', async () => {
    await whileDeletingIsSlow(database, 'membership', 0.6, () =>
      tx.run(tenantId, async () => {
        await tx.execute("set local statement_timeout = '300ms'");
        await opened.module.get(ErasureRepository).person(personId, [EMAIL], 'Former member 3f2a', 'former-3f2a@erased.invalid');
      }),
    );
    expect(await left(personId)).not.toContain('membership');
  });

  it('keeps their sign-in for another company, and nothing there changes', async () => {
    const other = await createTenant(database.ownerUrl, 'Other');
    await aMember(other, 'member', NAME, EMAIL, personId);
    const id = await erasure.member(owner, personId);
    expect((await left(personId)).toSorted()).toEqual(['identity', 'membership', 'person', 'session']);
    expect((await erasure.certificate(tenantId, id)).body).toMatchObject({
      account: 'member',
      kept: expect.arrayContaining([expect.stringContaining('another company')]) as unknown,
    });
    await erasure.member(aKey(other, 'owner'), personId);
    expect(await left(personId)).toEqual([]);
  });

  it('whose accepted invitation stands elsewhere is left as a row without a name', async () => {
    const other = await createTenant(database.ownerUrl, 'Other');
    await asOwner(
      `insert into invitation (tenant_id, id, email, role, invited_by, link_by, created_at, expires_at, accepted_at, accepted_by)
       values ($1, $1, $3, 'member', 'x', 'email', now(), now(), now(), $2)`,
      [other, personId, EMAIL],
    );
    await erasure.member(owner, personId);
    expect(await left(personId)).toEqual(['person']);
    await withClient(database.ownerUrl, async (client) => {
      expect((await client.query('select name from person where id = $1', [personId])).rows).toEqual([{ name: 'Former member' }]);
    });
    await asOwner('delete from invitation where tenant_id = $1', [other]);
  });

  it('under a hold loses the way in and keeps the name on what is held, and the certificate says so', async () => {
    await opened.module.get(Holds).set(owner, { scope: 'invoice', subject: '10000', reason: 'Dispute 17' });
    const id = await erasure.member(owner, personId);
    expect(await left(personId)).toEqual([]);
    expect((await rejection())?.label).toBe(NAME);
    expect((await erasure.certificate(tenantId, id)).body).toMatchObject({
      kept: expect.arrayContaining([expect.stringContaining('Dispute 17')]) as unknown,
    });
    await asOwner('delete from rejection where tenant_id = $1', [tenantId]);
    await asOwner('delete from reviewer where tenant_id = $1', [tenantId]);
    await asOwner('delete from audit_event where tenant_id = $1', [tenantId]);
  });

  it('who is the last owner, oneself, or nobody is not erased', async () => {
    const boss = await aMember(tenantId, 'owner', 'Only Owner', 'only@northlight.example');
    await expect(erasure.member(owner, boss)).rejects.toThrow('last owner');
    await expect(erasure.member({ ...owner, personId }, personId)).rejects.toThrow('themselves');
    await expect(erasure.member(owner, uuidv7())).rejects.toMatchObject({ kind: 'not_found' });
    await expect(erasure.named(owner, 'person', '', EMAIL.toUpperCase())).rejects.toThrow('is a member');
    await expect(erasure.certificate(tenantId, uuidv7())).rejects.toMatchObject({ kind: 'not_found' });
    await erasure.member(owner, personId);
  });

  it('who are the last two owners and erase each other at the same moment leave one', async () => {
    for (let round = 0; round < 4; round += 1) {
      const here = await createTenant(database.ownerUrl, `Two owners ${round}`);
      const two = await Promise.all(
        [1, 2].map((one) => aMember(here, 'owner', `Owner ${round}${one}`, `o${round}${one}@northlight.example`)),
      );
      const [one = '', other = ''] = two;
      const by = (id: string): Principal => ({ ...aKey(here, 'owner'), personId: id });
      const ended = await Promise.allSettled([erasure.member(by(one), other), erasure.member(by(other), one)]);
      expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const owners = await tx.run(here, () => tx.query('select 1 from membership where tenant_id = $1', [here]));
      expect(owners).toHaveLength(1);
    }
  });

  it('of a client is erased by name and address, too', async () => {
    await erasure.member(owner, personId);
    await tx.run(tenantId, () =>
      tx.execute(`update customer set data = data || '{"email": "Pat@client.example"}' where tenant_id = $1`, [tenantId]),
    );
    const id = await erasure.named(owner, 'contact', 'Pat Client', 'pat@client.example');
    const [row] = await tx.run(tenantId, () =>
      tx.query<{ data: { email: string } }>('select data from customer where tenant_id = $1', [tenantId]),
    );
    expect(row?.data.email).toMatch(/^former-[0-9a-f]{4}@erased\.invalid$/);
    expect((await erasure.certificate(tenantId, id)).body).toMatchObject({
      kind: 'contact',
      rows: { 'customer.data': 1 },
      account: 'none',
    });
  });

  it.each([
    ['', ''],
    ['Al', ''],
    ['Alan Smith', 'nowhere'],
  ])('called %j <%s> cannot be looked for', async (name, email) => {
    await expect(erasure.named(owner, 'person', name, email)).rejects.toMatchObject({ kind: 'invalid' });
    await erasure.member(owner, personId);
  });
});
