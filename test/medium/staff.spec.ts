/** Goal: the people of the PSA are known here, may be invited and asked to review, and nobody gets in by being listed. Real Postgres and sandbox. */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StaffRepository } from '../../src/identity/staff.repository.js';
import { PersonErasure } from '../../src/lifecycle/erasure/person-erasure.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { openBilling, type Billing, type OpenedBilling } from '../support/billing.js';
import { aFullTenant, type FullTenant } from '../support/attack/full-tenant.js';
import { startWholeApp, type WholeApp } from '../support/attack/whole-app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const HOUR = 3_600_000;

describe('a pull', () => {
  let opened: OpenedBilling;
  let billing: Billing;
  beforeAll(async () => {
    opened = await openBilling();
    billing = opened.billing;
  });
  afterAll(async () => await opened.close());

  const psa = () => billing.sandboxes.connectwise.store;
  const change = (identifier: string, to: object) => {
    const row = psa()
      .all<{ id: number; identifier: string }>('member')
      .find((one) => one.identifier === identifier);
    psa().put('member', row?.id ?? 0, { ...row, ...to });
  };
  const listed = () => billing.tx.run(billing.tenantId, () => billing.module.get(StaffRepository).list());
  const readings = () => billing.tx.run(billing.tenantId, () => billing.module.get(StaffRepository).readings());
  const asked = (): number => {
    const { log } = billing.sandboxes.connectwise;
    const count = log.list().filter(({ path }) => path.includes('/system/info/members')).length;
    log.clear();
    return count;
  };
  const pullLater = async () => {
    billing.clock.advance(HOUR + 1);
    return await billing.pull();
  };

  it('keeps who works there by name and address, and asks once an hour', async () => {
    const people = await listed();
    expect(people.find(({ email }) => email === 'dana@lumen.example')).toMatchObject({ name: 'Dana Roe', active: true });
    expect(people).toHaveLength(8);
    await billing.pull();
    asked();
    await billing.pull();
    expect(asked()).toBe(0);
    await pullLater();
    expect(asked()).toBe(1);
  });

  it('marks members and invitations of the same address, and follows when somebody is inactive or gone', async () => {
    const personId = uuidv7();
    await withClient(opened.database.ownerUrl, async (owner) => {
      await owner.query("insert into person (id, name, created_at) values ($1, 'Dana', now())", [personId]);
      await owner.query(
        `insert into membership (tenant_id, person_id, email, name, role, joined_at) values ($1, $2, 'dana@lumen.example', 'Dana', 'member', now())`,
        [billing.tenantId, personId],
      );
      await owner.query(
        `insert into invitation (tenant_id, id, email, role, invited_by, link_by, created_at, expires_at)
         values ($1, $2, 'tom@lumen.example', 'member', 'Jo', 'email', now(), now() + interval '9 days')`,
        [billing.tenantId, uuidv7()],
      );
    });
    change('dana', { inactiveFlag: true });
    psa().delete(
      'member',
      psa()
        .all<{ id: number; identifier: string }>('member')
        .find((one) => one.identifier === 'mei')?.id ?? 0,
    );
    await pullLater();
    const marks = async (table: string) =>
      (await billing.query<{ mark: string }>(`select psa_member as mark from ${table} where tenant_id = $1`))[0]?.mark;
    const people = await listed();
    const keyOf = (email: string) => people.find((one) => one.email === email)?.externalId;
    expect([await marks('membership'), await marks('invitation')]).toEqual([keyOf('dana@lumen.example'), keyOf('tom@lumen.example')]);
    expect(people.find(({ email }) => email === 'dana@lumen.example')?.active).toBe(false);
    expect(keyOf('mei@lumen.example')).toBeUndefined();
  });

  it('whose API member may not read people says which right is missing, keeps those known and brings its invoices', async () => {
    await billing.control('connectwise', '/options', { denied: ['members'] });
    expect(await pullLater()).toMatchObject({ state: 'succeeded' });
    expect(await readings()).toMatchObject([{ notKnown: expect.stringContaining('System > Member Maintenance: Inquire level All') }]);
    expect(await listed()).toHaveLength(7);
    await billing.control('connectwise', '/options', { denied: [] });
    await pullLater();
    expect(await readings()).toMatchObject([{ notKnown: null }]);
  });

  it('goes on when the list of people breaks, and the nightly sweep reads them, too', async () => {
    await billing.fault('connectwise', { match: { path: '/system/info/members' }, mode: 'status', status: 500, count: 50 });
    const before = (await readings())[0]?.readAt;
    expect(await pullLater()).toMatchObject({ state: 'succeeded' });
    expect((await readings())[0]?.readAt).toEqual(before);
    billing.sandboxes.connectwise.faults.clear();
    expect(await billing.run('connectwise', 'sweep')).toMatchObject({ state: 'succeeded' });
    expect((await readings())[0]?.readAt.getTime()).toBeGreaterThan(before?.getTime() ?? 0);
  });
});

