/** Goal: before a tenant is known, the app reaches people, sessions and keys only by the hash of a secret. Real Postgres, as the app role. */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { PgBoss } from 'pg-boss';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../src/platform/postgres/roles.js';
import { CredentialRepository } from '../../src/identity/credential.repository.js';
import { PersonRepository } from '../../src/identity/person.repository.js';
import { SessionRepository } from '../../src/identity/session.repository.js';
import { ApiKeyEntity } from '../../src/identity/api-key.entity.js';
import { MembershipEntity } from '../../src/identity/membership.entity.js';
import { dataModules } from '../support/data-modules.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTenant } from '../support/tenant.js';

const NOW = new Date('2026-05-04T10:00:00Z');
const IDLE = 3_600;
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

let database: TestDatabase;
let module: TestingModule;
let tx: TenantTransaction;
let people: PersonRepository;
let sessions: SessionRepository;
let credentials: CredentialRepository;
let here: string;
let there: string;

beforeAll(async () => {
  database = await createTestDatabase();
  module = await Test.createTestingModule({ imports: [...dataModules(database)] }).compile();
  tx = module.get(TenantTransaction);
  people = module.get(PersonRepository);
  sessions = module.get(SessionRepository);
  credentials = module.get(CredentialRepository);
  here = await createTenant(database.ownerUrl, 'Here');
  there = await createTenant(database.ownerUrl, 'There');
});

afterAll(async () => {
  await module.get(PgBoss).stop({ graceful: false });
  await module.close();
  await database.drop();
});

async function join(tenantId: string, personId: string, email: string): Promise<void> {
  await tx.run(tenantId, () =>
    tx.rows(MembershipEntity).insert({ tenantId, personId, email, name: `${email} here`, role: 'member', limits: {}, joinedAt: NOW }),
  );
}

async function session(personId: string, tenantId: string | null, replaces: Buffer | null = null): Promise<Buffer> {
  const idHash = randomBytes(32);
  await sessions.open({ idHash, personId, tenantId, at: NOW, expiresAt: later(24 * 60), replaces });
  return idHash;
}

describe('the app role', () => {
  it.each(['person', 'identity', 'session', 'credential_lookup', 'tenant'])('cannot read, write or empty %s', async (table) => {
    const run = (sql: string) => tx.run(here, () => tx.query(sql));
    await expect(run(`select * from ${table}`)).rejects.toThrow(/permission denied/);
    await expect(run(`delete from ${table}`)).rejects.toThrow(/permission denied/);
    await expect(run(`insert into ${table} default values`)).rejects.toThrow(/permission denied/);
    await expect(run(`truncate ${table}`)).rejects.toThrow(/permission denied/);
  });

  it.each(['membership', 'invitation', 'api_key', 'email_code', 'outgoing_email'])('sees no row of %s without a tenant', async (table) => {
    expect(await module.get(DataSource).query(`select * from ${table}`)).toEqual([]);
  });

  it('cannot become the owner of the functions', async () => {
    await expect(tx.run(here, () => tx.query('set role countersign_definer'))).rejects.toThrow(/permission denied/);
  });
});

describe('every function that runs with its owner’s rights', () => {
  it('belongs to the definer or the keeper, pins its search path and is open to the app alone', async () => {
    const rows = await withClient(database.ownerUrl, async (client) => {
      const { rows: found } = await client.query<{
        name: string;
        owner: string;
        path: string[] | null;
        anybody: boolean;
        scheduler: boolean;
      }>(
        `select p.proname as name, r.rolname as owner, p.proconfig as path,
           exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0) as anybody,
           has_function_privilege('countersign_scheduler', p.oid, 'execute') as scheduler
         from pg_proc p join pg_roles r on r.oid = p.proowner
         where p.pronamespace = 'public'::regnamespace and p.prosecdef`,
      );
      return found;
    });
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) {
      expect(row, row.name).toMatchObject({
        owner: expect.stringMatching(/^countersign_(definer|keeper)$/) as string,
        path: ['search_path=public, pg_temp'],
        anybody: false,
        scheduler: false,
      });
    }
  });
});

