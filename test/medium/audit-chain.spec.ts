/**
 * Goal: what the audit log says cannot be changed unseen, not even by the owner of the database, and erasing a person keeps
 * it provable. Real Postgres; the tampering is done by a superuser with the triggers switched off.
 */
import 'reflect-metadata';
import { Test, type TestingModule } from '@nestjs/testing';
import type { ClientBase } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import type { Actor } from '../../src/database/audit/actor.js';
import { AuditLog } from '../../src/database/audit/audit-log.js';
import { AuditSealer } from '../../src/database/audit/audit-sealer.js';
import { walkChain, type ExportedHead, type Walked } from '../../src/database/audit/audit-walk.js';
import { AuditWatch } from '../../src/database/audit/audit-watch.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { pastTheTriggers } from '../support/without-triggers.js';
import { createTenant } from '../support/tenant.js';

const DANA: Actor = { kind: 'person', id: uuidv7(), label: 'Dana Reyes', sourceIp: '203.0.113.7' };
const EVENTS = 6;
const subject = { kind: 'invoice', id: 'i-1' };

let database: TestDatabase;
let module: TestingModule;
let tx: TenantTransaction;
let audit: AuditLog;
let sealer: AuditSealer;
let here: string;

beforeAll(async () => {
  database = await createTestDatabase();
  module = await Test.createTestingModule({ imports: [DatabaseModule.connect(database.appUrl, database.schedulerUrl)] }).compile();
  [tx, audit, sealer] = [module.get(TenantTransaction), module.get(AuditLog), module.get(AuditSealer)];
});
afterAll(async () => {
  await module.close();
  await database.drop();
});
beforeEach(async () => {
  here = await aTenantWithEvents();
});

async function record(tenantId: string, action: string, after: object = {}, actor = DANA): Promise<void> {
  await tx.run(tenantId, () => audit.record(actor, { action, subject, after }));
}

async function aTenantWithEvents(): Promise<string> {
  const tenantId = await createTenant(database.ownerUrl, 'Chained');
  await tx.run(tenantId, async () => {
    for (let n = 1; n <= EVENTS; n += 1) {
      const after = { total: `${n}.00`, name: 'Dana Reyes', note: { to: ['dana@lumen.example'] }, list: [n, null] };
      await audit.record(DANA, { action: 'invoice.approved', subject, after });
    }
  });
  expect(await sealer.seal(tenantId)).toBe(EVENTS);
  return tenantId;
}

/** As the app's role. */
async function walk(tenantId = here, exported?: ExportedHead): Promise<Walked> {
  return await walkChain((sql, values) => tx.run(tenantId, () => tx.query(sql, values)), tenantId, exported);
}

const asOwner = async <T>(work: (owner: ClientBase) => Promise<T>): Promise<T> => await pastTheTriggers(database.ownerUrl, work);

async function idAt(owner: ClientBase, sequence: number): Promise<string> {
  const { rows } = await owner.query<{ id: string }>('select event_id as id from audit_seal where tenant_id = $1 and sequence = $2', [
    here,
    sequence,
  ]);
  return rows[0]?.id ?? '';
}

async function head(tenantId: string): Promise<ExportedHead> {
  const heads = await module.get(AuditWatch).heads();
  const found = heads.find((one) => one.tenantId === tenantId);
  if (!found) throw new Error('There is no head');
  return found;
}