describe('the people of the PSA', () => {
  let database: TestDatabase;
  let whole: WholeApp;
  let tenant: FullTenant;
  beforeAll(async () => {
    database = await createTestDatabase();
    whole = await startWholeApp(database);
    tenant = await aFullTenant(whole.app, database.ownerUrl, 'Northlight');
  });
  afterAll(async () => {
    await whole.app.close();
    await database.drop();
  });

  const headersOf = (role: 'owner' | 'admin' | 'member') => ({ cookie: tenant.cookies[role], 'sec-fetch-site': 'same-origin' });
  const page = async (path: string, role: 'owner' | 'admin' | 'member' = 'admin') =>
    await (await fetch(whole.url + path, { headers: headersOf(role) })).text();
  const post = async (path: string, form: Record<string, string>, role: 'owner' | 'admin' | 'member' = 'admin') =>
    await fetch(whole.url + path, { method: 'POST', redirect: 'manual', headers: headersOf(role), body: new URLSearchParams(form) });
  const read = async <T>(sql: string): Promise<T[]> =>
    await withClient(database.ownerUrl, async (owner) => (await owner.query(sql, [tenant.tenantId])).rows as T[]);
  const staffOf = (html: string): string => /<section class="card" aria-labelledby="staff-head">.*?<\/section>/su.exec(html)?.[0] ?? '';
  const reviewersOf = async (id: string) =>
    await read<{ email: string }>(`select email from reviewer where tenant_id = $1 and invoice_id = '${id}'`);

  const keep = async (people: { externalId: string; name: string; email?: string; active: boolean }[], notKnown?: string) => {
    const { TenantTransaction } = await import('../../src/database/tenant-transaction.js');
    const list = { people, ...(notKnown !== undefined && { notKnown }) };
    await whole.app
      .get(TenantTransaction)
      .run(tenant.tenantId, () => whole.app.get(StaffRepository).keep(tenant.source.connectionId, list, new Date()));
  };

  it('are not there before the first reading, which the page says, nor where the right is missing', async () => {
    expect(staffOf(await page('/settings/members'))).toContain('Not read yet');
    await keep([], 'Our API member may not read who works there. It needs the right.');
    expect(staffOf(await page('/settings/members'))).toContain('It needs the right.');
  });

  it('are listed for those who may invite, unless they are members; one who left or has no address is no more than named', async () => {
    const [owner] = await read<{ email: string }>("select email from membership where tenant_id = $1 and role = 'owner'");
    await keep([
      { externalId: '1', name: 'Dana Roe', email: 'dana@lumen.example', active: true },
      { externalId: '2', name: 'Tom Becker', email: 'tom@lumen.example', active: true },
      { externalId: '3', name: 'Mei Lin', active: true },
      { externalId: '4', name: 'Callum Reid', email: 'callum@lumen.example', active: false },
      { externalId: '5', name: 'The owner', email: owner?.email ?? '', active: false },
    ]);
    const html = await page('/settings/members');
    const section = staffOf(html);
    for (const name of ['Dana Roe', 'Tom Becker', 'Mei Lin', 'Callum Reid']) expect(section).toContain(name);
    expect(section).not.toContain('The owner');
    expect(section.match(/aria-label="Invite [^"]+"/g)).toEqual(['aria-label="Invite Dana Roe"', 'aria-label="Invite Tom Becker"']);
    expect(section).toContain('Invite all 2');
    expect([section.includes('Inactive there'), section.includes('No e-mail address there')]).toEqual([true, true]);
    expect(html.replace(section, '')).toMatch(/Inactive in [A-Z]/);
    expect(staffOf(await page('/settings/members', 'member'))).toBe('');
    expect((await post('/settings/members/staff/invitations', { person: 'all', role: 'member' }, 'member')).status).toBe(403);
  });

  it('can be asked to review before they are members, who is inactive or unknown cannot', async () => {
    const id = tenant.invoices.get('10001') ?? '';
    const html = await page(`/invoices/${id}`);
    expect(html).toMatch(/<optgroup label="[^"]+, not members yet">\s*<option\s+value="dana@lumen.example">Dana Roe/u);
    expect(html).not.toContain('callum@lumen.example');
    const [owner] = await read<{ email: string }>("select email from membership where tenant_id = $1 and role = 'owner'");
    expect(html).not.toContain(`value="${owner?.email ?? 'nobody'}"`);
    expect((await post(`/invoices/${id}/reviewers`, { email: 'dana@lumen.example' })).status).toBe(303);
    for (const email of ['callum@lumen.example', 'stranger@lumen.example'])
      expect((await post(`/invoices/${id}/reviewers`, { email })).status).toBeGreaterThanOrEqual(400);
    expect(await reviewersOf(id)).toEqual([{ email: 'dana@lumen.example' }]);
    expect(await page(`/invoices/${id}`)).toMatch(/Dana Roe[\s\S]{0,300}not a member yet/u);
  });

  it('are invited one by one or all at once, with the key of the PSA, and nobody is a member by it', async () => {
    const before = await read('select person_id from membership where tenant_id = $1');
    expect((await post('/settings/members/staff/invitations', { person: '1', role: 'admin' })).headers.get('location')).toBe(
      '/settings/members?saved=yes',
    );
    expect((await post('/settings/members/staff/invitations', { person: 'all', role: 'member' })).status).toBe(303);
    const invited = await read<{ email: string; role: string; mark: string; name: string }>(
      `select email, role, psa_member as mark, name from invitation where tenant_id = $1 and psa_member is not null order by email`,
    );
    expect(invited).toEqual([
      { email: 'dana@lumen.example', role: 'admin', mark: '1', name: 'Dana Roe' },
      { email: 'tom@lumen.example', role: 'member', mark: '2', name: 'Tom Becker' },
    ]);
    expect(await read('select person_id from membership where tenant_id = $1')).toEqual(before);
    expect(staffOf(await page('/settings/members'))).not.toContain('Invite all');
    const again = await post('/settings/members/staff/invitations', { person: '4', role: 'member' });
    expect([again.status, (await again.text()).includes('no longer work there')]).toEqual([404, true]);
    expect((await post('/settings/members/staff/invitations', { person: '2', role: 'owner' })).status).toBeGreaterThanOrEqual(400);
  });

  it('are forgotten with a person who is erased', async () => {
    const actor = { kind: 'api_key' as const, id: uuidv7(), label: 'Owner key' };
    await whole.app
      .get(PersonErasure)
      .named({ tenantId: tenant.tenantId, role: 'owner', actor }, 'person', 'Dana Roe', 'dana@lumen.example');
    expect(await read("select name from staff_record where tenant_id = $1 and external_id = '1'")).toEqual([]);
  });

  it('are proposed no more once their connection is disconnected', async () => {
    await withClient(database.ownerUrl, (owner) =>
      owner.query("update connection set state = 'disconnected', sealed_credentials = null where id = $1", [tenant.source.connectionId]),
    );
    expect(await page('/settings/members')).not.toContain('Callum Reid');
  });
});
