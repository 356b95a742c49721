/** Goal: erasing a person, retention and the end of a tenant take what they must from the audit log, and the rest still verifies. */
import 'reflect-metadata';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FixedClock } from '../../src/platform/clock/fixed-clock.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { SYSTEM, type Actor } from '../../src/database/audit/actor.js';
import { AuditLog } from '../../src/database/audit/audit-log.js';
import { AuditKeeper } from '../../src/database/audit/audit-keeper.js';
import { AuditSealer } from '../../src/database/audit/audit-sealer.js';
import { walkChain, type ExportedHead, type Walked } from '../../src/database/audit/audit-walk.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, whileDeletingIsSlow, type TestDatabase } from '../support/database.js';
import { pastTheTriggers } from '../support/without-triggers.js';
import { createTenant } from '../support/tenant.js';

const dana: Actor = { kind: 'person', id: uuidv7(), label: 'Dana Reyes', sourceIp: '203.0.113.7' };
const max: Actor = { kind: 'person', id: uuidv7(), label: 'Max Ito', sourceIp: '203.0.113.8' };
const KNOWN = ['Dana Reyes', 'dana@lumen.example'];
const DAY = 86_400_000;

let database: TestDatabase;
let module: TestingModule;
let tx: TenantTransaction;
let keeper: AuditKeeper;
let sealer: AuditSealer;
const clock = new FixedClock(new Date());

beforeAll(async () => {
  database = await createTestDatabase();
  module = await Test.createTestingModule({ imports: [DatabaseModule.connect(database.appUrl, database.schedulerUrl)] })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  [tx, keeper, sealer] = [module.get(TenantTransaction), module.get(AuditKeeper), module.get(AuditSealer)];
});
afterAll(async () => {
  await module.close();
  await database.drop();
});

async function record(
  tenantId: string,
  actor: Actor,
  action: string,
  subject: { kind: string; id: string },
  before?: object,
  after?: object,
) {
  await tx.run(tenantId, () => module.get(AuditLog).record(actor, { action, subject, ...(before && { before }), ...(after && { after }) }));
}

async function walk(tenantId: string, exported?: ExportedHead): Promise<Walked> {
  return await walkChain((sql, values) => tx.run(tenantId, () => tx.query(sql, values)), tenantId, exported);
}

async function everythingSaid(tenantId: string): Promise<string> {
  const events = await tx.run(tenantId, () => tx.query('select * from audit_event where tenant_id = $1 order by at, id', [tenantId]));
  const seals = await tx.run(tenantId, () => tx.query('select salts, commitments from audit_seal where tenant_id = $1', [tenantId]));
  return JSON.stringify([events, seals]);
}

async function aBusyTenant(): Promise<string> {
  const tenantId = await createTenant(database.ownerUrl, 'Busy');
  await record(tenantId, max, 'member.invited', { kind: 'invitation', id: uuidv7() }, undefined, {
    email: 'dana@lumen.example',
    role: 'admin',
  });
  await record(tenantId, dana, 'invoice.approved', { kind: 'invoice', id: 'i' }, undefined, { total: '12.00' });
  await record(tenantId, max, 'reviewer.added', { kind: 'invoice', id: 'i' }, undefined, { name: 'Dana Reyes' });
  await record(
    tenantId,
    SYSTEM,
    'mail.sent',
    { kind: 'mail', id: 'm' },
    { to: ['Dana <DANA@lumen.example>', 'max@lumen.example'] },
    { kept: 'yes' },
  );
  await record(tenantId, max, 'member.removed', { kind: 'person', id: dana.id }, { email: 'd.old@lumen.example', role: 'admin' });
  await record(tenantId, max, 'invoice.rejected', { kind: 'invoice', id: 'j' }, undefined, { reason: 'Ask Dana Reyes again' });
  return tenantId;
}

