/** Goal: scripts get exactly what the description promises, only from their own tenant, and every refusal says why. Real HTTP, Postgres and Chromium. */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsModule from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../src/domain/role.js';
import { PgBoss } from 'pg-boss';
import { Cookies } from '../../src/identity/cookies.js';
import { newSecret, sha256 } from '../../src/identity/secret.js';
import { PersonRepository } from '../../src/identity/person.repository.js';
import { SessionRepository } from '../../src/identity/session.repository.js';
import { MembershipEntity } from '../../src/identity/membership.entity.js';
import { PostingPlanner } from '../../src/billing/outbox/posting-planner.js';
import { PostingRepository } from '../../src/billing/outbox/posting.repository.js';
import { InvoiceRepository } from '../../src/billing/invoices/invoice.repository.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { aScript, scriptWith, startApi, type Answer, type Script } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aSeedInvoice, seedConnections, seedInvoices, type SeededSource } from '../support/seed-invoices.js';
import { servedRoutes } from '../support/served-routes.js';
import { createTenant } from '../support/tenant.js';

interface OpenApi {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }>; parameters: unknown[] }>
  >;
  components: { schemas: Record<string, object> };
}

let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let source: SeededSource;
let ids: Map<string, string>;
let scripts: Record<Role, Script>;
let stranger: Script;
let document: OpenApi;
let described: ReturnType<typeof validators>;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ app, url } = await startApi(database));
  const here = await createTenant(database.ownerUrl, 'Here');
  const there = await createTenant(database.ownerUrl, 'There');
  source = await seedConnections(app, here);
  ids = await seedInvoices(
    app,
    source,
    Array.from({ length: 12 }, (_, index) => aSeedInvoice(index)),
  );
  await seedConnections(app, there);
  const made = await Promise.all(ROLES.map(async (role): Promise<[Role, Script]> => [role, await aScript(app, url, here, role)]));
  scripts = Object.fromEntries(made) as Record<Role, Script>;
  stranger = await aScript(app, url, there, 'owner');
  document = (await scriptWith(url, {})('GET', '/openapi.json')).body as OpenApi;
  described = validators(document);
});

afterAll(async () => {
  await app.close();
  await database.drop();
});

function validators(openapi: OpenApi): (method: string, path: string, answer: Answer) => void {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  formatsModule.default(ajv);
  ajv.addVocabulary(Object.keys(openapi));
  ajv.addSchema({ $id: 'api', ...openapi });
  const known = new Map<string, ValidateFunction>();
  return (method, path, answer) => {
    const operation = openapi.paths[path]?.[method.toLowerCase()];
    const response = operation?.responses[answer.status];
    expect(response, `${method} ${path} does not say that it answers ${answer.status}: ${JSON.stringify(answer.body)}`).toBeDefined();
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    if (!response?.content) return;
    expect(Object.keys(response.content)).toContain(type);
    if (type === 'application/pdf' || type === 'text/csv') return;
    const pointer = `api#/paths/${escape(path)}/${method.toLowerCase()}/responses/${answer.status}/content/${escape(type)}/schema`;
    const validate = known.get(pointer) ?? ajv.compile({ $ref: pointer });
    known.set(pointer, validate);
    expect(validate(answer.body), JSON.stringify(validate.errors)).toBe(true);
  };
}

