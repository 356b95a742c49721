/** Goal: people read, search and carry out the audit log of their company, and everybody sees what concerns their own access. Real HTTP and Postgres. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import type { Actor } from '../../src/database/audit/actor.js';
import { AuditLog } from '../../src/database/audit/audit-log.js';
import { AuditSealer } from '../../src/database/audit/audit-sealer.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aVisitor, startPages, type PageVisitor } from '../support/pages.js';
import { pastTheTriggers } from '../support/without-triggers.js';
import { createTenant } from '../support/tenant.js';

const DANA: Actor = { kind: 'person', id: uuidv7(), label: 'Dana Reyes', sourceIp: '203.0.113.7' };
const MANY = 60;

let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let tenantId: string;
let admin: PageVisitor;
/** Handing the log out asks for a proof, which of keys only an owner's stands in for. */
let owner: PageVisitor;
let member: PageVisitor;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ app, url } = await startPages(database));
  tenantId = await createTenant(database.ownerUrl, 'Northlight');
  admin = await aVisitor(app, url, tenantId, 'admin');
  owner = await aVisitor(app, url, tenantId, 'owner');
  member = await aVisitor(app, url, tenantId, 'member');
  await record({ action: 'session.opened', subject: { kind: 'person', id: DANA.id }, after: { method: 'google' } });
  await record({
    action: 'member.role_changed',
    subject: { kind: 'person', id: DANA.id },
    before: { email: 'dana@lumen.example', role: 'member' },
    after: { email: 'dana@lumen.example', role: 'admin' },
  });
  await record({
    action: 'invoice.rejected',
    subject: { kind: 'invoice', id: uuidv7() },
    after: { reason: '=HYPERLINK("http://evil.example")' },
  });
  await record({
    action: 'brand.changed',
    subject: { kind: 'brand', id: tenantId },
    before: { accent: 'red' },
    after: { accent: '<b>é</b>' },
  });
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function record(entry: Parameters<AuditLog['record']>[1], actor = DANA): Promise<void> {
  await app.get(TenantTransaction).run(tenantId, () => app.get(AuditLog).record(actor, entry));
}

const actions = async (): Promise<string[]> =>
  await app.get(TenantTransaction).run(tenantId, async () =>
    (
      await app
        .get(TenantTransaction)
        .rows(AuditEventEntity)
        .find({ order: { id: 'ASC' } })
    ).map(({ action }) => action),
  );