describe('erasing a person', () => {
  it('takes every trace of them and leaves a chain that verifies', async () => {
    const tenantId = await aBusyTenant();
    const parts = await tx.run(tenantId, () => keeper.forgetPerson(dana.id, KNOWN));
    // email of the invitation; name and address of the approval; the reviewer's name; the mail's receivers; the address they left with; the reason that names them
    expect(parts).toBe(7);
    const said = await everythingSaid(tenantId);
    for (const gone of ['Dana Reyes', 'dana@lumen', 'DANA@lumen', 'd.old@', '203.0.113.7']) expect(said).not.toContain(gone);
    for (const kept of ['Max Ito', '203.0.113.8', '12.00', '"role":"admin"', '"kept":"yes"']) expect(said).toContain(kept);
    await sealer.seal(tenantId);
    expect(await walk(tenantId)).toMatchObject({ problem: undefined, links: 7, erasedParts: 7 });
  });

  it('leaves whole what is said of somebody whose address or name only contains theirs', async () => {
    const tenantId = await aBusyTenant();
    const others = ['jordana@lumen.example', 'dana@lumen.example.org', 'x.dana@lumen.example', 'Jordana Reyes', 'Dana Reyesberg'];
    await record(tenantId, max, 'mail.sent', { kind: 'mail', id: 'n' }, undefined, { to: others, reason: `Ask ${others.join(', ')}.` });
    await record(tenantId, max, 'invoice.rejected', { kind: 'invoice', id: 'k' }, undefined, {
      reason: '(dana@lumen.example): Dana Reyes.',
    });
    expect(await tx.run(tenantId, () => keeper.forgetPerson(dana.id, KNOWN))).toBe(8);
    const said = await everythingSaid(tenantId);
    expect(said).toContain(`Ask ${others.join(', ')}.`);
    expect(said).toContain(JSON.stringify(others));
    expect(said).not.toContain('(dana@lumen.example)');
  });

  it('may be asked twice, and the second time takes nothing more', async () => {
    const tenantId = await aBusyTenant();
    const forget = () => tx.run(tenantId, () => keeper.forgetPerson(dana.id, KNOWN));
    expect([await forget(), await forget()]).toEqual([7, 0]);
    await sealer.seal(tenantId);
    expect(await walk(tenantId)).toMatchObject({ problem: undefined, links: 8, erasedParts: 7 });
  });

  it('touches no other tenant', async () => {
    const [tenantId, other] = [await aBusyTenant(), await aBusyTenant()];
    await sealer.seal(other);
    const before = await everythingSaid(other);
    await tx.run(tenantId, () => keeper.forgetPerson(dana.id, KNOWN));
    expect(await everythingSaid(other)).toBe(before);
  });

  it('is seen when somebody uses it as a cloak for more', async () => {
    const tenantId = await aBusyTenant();
    await tx.run(tenantId, () => keeper.forgetPerson(dana.id, KNOWN));
    await sealer.seal(tenantId);
    await pastTheTriggers(database.ownerUrl, async (owner) => {
      const { rows } = await owner.query<{ id: string }>(
        "select id from audit_event where tenant_id = $1 and action = 'audit.person_forgotten'",
        [tenantId],
      );
      await owner.query(
        "update audit_event set actor_label = 'Erased' where tenant_id = $1 and actor_label = 'Max Ito' and action = 'invoice.rejected'",
        [tenantId],
      );
      await owner.query(
        `update audit_seal set salts = salts || $2 where tenant_id = $1 and event_id =
           (select id from audit_event where tenant_id = $1 and action = 'invoice.rejected')`,
        [tenantId, JSON.stringify({ actor: { erasedBy: rows[0]?.id } })],
      );
    });
    expect((await walk(tenantId)).problem).toMatch(/^8 values are said to be erased by event/);
  });

  it('waits while somebody else’s event has no seal yet', async () => {
    const tenantId = await aBusyTenant();
    const [row] = await tx.run(tenantId, () =>
      tx.query<{ parts: number | null }>('select audit_forget_person($1, $2, $3, now()) as parts', [dana.id, KNOWN, uuidv7()]),
    );
    expect(row?.parts).toBeNull();
    expect(await everythingSaid(tenantId)).toContain('dana@lumen');
  });
});