function escape(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** Calls, and holds the answer against the description. */
async function call(script: Script, method: string, path: string, options: Parameters<Script>[2] = {}): Promise<Answer> {
  const answer = await script(method, path, options);
  const known = Object.keys(document.paths).find((one) =>
    new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+').replace('.', '\\.')}$`).test(path.split('?')[0] ?? ''),
  );
  if (known && document.paths[known]?.[method.toLowerCase()]) described(method, known, answer);
  return answer;
}

describe('the description', () => {
  it('names every route of the router under /api/v1 and no other', () => {
    const routed = servedRoutes(app)
      .filter(({ pattern }) => pattern.startsWith('/api/v1'))
      .map(({ method, pattern }) => `${method.toLowerCase()} ${pattern.slice('/api/v1'.length).replace(/:(\w+)/g, '{$1}')}`);
    const written = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    expect(written.length).toBeGreaterThan(10);
    expect(written.toSorted()).toEqual(routed.toSorted());
  });

  it('can be read without a key, and nothing else can', async () => {
    const nobody = scriptWith(url, {});
    expect((await call(nobody, 'GET', '/openapi.json')).status).toBe(200);
    for (const [path, methods] of Object.entries(document.paths)) {
      if (path === '/openapi.json') continue;
      for (const method of Object.keys(methods)) {
        const answer = await call(nobody, method.toUpperCase(), path.replaceAll(/\{\w+\}/g, ids.get('10000') ?? ''), {
          body: method === 'post' ? {} : undefined,
        });
        expect([method, path, answer.status, answer.headers.get('www-authenticate')]).toEqual([method, path, 401, 'Bearer']);
      }
    }
  });
});

describe('a person with a session', () => {
  it('has the pages and not the API', async () => {
    const personId = await app.get(PersonRepository).create('Jo', new Date());
    const { tenantId } = source;
    await app
      .get(TenantTransaction)
      .run(tenantId, () =>
        app
          .get(TenantTransaction)
          .rows(MembershipEntity)
          .insert({ tenantId, personId, email: 'jo@northlight.example', name: 'Jo', role: 'owner', limits: {}, joinedAt: new Date() }),
      );
    const session = newSecret();
    const expiresAt = new Date(Date.now() + 3_600_000);
    await app.get(SessionRepository).open({ idHash: sha256(session), personId, tenantId, at: new Date(), expiresAt, replaces: null });
    expect(await app.get(SessionRepository).resolve(sha256(session), new Date(), 3_600)).toMatchObject({ tenantId, role: 'owner' });
    const cookie = `${app.get(Cookies).name('session')}=${session}`;
    expect((await call(scriptWith(url, { cookie }), 'GET', '/invoices')).status).toBe(401);
  });
});

describe('GET /invoices', () => {
  it('pages through all of them', async () => {
    const found: string[] = [];
    let next: string | null = null;
    do {
      const { body } = await call(scripts.read_only, 'GET', `/invoices?limit=5${next ? `&cursor=${next}` : ''}`);
      const page = body as { items: { id: string }[]; next: string | null };
      found.push(...page.items.map((item) => item.id));
      next = page.next;
    } while (next);
    expect(found.toSorted()).toEqual([...ids.values()].toSorted());
  });

  it('carries what a script needs', async () => {
    const { body } = await call(scripts.read_only, 'GET', '/invoices?state=in_review&search=10004');
    expect(body).toMatchObject({
      items: [
        {
          id: ids.get('10004'),
          number: '10004',
          type: 'agreement',
          state: 'in_review',
          total: { currency: 'USD' },
          balance: { currency: 'USD' },
          ledger: 'xero',
          openFlags: { errors: 1 },
        },
      ],
      next: null,
    });
  });

  it.each([
    ['?colour=red', 'colour'],
    ['?limit=0', 'limit'],
    ['?limit=ten', 'limit'],
    ['?state=paid', 'state'],
    ['?limit=5&limit=6', 'limit'],
    ['/not-an-id', 'id'],
  ])('refuses %s and names the field', async (rest, field) => {
    const { status, body } = await call(scripts.owner, 'GET', `/invoices${rest}`);
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { title: 'Bad Request', status: 400, errors: [{ field: expect.stringContaining(field === 'colour' ? '' : field) }] },
    });
    expect(JSON.stringify(body)).toContain(field);
  });

  it('refuses a cursor that it never gave out', async () => {
    expect((await call(scripts.owner, 'GET', '/invoices?cursor=abc')).status).toBe(422);
  });
});

describe('a date that nobody can mean', () => {
  const cursor = (...key: string[]) => Buffer.from(JSON.stringify(key)).toString('base64url');
  const someId = '0199aaaa-0000-7000-8000-000000000000';

  it.each(['0000-01-01', '0000-00-00', '2026-02-30', '9999-12-31', '-000001-01-01'])('%s is refused in a cursor', async (date) => {
    expect(await call(scripts.owner, 'GET', `/invoices?cursor=${cursor(date, someId)}`)).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining('Start again without it') },
    });
    for (const time of ['00:00:00+00', '00:00:00.123456+00'])
      expect((await call(scripts.owner, 'GET', `/audit-events?cursor=${cursor(`${date} ${time}`, someId)}`)).status).toBe(422);
  });

  it.each(['25:00:00+00', '00:61:00+00', '00:00:00+99'])('a cursor at %s is refused', async (time) => {
    expect((await call(scripts.owner, 'GET', `/audit-events?cursor=${cursor(`2026-11-02 ${time}`, someId)}`)).status).toBe(422);
  });

  it.each(['from', 'to'])('is refused as %s, with what to give instead', async (name) => {
    for (const date of ['0000-01-01', '2026-02-30', '9999-12-31']) {
      for (const path of ['/audit-events', '/audit-events/export.json']) {
        const answer = await call(scripts.owner, 'GET', `${path}?${name}=${date}T00:00:00Z`);
        expect(answer.status).toBe(400);
        expect(JSON.stringify(answer.body)).toContain('like 2026-11-02T08:00:00Z');
      }
    }
  });
});