describe('sessions', () => {
  it('are found by the right hash and by no other', async () => {
    const ada = await people.create('Ada', NOW);
    await join(here, ada, 'ada@here.example');
    const id = await session(ada, here);
    expect(await sessions.resolve(id, NOW, IDLE)).toEqual({
      personId: ada,
      personName: 'ada@here.example here',
      tenantId: here,
      tenantName: 'Here',
      role: 'member',
      email: 'ada@here.example',
      method: 'unknown',
      issuer: null,
      subject: null,
      hostedDomain: null,
      ref: expect.any(String) as string,
      assuredAt: NOW,
      factorAt: null,
      hasFactor: false,
      factorDemanded: false,
      idSince: NOW,
      limits: {},
    });
    expect(await sessions.resolve(randomBytes(32), NOW, IDLE)).toBeUndefined();
    expect(await sessions.resolve(Buffer.from(''), NOW, IDLE)).toBeUndefined();
  });

  it('end when idle, when old, and when they are replaced', async () => {
    const bo = await people.create('Bo', NOW);
    const idle = await session(bo, null);
    expect(await sessions.resolve(idle, later(59), IDLE)).toBeDefined();
    expect(await sessions.resolve(idle, later(59 + 59), IDLE)).toBeDefined();
    expect(await sessions.resolve(idle, later(59 + 59 + 61), IDLE)).toBeUndefined();
    const old = await session(bo, null);
    expect(await sessions.resolve(old, later(24 * 60), 48 * IDLE)).toBeUndefined();
    const next = await session(bo, null, old);
    expect(await sessions.resolve(old, NOW, IDLE)).toBeUndefined();
    await sessions.endAllOf(bo);
    expect(await sessions.resolve(next, NOW, IDLE)).toBeUndefined();
  });

  it('get a new id while they are used, once for all who ask at the same time, and the old one is good for a minute', async () => {
    const gus = await people.create('Gus', NOW);
    const old = await session(gus, null);
    const wanted = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const done = await Promise.all(wanted.map((id) => sessions.renew(old, id, NOW, 60)));
    expect(done.filter(Boolean)).toHaveLength(1);
    const fresh = wanted[done.indexOf(true)] ?? Buffer.alloc(32);
    const lost = wanted[done.indexOf(false)] ?? Buffer.alloc(32);
    expect(await sessions.resolve(fresh, NOW, IDLE)).toMatchObject({ personId: gus, idSince: NOW });
    expect(await sessions.resolve(old, later(0.9), IDLE)).toMatchObject({ personId: gus, idSince: null });
    expect(await sessions.resolve(lost, NOW, IDLE)).toBeUndefined();
    expect(await sessions.resolve(old, later(1), IDLE)).toBeUndefined();
    expect(await sessions.renew(old, randomBytes(32), NOW, 60)).toBe(false);
  });

  it('are ended, followed and replaced by the id before, too, and a proof ends that at once', async () => {
    const hal = await people.create('Hal', NOW);
    const [one, two, three] = [await session(hal, null), randomBytes(32), randomBytes(32)];
    await sessions.renew(one, two, NOW, 60);
    expect(await sessions.rotate(one, three, NOW, false)).toBe(true);
    for (const dead of [one, two]) expect(await sessions.resolve(dead, NOW, IDLE)).toBeUndefined();
    const four = randomBytes(32);
    await sessions.renew(three, four, NOW, 60);
    const five = await session(hal, null, three);
    for (const dead of [three, four]) expect(await sessions.resolve(dead, NOW, IDLE)).toBeUndefined();
    const six = randomBytes(32);
    await sessions.renew(five, six, NOW, 60);
    await sessions.end(five);
    expect(await sessions.resolve(six, NOW, IDLE)).toBeUndefined();
  });

  it('open only a tenant that the person belongs to, and follow the membership', async () => {
    const cy = await people.create('Cy', NOW);
    await expect(session(cy, here)).rejects.toThrow('no member of that tenant');
    await join(here, cy, 'cy@here.example');
    const id = await session(cy, here);
    await tx.run(here, () => tx.rows(MembershipEntity).update({ tenantId: here, personId: cy }, { role: 'admin' }));
    expect(await sessions.resolve(id, NOW, IDLE)).toMatchObject({ role: 'admin' });
    await tx.run(here, () => tx.rows(MembershipEntity).delete({ tenantId: here, personId: cy }));
    expect(await sessions.resolve(id, NOW, IDLE)).toMatchObject({ personId: cy, tenantId: null, role: null, email: null });
  });

  it('note the visit in the membership', async () => {
    const di = await people.create('Di', NOW);
    await join(here, di, 'di@here.example');
    const id = await session(di, here);
    await sessions.resolve(id, later(2), IDLE);
    const row = await tx.run(here, () => tx.rows(MembershipEntity).findOneByOrFail({ tenantId: here, personId: di }));
    expect(row.lastSeenAt).toEqual(later(2));
  });
});