describe('retention', () => {
  it('removes what is old for good, step by step, and the rest begins at a checkpoint', async () => {
    const tenantId = await createTenant(database.ownerUrl, 'Old');
    const now = new Date();
    for (let n = 0; n < 10; n += 1) {
      clock.moveTo(new Date(now.getTime() - (n < 7 ? 100 - n : 5) * DAY));
      await record(tenantId, max, `invoice.n${n}`, { kind: 'invoice', id: 'i' });
    }
    clock.moveTo(now);
    await sealer.seal(tenantId);
    const old = await tx.run(tenantId, async () => {
      const [seal] = await tx.query<ExportedHead>(
        "select sequence::int as sequence, encode(hash, 'hex') as hash from audit_seal where tenant_id = $1 and sequence = 7",
        [tenantId],
      );
      return seal;
    });
    const expire = () => tx.run(tenantId, () => keeper.expire(new Date(now.getTime() - 60 * DAY), 4));
    expect([await expire(), await expire(), await expire()]).toEqual([4, 3, 0]);
    await sealer.seal(tenantId);
    // Three of the ten, and the two events that tell of the removal.
    expect(await walk(tenantId)).toMatchObject({
      problem: undefined,
      links: 5,
      through: 12,
      notes: ['Links up to 7 were removed by retention.'],
    });
    expect((await walk(tenantId, old)).problem).toBeUndefined();
    expect((await walk(tenantId, { sequence: 7, hash: 'ab' })).problem).toMatch(/^The chain begins after link 7, which is not the link/);
    expect((await walk(tenantId, { sequence: 3, hash: 'ab' })).notes).toContain(
      'The exported head, link 3, was removed by retention since.',
    );
    expect(await everythingSaid(tenantId)).not.toContain('invoice.n6');
  });

  it('never takes what is younger than thirty days', async () => {
    const tenantId = await aBusyTenant();
    await expect(tx.run(tenantId, () => keeper.expire(new Date()))).rejects.toThrow('younger than 30 days');
  });
});

describe('the end of a tenant', () => {
  it('removes its whole audit, once it is marked as deleted', async () => {
    const [tenantId, other] = [await aBusyTenant(), await aBusyTenant()];
    for (const id of [tenantId, other]) await sealer.seal(id);
    await expect(tx.run(tenantId, () => keeper.close())).rejects.toThrow('Only the audit of a deleted tenant');
    await withClient(database.ownerUrl, (owner) => owner.query('update tenant set deleted_at = now() where id = $1', [tenantId]));
    expect(await tx.run(tenantId, () => keeper.close())).toEqual({
      sequence: '6',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    await withClient(database.ownerUrl, async (owner) => {
      for (const table of ['audit_event', 'audit_seal', 'audit_chain', 'audit_unsealed', 'audit_checkpoint']) {
        expect((await owner.query(`select from ${table} where tenant_id = $1`, [tenantId])).rowCount, table).toBe(0);
      }
    });
    expect(await walk(other)).toMatchObject({ problem: undefined, links: 6 });
  });

  it('may take longer than other statements', async () => {
    const tenantId = await aBusyTenant();
    await withClient(database.ownerUrl, (owner) => owner.query('update tenant set deleted_at = now() where id = $1', [tenantId]));
    await whileDeletingIsSlow(database, 'audit_seal', 0.6, () =>
      tx.run(tenantId, async () => {
        await tx.execute("set local statement_timeout = '300ms'");
        await keeper.close();
      }),
    );
    expect(await walk(tenantId)).toMatchObject({ links: 0 });
  });

  it('needs a tenant, like everything that the keeper does', async () => {
    await withClient(database.appUrl, async (app) => {
      for (const call of [
        'audit_close()',
        "audit_expire('2020-01-01', 1, gen_random_uuid(), now())",
        "audit_forget_person(gen_random_uuid(), '{}', gen_random_uuid(), now())",
      ]) {
        await expect(app.query(`select ${call}`), call).rejects.toThrow('No tenant is named');
      }
    });
  });
});

describe('room for what is to come', () => {
  it('is made by the app itself, secured like every partition, once', async () => {
    const tenantId = await createTenant(database.ownerUrl, 'Later');
    const make = () => keeper.makePartitions(60);
    expect(await make()).toBeGreaterThan(20);
    expect(await make()).toBe(0);
    const [year, month] = [new Date().getUTCFullYear() + 4, 6];
    clock.moveTo(new Date(Date.UTC(year, month, 1)));
    await record(tenantId, max, 'invoice.later', { kind: 'invoice', id: 'i' });
    clock.moveTo(new Date());
    await sealer.seal(tenantId);
    expect(await walk(tenantId)).toMatchObject({ problem: undefined, links: 1 });
    await withClient(database.ownerUrl, async (owner) => {
      const { rows } = await owner.query<{ name: string }>(
        `select relname as name from pg_class where relname like 'audit_event_2%' and relkind = 'r' and not (relrowsecurity and relforcerowsecurity
           and exists (select from pg_policy where polrelid = pg_class.oid and polname = 'tenant_isolation'))`,
      );
      expect(rows).toEqual([]);
    });
    await expect(tx.run(tenantId, () => tx.query(`select from audit_event_${year}0${month + 1}`))).rejects.toThrow('permission denied');
  });
});