describe('GET /invoices/:id', () => {
  it.each([
    ['owner', true],
    ['admin', true],
    ['member', true],
    ['read_only', false],
  ] as const)('shows cost to a key of role %s: %s', async (role, shown) => {
    const { body } = await call(scripts[role], 'GET', `/invoices/${ids.get('10004')}`);
    expect(JSON.stringify(body).includes('320.10')).toBe(shown);
    const { lines, flags } = body as { lines: { cost?: object }[]; flags: { rule: string | null; title: string }[] };
    expect(lines.filter((line) => line.cost).length).toBe(shown ? 2 : 0);
    expect(flags).toMatchObject([shown ? { rule: 'product-below-cost', title: 'Below cost' } : { rule: null, title: 'About cost' }]);
  });

  it('is not there for another tenant, in the very words of one that never was', async () => {
    const [theirs, none] = [
      await call(stranger, 'GET', `/invoices/${ids.get('10000')}`),
      await call(stranger, 'GET', `/invoices/${source.connectionId}`),
    ];
    expect(theirs.status).toBe(404);
    expect(theirs.body).toEqual(none.body);
  });

  it('refuses a query that it does not know', async () => {
    expect((await call(scripts.owner, 'GET', `/invoices/${ids.get('10000')}?expand=lines`)).status).toBe(400);
  });
});

describe('another tenant', () => {
  it('finds nothing of ours at any address', async () => {
    const own = [...ids.values(), source.connectionId, source.ledgerId];
    for (const path of ['/invoices?limit=200', '/postings', '/connections', '/audit-events']) {
      const { status, body } = await call(stranger, 'GET', path);
      expect(status).toBe(200);
      for (const id of own) expect(JSON.stringify(body)).not.toContain(id);
    }
    const id = ids.get('10003') ?? '';
    expect((await call(stranger, 'GET', `/invoices/${id}/document.pdf`)).status).toBe(404);
    expect((await call(stranger, 'POST', `/invoices/${id}/approval`, { body: { documentHash: 'a'.repeat(64) } })).status).toBe(404);
    expect((await call(stranger, 'DELETE', `/invoices/${id}/approval`)).status).toBe(404);
    expect((await call(stranger, 'POST', `/invoices/${id}/rejection`, { body: { reason: 'x' } })).status).toBe(404);
    expect((await call(stranger, 'POST', '/sync-runs', { body: { connectionId: source.connectionId } })).status).toBe(404);
  });
});