describe('people', () => {
  it('keep an identity that is theirs, whoever claims it next', async () => {
    const [eve, mallory] = [await people.create('Eve', NOW), await people.create('Mallory', NOW)];
    const identity = { issuer: 'google', subject: '42', email: 'eve@here.example' };
    expect(await people.link(identity, eve, NOW)).toBe(eve);
    expect(await people.link(identity, mallory, NOW)).toBe(eve);
    expect(await people.personBehind(identity, NOW)).toBe(eve);
    expect(await people.personBehind({ issuer: 'email', subject: 'eve@here.example' }, NOW)).toBeUndefined();
    expect(await people.personBehind({ issuer: 'google', subject: '43' }, NOW)).toBeUndefined();
  });

  it('find their tenants, the last used one first', async () => {
    const fay = await people.create('Fay', NOW);
    await join(here, fay, 'fay@here.example');
    await join(there, fay, 'fay@there.example');
    expect((await people.membershipsOf(fay)).map((each) => each.tenantName)).toEqual(['Here', 'There']);
    await session(fay, there);
    expect((await people.membershipsOf(fay)).map((each) => each.tenantName)).toEqual(['There', 'Here']);
  });
});

describe('API keys', () => {
  async function key(tenantId: string, over: Partial<ApiKeyEntity> = {}): Promise<{ id: string; hash: Buffer }> {
    const [id, hash] = [uuidv7(), randomBytes(32)];
    await tx.run(tenantId, async () => {
      await tx
        .rows(ApiKeyEntity)
        .insert({ tenantId, id, name: 'script', role: 'admin', prefix: 'cs_x', createdBy: 'Ada', createdAt: NOW, ...over });
      await credentials.register('api_key', hash, id);
    });
    return { id, hash };
  }

  it('open their tenant by hash, until they expire or are revoked', async () => {
    const { id, hash } = await key(here, { expiresAt: later(10) });
    expect(await credentials.resolveApiKey(hash, NOW, null)).toMatchObject({
      tenantId: here,
      apiKeyId: id,
      name: 'script',
      role: 'admin',
      scopes: null,
      creatorId: null,
    });
    expect(await credentials.resolveApiKey(randomBytes(32), NOW, null)).toBeUndefined();
    expect(await credentials.resolveApiKey(hash, later(10), null)).toBeUndefined();
    await tx.run(here, () => credentials.revoke('api_key', id));
    expect(await credentials.resolveApiKey(hash, NOW, null)).toBeUndefined();
  });

  it('stop working when only the row is marked as revoked', async () => {
    const { hash } = await key(here, { revokedAt: NOW });
    expect(await credentials.resolveApiKey(hash, NOW, null)).toBeUndefined();
  });

  it('cannot be made for, or taken from, another tenant', async () => {
    const { id, hash } = await key(here);
    const forged = randomBytes(32);
    await tx.run(there, () => credentials.register('api_key', forged, id));
    expect(await credentials.resolveApiKey(forged, NOW, null)).toBeUndefined();
    await tx.run(there, () => credentials.revoke('api_key', id));
    expect(await credentials.resolveApiKey(hash, NOW, null)).toBeDefined();
    await expect(module.get(DataSource).query('select register_credential($1, $2, $3)', ['api_key', randomBytes(32), id])).rejects.toThrow(
      /null value/,
    );
  });
});