describe('a chain', () => {
  it('holds when nobody touched it, and goes on where it ended', async () => {
    expect(await walk()).toMatchObject({ problem: undefined, links: EVENTS, through: EVENTS, waiting: 0 });
    await record(here, 'invoice.rejected');
    expect(await walk()).toMatchObject({ problem: undefined, links: EVENTS, waiting: 1 });
    await sealer.seal(here);
    expect(await walk()).toMatchObject({ problem: undefined, links: EVENTS + 1, waiting: 0 });
  });

  it('gives everything that people do with their access a heading of its own', async () => {
    for (const action of ['session.opened', 'api_key.created', 'connection.connected', 'connection.paused', 'invoice.opened'])
      await record(here, action);
    const rows = await tx.run(here, () =>
      tx.query<{ action: string }>("select action from audit_event where tenant_id = $1 and category = 'security' order by id", [here]),
    );
    expect(rows.map(({ action }) => action)).toEqual(['session.opened', 'api_key.created', 'connection.connected']);
  });

  it('passes over nobody whose transaction commits late', async () => {
    const late = await createTenant(database.ownerUrl, 'Late');
    const { promise: maySave, resolve: save } = Promise.withResolvers<undefined>();
    const { promise: written, resolve: wrote } = Promise.withResolvers<undefined>();
    const slow = tx.run(late, async () => {
      await audit.record(DANA, { action: 'invoice.slow', subject });
      wrote(undefined);
      await maySave;
    });
    await written;
    await record(late, 'invoice.quick');
    expect(await sealer.seal(late)).toBe(1);
    save(undefined);
    await slow;
    expect(await sealer.seal(late)).toBe(1);
    expect(await walk(late)).toMatchObject({ problem: undefined, links: 2, waiting: 0 });
  });

  it('has one writer, however many try, and no event twice', async () => {
    const busy = await createTenant(database.ownerUrl, 'Busy');
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; n < 25; n += 1) await record(busy, `invoice.w${writer}`, { n });
    });
    const sealers = Array.from({ length: 4 }, async () => {
      for (let n = 0; n < 15; n += 1) await sealer.seal(busy, 7);
    });
    await Promise.all([...writers, ...sealers]);
    while ((await sealer.seal(busy, 7)) > 0);
    expect(await walk(busy)).toMatchObject({ problem: undefined, links: 100, through: 100, waiting: 0 });
  });

  it('leaves the tenant to the sealer that came first', async () => {
    await record(here, 'invoice.waits');
    await withClient(database.ownerUrl, async (other) => {
      await other.query('begin');
      await other.query('select from audit_chain where tenant_id = $1 for update', [here]);
      expect(await sealer.seal(here)).toBe(0);
      await other.query('rollback');
    });
    expect(await sealer.seal(here)).toBe(1);
  });

  it('shows the scheduler who waits, and for how long', async () => {
    const watch = module.get(AuditWatch);
    expect(await watch.waiting(100)).not.toContain(here);
    await record(here, 'invoice.waits');
    await withClient(database.ownerUrl, (owner) =>
      owner.query("update audit_unsealed set queued_at = now() - interval '2 minutes' where tenant_id = $1", [here]),
    );
    expect((await watch.waiting(1))[0]).toBe(here);
    expect(await watch.longestWait()).toBeGreaterThan(119);
    await sealer.seal(here);
  });
});