describe('from document to approval', () => {
  it('approves exactly the bytes that were fetched, and takes it back', async () => {
    const id = ids.get('10001') ?? '';
    const pdf = await call(scripts.member, 'GET', `/invoices/${id}/document.pdf`);
    expect(pdf).toMatchObject({ status: 200 });
    const hash = createHash('sha256')
      .update(pdf.body as Buffer)
      .digest('hex');
    expect(pdf.headers.get('etag')).toBe(`"${hash}"`);
    expect((pdf.body as Buffer).subarray(0, 5).toString()).toBe('%PDF-');
    const again = await call(scripts.member, 'GET', `/invoices/${id}/document.pdf`, { headers: { 'if-none-match': `"${hash}"` } });
    expect([again.status, (again.body as Buffer).length]).toEqual([304, 0]);

    const stale = await call(scripts.member, 'POST', `/invoices/${id}/approval`, { body: { documentHash: 'b'.repeat(64) } });
    expect(stale).toMatchObject({ status: 409, body: { documentHash: hash } });
    const approved = await call(scripts.member, 'POST', `/invoices/${id}/approval`, { body: { documentHash: hash } });
    expect(approved).toMatchObject({ status: 200, body: { final: true, posting: 'planned' } });
    const { body } = await call(scripts.member, 'GET', `/invoices/${id}`);
    expect(body).toMatchObject({
      state: 'approved',
      documentHash: hash,
      approval: { documentHash: hash, by: { kind: 'api_key' } },
      postings: [{ operation: 'document', state: 'planned' }],
    });
    expect((await call(scripts.member, 'POST', `/invoices/${id}/approval`, { body: { documentHash: hash } })).status).toBe(409);

    expect((await call(scripts.member, 'DELETE', `/invoices/${id}/approval`)).status).toBe(204);
    expect((await call(scripts.member, 'GET', `/invoices/${id}`)).body).toMatchObject({
      state: 'in_review',
      approval: null,
      postings: [{ state: 'skipped' }],
    });
  });

  it('leaves the decision to those who are asked', async () => {
    const id = ids.get('10003') ?? '';
    await call(scripts.member, 'GET', `/invoices/${id}/document.pdf`);
    const { documentHash } = (await call(scripts.member, 'GET', `/invoices/${id}`)).body as { documentHash: string };
    expect((await call(scripts.member, 'POST', `/invoices/${id}/approval`, { body: { documentHash } })).status).toBe(403);
    expect((await call(scripts.read_only, 'POST', `/invoices/${id}/approval`, { body: { documentHash } })).status).toBe(403);
    expect((await call(scripts.admin, 'POST', `/invoices/${id}/approval`, { body: { documentHash } })).status).toBe(200);
  });

  it.each([
    ['approval', {}, 'documentHash'],
    ['approval', { documentHash: 'zz' }, 'documentHash'],
    ['approval', { documentHash: 'a'.repeat(64), extra: 1 }, 'extra'],
    ['rejection', { reason: '   ' }, 'reason'],
    ['rejection', [], ''],
  ])('refuses the %s %j', async (what, body, field) => {
    const answer = await call(scripts.owner, 'POST', `/invoices/${ids.get('10001')}/${what}`, { body });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(field);
  });

  it('rejects with a reason, once', async () => {
    const id = ids.get('10005') ?? '';
    expect((await call(scripts.member, 'POST', `/invoices/${id}/rejection`, { body: { reason: 'Hours are wrong' } })).status).toBe(204);
    expect((await call(scripts.member, 'GET', `/invoices/${id}`)).body).toMatchObject({
      state: 'rejected',
      rejection: { reason: 'Hours are wrong', by: 'member script' },
    });
    expect(await call(scripts.member, 'POST', `/invoices/${id}/rejection`, { body: { reason: 'again' } })).toMatchObject({
      status: 409,
      body: { state: 'rejected' },
    });
  });
});

describe('POST /invoices/:id/reopening', () => {
  it('puts what was rejected back into review, once', async () => {
    const id = ids.get('10005') ?? '';
    expect((await call(scripts.read_only, 'POST', `/invoices/${id}/reopening`)).status).toBe(403);
    expect((await call(scripts.member, 'POST', `/invoices/${id}/reopening`)).status).toBe(204);
    expect((await call(scripts.member, 'GET', `/invoices/${id}`)).body).toMatchObject({
      state: 'in_review',
      rejection: null,
      voidCause: null,
    });
    expect(await call(scripts.member, 'POST', `/invoices/${id}/reopening`)).toMatchObject({ status: 409, body: { state: 'in_review' } });
  });

  it('puts one that was voided in the ledger back, and says so of one that was deleted in the PSA', async () => {
    const tx = app.get(TenantTransaction);
    const [voided = '', deleted = ''] = [ids.get('10008'), ids.get('10009')];
    await tx.run(source.tenantId, async () => {
      await tx.execute(`update invoice set state = 'approved' where tenant_id = $1 and id = $2`, [source.tenantId, voided]);
      for (const [event, id] of [
        ['posted', voided],
        ['voided_in_ledger', voided],
        ['deleted_in_psa', deleted],
      ] as const)
        expect(await app.get(InvoiceRepository, { strict: false }).transition(event, [id])).toEqual([id]);
    });
    expect((await call(scripts.member, 'GET', `/invoices/${voided}`)).body).toMatchObject({ state: 'void', voidCause: 'voided_in_ledger' });
    expect((await call(scripts.member, 'POST', `/invoices/${voided}/reopening`)).status).toBe(204);
    expect((await call(scripts.member, 'GET', `/invoices/${voided}`)).body).toMatchObject({ state: 'in_review', voidCause: null });
    expect(await call(scripts.member, 'POST', `/invoices/${deleted}/reopening`)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('deleted in the PSA') },
    });
  });
});