describe('the audit page', () => {
  it('tells in sentences who did what, what changed, and from where', async () => {
    const { status, text } = await admin('GET', '/settings/audit');
    expect(status).toBe(200);
    expect(text).toContain('made dana@lumen.example admin, who was member');
    expect(text).toMatch(/<del>member<\/del> <ins>admin<\/ins>/);
    expect(text).toMatch(/rejected it: <q>&#x3D;HYPERLINK/);
    expect(text).toContain('&lt;b&gt;é&lt;/b&gt;');
    expect(text).toContain('203.0.113.7');
    expect(text).toContain('API key');
  });

  // [query, what is on the page, what is not]
  it.each([
    ['category=security', 'signed in with Google', 'rejected it'],
    ['category=business', 'rejected it', 'signed in with Google'],
    ['action=invoice.rejected', 'rejected it', 'changed the brand'],
    ['action=member.', 'made dana@lumen.example admin', 'rejected it'],
    ['subjectKind=brand', 'changed the brand', 'rejected it'],
    [`person=${DANA.id}`, 'rejected it', 'made the API key'],
    ['from=2020-01-01&to=2020-01-31', 'Nothing like that happened', 'rejected it'],
    ['from=2020-01-01&person=&action=', 'rejected it', 'Nothing like that happened'],
    ['from=0000-01-01&to=2026-02-30', 'rejected it', 'Nothing like that happened'],
    ['category=gossip&from=yesterday', 'rejected it', 'Nothing like that happened'],
  ])('shows what is asked for: %s', async (query, there, absent) => {
    const { status, text } = await admin('GET', `/settings/audit?${query}`);
    expect(status).toBe(200);
    expect(text).toContain(there);
    expect(text).not.toContain(absent);
  });

  it('says how the chain stands, walks it when asked, and notes that somebody did', async () => {
    expect((await admin('GET', '/settings/audit')).text).toContain('The first events are sealed in a moment');
    await app.get(AuditSealer).seal(tenantId);
    expect((await admin('GET', '/settings/audit')).text).toContain('Sealed; the chain is verified in a moment');
    expect((await admin('POST', '/settings/audit/verification')).location).toBe('/settings/audit');
    expect((await admin('GET', '/settings/audit')).text).toContain('Sealed, and the whole chain verified');
    expect(await actions()).toContain('audit.verified');
    await withClient(database.ownerUrl, (owner) =>
      owner.query("update audit_unsealed set queued_at = now() - interval '2 minutes' where tenant_id = $1", [tenantId]),
    );
    expect((await admin('GET', '/settings/audit')).text).toContain('One event waits longer than a minute');
    await app.get(AuditSealer).seal(tenantId);
    await pastTheTriggers(database.ownerUrl, async (owner) => {
      await owner.query("update audit_event set actor_label = 'Mallory' where tenant_id = $1 and action = 'brand.changed'", [tenantId]);
    });
    await admin('POST', '/settings/audit/verification');
    expect((await admin('GET', '/settings/audit')).text).toMatch(
      /This record was tampered with. Link \d+ .*: actor is not what was sealed/,
    );
    await pastTheTriggers(database.ownerUrl, async (owner) => {
      await owner.query("update audit_event set actor_label = 'Dana Reyes' where tenant_id = $1 and action = 'brand.changed'", [tenantId]);
    });
  });

  it('goes on to older pages with the same question', async () => {
    await app.get(TenantTransaction).run(tenantId, async () => {
      for (let n = 0; n < MANY; n += 1)
        await app.get(AuditLog).record(DANA, { action: 'invoice.counted', subject: { kind: 'invoice', id: 'x' }, after: { n } });
    });
    const first = await admin('GET', '/settings/audit?action=invoice.counted');
    const readable = first.text.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
    const next = /href="([^"]+cursor=[^"]+)"/.exec(readable)?.[1] ?? '';
    const second = await admin('GET', next);
    const rows = [first, second].map(({ text }) => text.match(/<\/span> invoice counted/g)?.length);
    expect(rows).toEqual([50, 10]);
    expect(second.text).not.toContain('cursor=');
    expect((await admin('GET', '/settings/audit?cursor=nonsense')).status).toBe(422);
  });

  it('is for those who may read it, and offered to nobody else', async () => {
    for (const path of ['audit', 'audit/export.csv', 'audit/export.json'])
      expect((await member('GET', `/settings/${path}`)).status, path).toBe(403);
    expect((await member('POST', '/settings/audit/verification')).status).toBe(403);
    expect((await member('GET', '/settings/members')).text).not.toContain('href="/settings/audit"');
    expect((await admin('GET', '/settings/members')).text).toContain('href="/settings/audit"');
  });
});

describe('an export', () => {
  it('is CSV that Excel reads as UTF-8 and takes for no formula', async () => {
    const { status, headers, bytes } = await owner('GET', '/settings/audit/export.csv?category=business');
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, 'text/csv; charset=utf-8', 'no-store']);
    expect(headers.get('content-disposition')).toBe('attachment; filename="audit-log.csv"');
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const lines = bytes.toString('utf8').slice(1).trim().split('\r\n');
    expect(lines[0]).toBe('at,category,actorKind,actorId,actor,action,subjectKind,subjectId,before,after,sourceIp');
    expect(lines.length).toBeGreaterThan(MANY);
    expect(lines.join('\n')).toContain('é');
    expect(lines.join('\n')).not.toContain('session.opened');
  });

  it('keeps a name that looks like a formula from being one', async () => {
    await record({ action: 'invoice.named', subject: { kind: 'invoice', id: '@SUM(A1)' } }, { ...DANA, label: '=cmd|calc' });
    const text = (await owner('GET', '/settings/audit/export.csv?action=invoice.named')).text;
    expect(text).toContain("'=cmd|calc");
    expect(text).toContain("'@SUM(A1)");
  });

  it('is JSON, also of nothing', async () => {
    const all = JSON.parse((await owner('GET', '/settings/audit/export.json?action=invoice.counted')).text) as { after: { n: number } }[];
    expect(all.map(({ after }) => after.n).toSorted((a, b) => a - b)).toEqual(Array.from({ length: MANY }, (_, n) => n));
    expect(JSON.parse((await owner('GET', '/settings/audit/export.json?from=2020-01-01&to=2020-01-02')).text)).toEqual([]);
  });

  it.each(['from=0000-01-01', 'to=0000-12-31', 'from=2026-02-30', 'to=yesterday'])(
    'is nothing for %s, rather than more than was asked for',
    async (query) => {
      const answer = await owner('GET', `/settings/audit/export.json?${query}`);
      expect(answer.status).toBe(422);
    },
  );

  it('is an event itself', async () => {
    const before = (await actions()).filter((action) => action === 'audit.exported').length;
    await owner('GET', '/settings/audit/export.json?action=invoice.rejected');
    expect((await actions()).filter((action) => action === 'audit.exported')).toHaveLength(before + 1);
  });
});

describe('what everybody sees of their own', () => {
  it('is what they did with their access, and nothing of others', async () => {
    const keyId = (await member('GET', '/settings/account/activity')).text;
    expect(keyId).not.toContain('Dana Reyes');
    expect(keyId).toContain('Your next sign-in is listed here');
    expect((await member('GET', '/settings/account/activity?cursor=nonsense')).status).toBe(422);
  });
});
