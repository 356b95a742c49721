/** Goal: nobody is let in by a page or a route that they have not proved themselves for, with a session or with a key. Real HTTP and Postgres. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../src/domain/role.js';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { callerIn, OPERATOR, SESSION_COOKIE, SignInPeople } from '../support/sign-in-people.js';
import { startSignInApp, type SignInApp } from './sign-in.fixture.js';

const MINUTE = 60_000;

let app: SignInApp;
let people: SignInPeople;
let lumen: string;

beforeAll(async () => {
  app = await startSignInApp();
  people = new SignInPeople(app);
  const { tenantId, ownerLink } = await app.createTenant('Lumen IT', 'owner@lumen.example');
  lumen = tenantId;
  const olivia = people.browser();
  await olivia.visit(ownerLink);
  callerIn(await olivia.post('/sign-in/invitation'));
});
afterAll(() => app.close());

describe('the guards', () => {
  it('lead a browser to sign in and back, and a part of a page too', async () => {
    const location = await people.browser().redirectOf('/invoices?q=a%26b');
    expect(location).toBe('/sign-in?returnTo=%2Finvoices%3Fq%3Da%2526b');
    const part = await fetch(`${app.url}/invoices`, { headers: { 'HX-Request': 'true', 'HX-Current-URL': `${app.url}/postings?x=1` } });
    expect([part.status, part.headers.get('hx-redirect')]).toEqual([200, '/sign-in?returnTo=%2Fpostings%3Fx%3D1']);
    for (const evil of ['//evil.example', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
      const page = await people.browser().visit(`/sign-in?${new URLSearchParams({ returnTo: evil })}`);
      expect(page.body).not.toContain('evil.example');
      expect(page.body).not.toContain('javascript:');
    }
  });

  it('refuse a handler that does not say who may call it', async () => {
    const olivia = people.browser();
    await people.withCode(olivia, 'owner@lumen.example');
    expect((await olivia.visit('/forgotten')).status).toBe(403);
  });

  it.each<[string, Record<string, string>, number]>([
    ['this site', { 'sec-fetch-site': 'same-origin' }, 201],
    ['the person', { 'sec-fetch-site': 'none' }, 201],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }, 403],
    ['an old browser on another site', { origin: 'https://evil.example' }, 403],
    ['an old browser in a sandboxed frame', { origin: 'null' }, 403],
    ['a browser that says nothing', {}, 403],
  ])('take a form with our cookie from %s: %j', async (_from, headers, status) => {
    const olivia = people.browser();
    await people.withCode(olivia, 'owner@lumen.example');
    expect((await olivia.post('/reviews', {}, headers)).status).toBe(status);
    app.clock.advance(11 * MINUTE);
  });

  it('take a form of an old browser on our own page', async () => {
    const olivia = people.browser();
    await people.withCode(olivia, 'owner@lumen.example');
    expect((await olivia.post('/reviews', {}, { origin: app.url })).status).toBe(201);
  });
});

describe('an API key', () => {
  const request = async (path: string, key: string, method = 'GET') => {
    const answer = await fetch(app.url + path, { method, headers: { Authorization: `Bearer ${key}` } });
    return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
  };
  const make = async (role: Role, expiresAt?: Date) =>
    await app.get(ApiKeys).create(lumen, OPERATOR, { name: `${role} key`, role, ...(expiresAt && { expiresAt }) });

  it.each<[Role, number[]]>([
    ['read_only', [200, 403, 403, 403]],
    ['member', [200, 201, 403, 403]],
    ['admin', [200, 201, 200, 403]],
    ['owner', [200, 201, 200, 200]],
  ])('of the role %s may do what the role may', async (role, statuses) => {
    const { key } = await make(role);
    expect(key).toMatch(/^cs_[\w-]{43}$/);
    const answers = [
      await request('/api/v1/invoices', key),
      await request('/api/v1/reviews', key, 'POST'),
      await request('/api/v1/postings', key),
      await request('/api/v1/keys', key),
    ];
    expect(answers.map((answer) => answer.status)).toEqual(statuses);
    expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({ tenantId: lumen, role, actor: { kind: 'api_key', label: `${role} key` } });
  });

  it('is refused as a problem when it is wrong, expired, revoked or missing, whatever cookie comes along', async () => {
    const revoked = await make('owner');
    await app.get(ApiKeys).revoke(lumen, OPERATOR, revoked.id);
    const expired = await make('owner', new Date(app.clock.now().getTime() + MINUTE));
    app.clock.advance(2 * MINUTE);
    for (const key of [revoked.key, expired.key, `cs_${'A'.repeat(43)}`, 'cs_', '']) {
      expect(await request('/api/v1/invoices', key)).toMatchObject({
        status: 401,
        type: expect.stringContaining('application/problem+json'),
      });
    }
    expect((await fetch(`${app.url}/api/v1/invoices`)).status).toBe(401);
    const olivia = people.browser();
    await people.withCode(olivia, 'owner@lumen.example');
    const both = await fetch(`${app.url}/api/v1/invoices`, {
      headers: { Authorization: 'Bearer cs_wrong', cookie: `${SESSION_COOKIE}=${olivia.cookie(SESSION_COOKIE)}` },
    });
    expect(both.status).toBe(401);
  });

  it('is listed without its secret', async () => {
    const { key } = await make('admin');
    const listed = await app.get(ApiKeys).list(lumen);
    expect(listed[0]).toMatchObject({ prefix: key.slice(0, 9), createdBy: 'Olivia Marsh' });
    expect(JSON.stringify(listed)).not.toContain(key);
    expect(listed.map((row) => row.role)).toEqual(expect.arrayContaining([...ROLES]));
  });

  it('leaves a trace of being made and revoked', async () => {
    const tx = app.get(TenantTransaction);
    const events = await tx.run(lumen, () => tx.rows(AuditEventEntity).findBy({ tenantId: lumen }));
    expect(events.map(({ action }) => action)).toEqual(expect.arrayContaining(['api_key.created', 'api_key.revoked']));
  });
});