describe('postings', () => {
  it('lists by state, and retries what was refused', async () => {
    const tx = app.get(TenantTransaction);
    const invoiceId = ids.get('10007') ?? '';
    await tx.run(source.tenantId, async () => {
      await app.get(PostingPlanner).plan({
        connectionId: source.ledgerId,
        operation: 'document',
        intentKey: invoiceId,
        intent: { number: '10007', total: '12.5', currency: 'USD' },
        invoiceId,
        notBefore: new Date(),
        createdBy: 'Test',
      });
      const [row] = await tx.query<{ id: string }>(
        "select id from posting where tenant_id = $1 and invoice_id = $2 and state = 'planned'",
        [source.tenantId, invoiceId],
      );
      await app.get(PostingRepository).refuseUnsent(row?.id ?? '', 'Account 200 is archived.', 'ValidationException');
    });
    const { body } = await call(scripts.read_only, 'GET', '/postings?state=refused');
    expect(body).toMatchObject({
      items: [
        {
          state: 'refused',
          cause: 'Account 200 is archived.',
          vendorWords: 'ValidationException',
          amount: { amount: '12.50', currency: 'USD' },
          invoice: { number: '10007' },
          can: { retry: true },
        },
      ],
      next: null,
    });
    const id = (body as { items: { id: string }[] }).items[0]?.id;
    expect((await call(scripts.member, 'POST', `/postings/${id}/retry`)).status).toBe(403);
    expect((await call(stranger, 'POST', `/postings/${id}/retry`)).status).toBe(404);
    expect(await call(scripts.admin, 'POST', `/postings/${id}/retry`)).toMatchObject({ status: 202, body: { id, state: 'planned' } });
    expect(await call(scripts.admin, 'POST', `/postings/${id}/retry`)).toMatchObject({ status: 409, body: { state: 'planned' } });
  });
});