describe('tampering', () => {
  const set = (assignment: string) => async (owner: ClientBase) =>
    void (await owner.query(`update audit_event set ${assignment} where tenant_id = $1 and id = $2`, [here, await idAt(owner, 3)]));
  const seal = (sql: string) => async (owner: ClientBase) => void (await owner.query(sql, [here]));

  // [what was done, how, what the walk says]
  it.each<[string, (owner: ClientBase) => Promise<void>, RegExp]>([
    ['another actor', set("actor_id = 'mallory'"), /^Link 3 .* was changed/],
    ['another kind of actor', set("actor_kind = 'system'"), /^Link 3 .* was changed/],
    ['another name', set("actor_label = 'Mallory'"), /^Link 3 .* was changed: actor is not what/],
    ['another action', set("action = 'invoice.rejected'"), /^Link 3 .* was changed/],
    ['another subject', set("subject_id = 'i-2'"), /^Link 3 .* was changed/],
    ['another kind of subject', set("subject_kind = 'posting'"), /^Link 3 .* was changed/],
    ['another address', set("source_ip = '198.51.100.1'"), /^Link 3 .* was changed: source is not what/],
    ['no address', set('source_ip = null'), /^Link 3 .* was changed: source is not what/],
    ['another amount', set(`after = jsonb_set(after, '{total}', '"9.00"')`), /^Link 3 .* was changed: after.total is not what/],
    ['something deep inside', set(`after = jsonb_set(after, '{note,to,0}', '"m@evil.example"')`), /^Link 3 .*: after.note is not what/],
    ['one field more', set(`after = after || '{"more": 1}'`), /^Link 3 .*: after.more was added/],
    ['one field less', set("after = after - 'total'"), /^Link 3 .*: after.total was taken out/],
    ['nothing after', set('after = null'), /^Link 3 .* was changed/],
    ['something before', set(`before = '{"x": 1}'`), /^Link 3 .* was changed/],
    ['an empty before', set(`before = '{}'`), /^Link 3 .* was changed/],
    ['another minute', set("at = at - interval '1 minute'"), /^Link 3 .* has lost its event/],
    ['another id', set('id = gen_random_uuid()'), /^Link 3 .* has lost its event/],
    ['a value that pretends to be erased', set("actor_label = 'Erased'"), /^Link 3 .* was changed: actor is not what/],
    [
      'a value that pretends to be erased, with its salt gone',
      async (owner) => {
        await set("actor_label = 'Erased'")(owner);
        await owner.query("update audit_seal set salts = salts - 'actor' where tenant_id = $1 and sequence = 3", [here]);
      },
      /^Link 3 .*: actor is said to be erased and nobody noted it/,
    ],
    [
      'a value that names an erasure which never was',
      async (owner) => {
        await set("actor_label = 'Erased'")(owner);
        const note = JSON.stringify({ actor: { erasedBy: await idAt(owner, 1) } });
        await owner.query('update audit_seal set salts = salts || $2 where tenant_id = $1 and sequence = 3', [here, note]);
      },
      /^1 values are said to be erased by event/,
    ],
    [
      'an event removed',
      async (o) => void (await o.query('delete from audit_event where id = $1', [await idAt(o, 3)])),
      /^Link 3 .* has lost its event/,
    ],
    ['a link removed', seal('delete from audit_seal where tenant_id = $1 and sequence = 3'), /^Link 3 is missing: the next one is 4/],
    [
      'an event removed with its link, and the rest moved up',
      async (owner) => {
        await owner.query('delete from audit_event where id = $1', [await idAt(owner, 3)]);
        await owner.query('delete from audit_seal where tenant_id = $1 and sequence = 3', [here]);
        await owner.query('update audit_seal set sequence = sequence - 1 where tenant_id = $1 and sequence > 3', [here]);
        await owner.query('update audit_chain set sequence = sequence - 1 where tenant_id = $1', [here]);
      },
      /^Link 3 .* does not follow link 2/,
    ],
    [
      'two links exchanged',
      async (owner) => {
        for (const [from, to] of [
          [3, 99],
          [4, 3],
          [99, 4],
        ]) {
          await owner.query('update audit_seal set sequence = $3 where tenant_id = $1 and sequence = $2', [here, from, to]);
        }
      },
      /^Link 3 .* does not follow link 2/,
    ],
    [
      'a hash overwritten',
      seal("update audit_seal set hash = sha256('x') where tenant_id = $1 and sequence = 3"),
      /^Link 3 .* was changed: its hash/,
    ],
    [
      'a link cut',
      seal("update audit_seal set previous = sha256('x') where tenant_id = $1 and sequence = 3"),
      /^Link 3 .* does not follow/,
    ],
    [
      'a commitment exchanged',
      seal('update audit_seal set commitments = commitments || \'{"actor": "00"}\' where tenant_id = $1 and sequence = 3'),
      /^Link 3 .* was changed: its hash/,
    ],
    ['the tail cut', seal('delete from audit_seal where tenant_id = $1 and sequence > 4'), /^Link 5 is missing: the chain ends there/],
    ['the beginning cut', seal('delete from audit_seal where tenant_id = $1 and sequence < 3'), /^Link 1 is missing: the next one is 3/],
    [
      'the head set back',
      seal('update audit_chain set sequence = 4 where tenant_id = $1'),
      /^The head of the chain is not the hash of its last link, 4/,
    ],
    [
      'the head set back to a true link',
      seal(
        `update audit_chain c set sequence = 4, hash = s.hash from audit_seal s where c.tenant_id = $1 and s.tenant_id = $1 and s.sequence = 4`,
      ),
      /^Link 5 stands beyond the head/,
    ],
    ['the head removed', seal('delete from audit_chain where tenant_id = $1'), /^Link 1 stands beyond the head/],
    [
      'a checkpoint that no retention made',
      async (owner) => {
        await owner.query(
          `insert into audit_checkpoint (tenant_id, sequence, hash, events, noted_as, made_at)
             select tenant_id, sequence, hash, 2, event_id, now() from audit_seal where tenant_id = $1 and sequence = 2`,
          [here],
        );
        await owner.query('delete from audit_seal where tenant_id = $1 and sequence <= 2', [here]);
      },
      /^The chain begins after link 2, and no event of retention says so/,
    ],
    [
      'an event slipped in',
      seal(`insert into audit_event (tenant_id, id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id)
              values ($1, gen_random_uuid(), now(), 'person', 'm', 'M', 'invoice.approved', 'invoice', 'i')`),
      /has no seal and does not wait for one/,
    ],
    [
      'an event doubled at another instant',
      async (owner) =>
        void (await owner.query(
          `insert into audit_event (tenant_id, id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id)
             select tenant_id, id, at + interval '1 second', actor_kind, actor_id, actor_label, action, subject_kind, subject_id
               from audit_event where tenant_id = $1 and id = $2`,
          [here, await idAt(owner, 3)],
        )),
      /has no seal and does not wait for one/,
    ],
  ])('is found: %s', async (_name, tamper, complaint) => {
    expect((await walk()).problem).toBeUndefined();
    await asOwner(tamper);
    expect((await walk()).problem).toMatch(complaint);
  });

  it('is found when the chain of another tenant is put in its place', async () => {
    const there = await aTenantWithEvents();
    await asOwner(async (owner) => {
      for (const table of ['audit_event', 'audit_seal', 'audit_chain']) {
        await owner.query(`delete from ${table} where tenant_id = $1`, [here]);
        await owner.query(`update ${table} set tenant_id = $1 where tenant_id = $2`, [here, there]);
      }
    });
    expect((await walk()).problem).toMatch(/^Link 1 .* does not follow link 0/);
  });

  it('is found when an event goes before it was sealed', async () => {
    await record(here, 'invoice.embarrassing');
    await asOwner((owner) => owner.query("delete from audit_event where tenant_id = $1 and action = 'invoice.embarrassing'", [here]));
    expect((await walk()).problem).toMatch(/was removed before it was sealed/);
    expect(await sealer.seal(here)).toBe(0);
  });

  it('is found by an exported head, even where everything was written anew', async () => {
    const exported = await head(here);
    await asOwner(async (owner) => {
      await set("action = 'invoice.rejected'")(owner);
      await owner.query('insert into audit_unsealed (tenant_id, at, id) select tenant_id, at, id from audit_event where tenant_id = $1', [
        here,
      ]);
      for (const table of ['audit_seal', 'audit_chain']) await owner.query(`delete from ${table} where tenant_id = $1`, [here]);
    });
    await sealer.seal(here);
    expect((await walk()).problem).toBeUndefined();
    expect((await walk(here, exported)).problem).toMatch(/^Link 6 .* is not the link that was exported/);
  });

  it('is found by an exported head when the tail is gone without a trace', async () => {
    const exported = await head(here);
    await asOwner(async (owner) => {
      await owner.query('delete from audit_event e using audit_seal s where s.tenant_id = $1 and s.sequence > 4 and e.id = s.event_id', [
        here,
      ]);
      await owner.query('delete from audit_seal where tenant_id = $1 and sequence > 4', [here]);
      await owner.query(
        `update audit_chain c set sequence = 4, hash = s.hash from audit_seal s where c.tenant_id = $1 and s.tenant_id = $1 and s.sequence = 4`,
        [here],
      );
    });
    expect((await walk()).problem).toBeUndefined();
    expect((await walk(here, exported)).problem).toMatch(/^The exported head is link 6, and the chain ends with link 4/);
  });

  it('is refused to the app', async () => {
    const tries = [
      'update audit_seal set sequence = 9',
      'delete from audit_seal',
      'delete from audit_checkpoint',
      "update audit_event set action = 'x'",
    ];
    for (const sql of tries) await expect(tx.run(here, () => tx.execute(sql))).rejects.toThrow(/permission denied/);
    await expect(withClient(database.ownerUrl, (owner) => owner.query('delete from audit_seal'))).rejects.toThrow(/never changed/);
  });
});