describe('connections and runs', () => {
  it('shows connections without a secret', async () => {
    const { body } = await call(scripts.read_only, 'GET', '/connections');
    expect(body).toMatchObject({
      items: [
        { id: source.connectionId, connector: 'connectwise', label: 'ConnectWise PSA' },
        { id: source.ledgerId, connector: 'xero', posting: { mode: 'live', goLiveDate: '2026-01-01' } },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('sealed');
  });

  it('asks for one run of a kind at a time', async () => {
    const first = await call(scripts.member, 'POST', '/sync-runs', { body: { connectionId: source.connectionId } });
    expect(first).toMatchObject({ status: 202, body: { kind: 'pull', state: 'queued', requestedBy: 'member script' } });
    const second = await call(scripts.owner, 'POST', '/sync-runs', { body: { connectionId: source.connectionId } });
    expect(second.body).toEqual(first.body);
    const { id } = first.body as { id: string };
    expect((await call(scripts.read_only, 'GET', `/sync-runs/${id}`)).body).toEqual(first.body);
    expect((await call(stranger, 'GET', `/sync-runs/${id}`)).status).toBe(404);
    const [job] = await app.get(PgBoss).fetch('intake.pull');
    expect(job?.data).toEqual({ tenantId: source.tenantId, id });
    expect((await call(scripts.member, 'POST', '/sync-runs', { body: { connectionId: source.ledgerId } })).body).toMatchObject({
      kind: 'settle',
    });
  });

  it('refuses a kind that a connection cannot do, and a read-only key', async () => {
    expect((await call(scripts.member, 'POST', '/sync-runs', { body: { connectionId: source.ledgerId, kind: 'pull' } })).status).toBe(422);
    expect((await call(scripts.read_only, 'POST', '/sync-runs', { body: { connectionId: source.connectionId } })).status).toBe(403);
  });
});

describe('GET /audit-events', () => {
  it('tells admins who did what, page by page', async () => {
    expect((await call(scripts.member, 'GET', '/audit-events')).status).toBe(403);
    const all = (await call(scripts.admin, 'GET', '/audit-events?limit=200')).body as { items: { id: string; action: string }[] };
    expect(all.items.map((event) => event.action)).toEqual(
      expect.arrayContaining(['invoice.approved', 'approval.withdrawn', 'invoice.rejected', 'posting.retried']),
    );
    const paged: string[] = [];
    let next: string | null = null;
    do {
      const { body } = await call(scripts.admin, 'GET', `/audit-events?limit=2${next ? `&cursor=${next}` : ''}`);
      const page = body as { items: { id: string }[]; next: string | null };
      paged.push(...page.items.map((event) => event.id));
      next = page.next;
    } while (next);
    expect(paged).toEqual(all.items.map((event) => event.id));
    const { body } = await call(
      scripts.admin,
      'GET',
      `/audit-events?subjectKind=invoice&subjectId=${ids.get('10005')}&action=invoice.rejected`,
    );
    expect(body).toMatchObject({ items: [{ after: { reason: 'Hours are wrong' } }], next: null });
  });

  it('filters by kind, actor and period, and hands all of it out as a file', async () => {
    const listed = async (query: string) =>
      (
        (await call(scripts.admin, 'GET', `/audit-events?limit=200${query}`)).body as {
          items: { category: string; actor: { id: string } }[];
        }
      ).items;
    const all = await listed('');
    const security = await listed('&category=security');
    expect(security.length).toBeGreaterThan(0);
    expect(security.length).toBeLessThan(all.length);
    expect(security.every(({ category }) => category === 'security')).toBe(true);
    const actor = all[0]?.actor.id ?? '';
    expect((await listed(`&actor=${actor}`)).every((event) => event.actor.id === actor)).toBe(true);
    expect(await listed('&to=2020-01-01T00:00:00Z')).toEqual([]);
    expect(await listed('&from=2020-01-01T00:00:00Z')).toHaveLength(all.length);
    const file = await call(scripts.owner, 'GET', '/audit-events/export.json?category=security');
    expect(file.body).toEqual([expect.objectContaining({ action: 'audit.exported' }), ...security]);
    const csv = await call(scripts.owner, 'GET', '/audit-events/export.csv');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(String(csv.body).split('\r\n').length).toBeGreaterThan(all.length);
    expect((await call(scripts.owner, 'GET', '/audit-events/export.csv?limit=1')).status).toBe(400);
    expect((await call(scripts.member, 'GET', '/audit-events/export.csv')).status).toBe(403);
    expect((await listed('&action=audit.exported')).length).toBe(2);
  });
});

describe('what is not said properly', () => {
  it.each([
    ['a broken body', { raw: '{"documentHash":' }, 400],
    ['a body of 2 MB', { raw: JSON.stringify({ reason: 'x'.repeat(2_000_000) }) }, 413],
    ['a body in another encoding', { raw: '{}', headers: { 'content-encoding': 'rot13' } }, 415],
  ])('answers %s as a problem without a stack', async (_, options, status) => {
    const answer = await scripts.owner('POST', `/invoices/${ids.get('10001')}/rejection`, options);
    expect(answer).toMatchObject({ status, body: { type: 'about:blank', status, detail: expect.any(String) } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at \w+ \(/);
  });

  it.each([
    ['GET', '/nothing'],
    ['PUT', '/invoices'],
    ['GET', '/'],
  ])('answers %s %s as a problem', async (method, path) => {
    const answer = await scripts.owner(method, path);
    expect(answer).toMatchObject({ status: 404, body: { title: 'Not Found', status: 404 } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each(['Bearer', 'Bearer nonsense', 'Basic abc', `Bearer cs_${'x'.repeat(43)}`])('refuses the key %j', async (authorization) => {
    const answer = await scriptWith(url, { authorization })('GET', '/invoices');
    expect(answer).toMatchObject({ status: 401, body: { title: 'Unauthorized' } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('gives a fault of ours an id and keeps its cause to itself', async () => {
    const tx = app.get(TenantTransaction);
    const id = ids.get('10009') ?? '';
    // An invoice whose content no longer adds up is never shown.
    await tx.run(source.tenantId, () =>
      tx.execute(
        `with made as (insert into invoice_revision (tenant_id, id, invoice_id, number, content_hash, content, created_at)
           select tenant_id, gen_random_uuid(), invoice_id, 99, content_hash, jsonb_set(content, '{subtotal}', '"1.00"'), now() from invoice_revision where tenant_id = $1 and invoice_id = $2 returning id)
         update invoice set revision_id = made.id from made where tenant_id = $1 and invoice.id = $2`,
        [source.tenantId, id],
      ),
    );
    const answer = await call(scripts.owner, 'GET', `/invoices/${id}`);
    expect(answer).toMatchObject({ status: 500, body: { instance: expect.stringMatching(/^urn:uuid:/) } });
    expect(JSON.stringify(answer.body)).not.toMatch(/subtotal|sum|SumsDisagree|\.ts/);
  });
});
