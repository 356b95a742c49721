import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contentHash } from '../../../src/domain/content-hash.js';
import { connectedPsa, FEW_INVOICES, pages, pullAll, type ConnectedPsa } from './connected.fixture.js';
import { mapInvoice } from '../../../src/connectors/connectwise/map/map-invoice.js';

let psa: ConnectedPsa;
beforeAll(async () => void (psa = await connectedPsa({}, {}, FEW_INVOICES)));
afterEach(async () => {
  await psa.control('POST', '/options', { denied: [] });
  await psa.control('DELETE', '/faults');
});
afterAll(() => psa.close());

const deny = (...denied: string[]) => psa.control('POST', '/options', { denied });

describe('the health check', () => {
  it('is content with a role that has everything, and changes nothing', async () => {
    const before = JSON.stringify(await psa.control('GET', '/documents'));
    expect(await psa.source.check()).toEqual({ ok: true, sentence: 'Connected to lumenit.', missing: [] });
    expect(JSON.stringify(await psa.control('GET', '/documents'))).toBe(before);
  });

  it.each([
    ['invoices:read', 'Finance > Invoicing: Inquire level All'],
    ['invoices:write', 'Finance > Invoicing: Edit level All'],
    ['payments:read', 'Finance > Accounting Interface: Inquire level All'],
    ['payments:write', 'Finance > Accounting Interface: Add level All'],
    ['agreements', 'Finance > Agreements: Inquire level All'],
    ['setup', 'System > Table Setup (Invoicing / Tax Code): Inquire level All'],
    ['setup', 'System > Table Setup (Invoicing / Billing Setup): Inquire level All'],
    ['time', 'Time & Expense > Time Entry: Inquire level All'],
    ['expenses', 'Time & Expense > Expense Report Entry: Inquire level All'],
    ['products', 'Procurement > Products: Inquire level All'],
    ['companies', 'Companies > Company Maintenance: Inquire level All'],
  ])('names what is missing without %s, and where to grant it', async (area, permission) => {
    await deny(area);
    const report = await psa.source.check();
    expect(report.ok).toBe(false);
    expect(report.sentence).toMatch(/lacks permissions/);
    const found = report.missing.find((one) => one.permission === permission);
    expect(found?.how).toMatch(/^System > Security Roles > /);
    expect(new Set(report.missing.map((one) => one.permission)).size).toBe(report.missing.length);
  });

  it('names all at once', async () => {
    await deny('*');
    expect((await psa.source.check()).missing.length).toBeGreaterThan(10);
  });

  it.each([
    ['routings', 'Finance > Invoicing: Inquire level All', 'whom invoices are routed to'],
    ['members', 'System > Member Maintenance: Inquire level All', 'e-mail addresses of the people'],
  ])('does without %s, and says what is then not known', async (area, permission, notKnown) => {
    await deny(area);
    const report = await psa.source.check();
    expect(report).toMatchObject({ ok: true, sentence: expect.stringContaining(notKnown), missing: [{ permission }] });
  });

  it('takes a list that this release does not have for one that it has to do without', async () => {
    await psa.control('POST', '/faults', { match: { path: '/system/info/members' }, mode: 'status', status: 404, count: 9 });
    const report = await psa.source.check();
    expect(report).toMatchObject({ ok: true, sentence: expect.stringMatching(/Not known: the e-mail addresses/) });
    expect(report.sentence).not.toMatch(/moved/);
  });

  it('does without callbacks, and says what that costs', async () => {
    await deny('callbacks');
    expect(await psa.source.check()).toMatchObject({ ok: true, sentence: expect.stringContaining('regular pull only'), missing: [{}] });
  });

  it('reports refused keys and an absent vendor instead of failing', async () => {
    await psa.control('POST', '/faults', { match: { path: '/system/info' }, mode: 'status', status: 401 });
    expect(await psa.source.check()).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('public or the private key'),
      missing: [],
    });
    await psa.control('POST', '/faults', { match: { path: '/time/entries' }, mode: 'status', status: 503, count: 3 });
    expect(await psa.source.check()).toMatchObject({ ok: false, sentence: expect.stringContaining('internal error'), missing: [] });
  });
});

describe('a denied area', () => {
  it.each(['invoices', 'time', 'expenses', 'products', 'agreements', 'companies', 'setup'])(
    'that shows on the document stops the pull with the right that is missing: %s',
    async (area) => {
      await deny(area);
      await expect(pullAll(psa.reopen().source)).rejects.toMatchObject({
        kind: 'forbidden',
        details: { status: 403, permission: expect.stringContaining('Security Roles') },
      });
    },
  );

  it.each([
    ['members', '/system/info/members', 403, 'e-mail addresses of the people', 'System > Member Maintenance'],
    ['members', '/system/info/members', 404, 'e-mail addresses of the people', 'System > Member Maintenance'],
    ['routings', '/routings', 403, 'whom invoices are routed to', 'Finance > Invoicing'],
    ['routings', '/routings', 404, 'whom invoices are routed to', 'Finance > Invoicing'],
    ['tax codes', '/finance/taxCodes', 404, 'which rates a sales tax is made of', 'Tax Code'],
  ])('of %s is done without (%s answered %i), and the run says what is not known', async (_area, path, status, notKnown, permission) => {
    const complete = await pullAll(psa.reopen().source);
    await psa.control('POST', '/faults', { match: { path }, mode: 'status', status, count: 10_000 });
    const run = await pages(psa.reopen().source);
    const invoices = run.flatMap((page) => page.invoices);
    expect(invoices.map(({ externalId }) => externalId)).toEqual(complete.invoices.map(({ externalId }) => externalId));
    for (const [index, { payload }] of invoices.entries()) {
      const { content } = mapInvoice(payload).invoice;
      const { total, tax, lines } = mapInvoice(complete.invoices[index]?.payload).invoice.content;
      expect([content.total, content.tax, content.lines.length]).toEqual([total, tax, lines.length]);
    }
    expect(run.at(-1)?.notKnown).toEqual([expect.stringContaining(notKnown)]);
    expect(run.at(-1)?.notKnown?.[0]).toContain(permission);
    expect(complete.invoices.length).toBeGreaterThan(100);
  });

  it('that shows on no document changes no invoice: what was approved stays approved', async () => {
    const complete = await pullAll(psa.reopen().source);
    await deny('members', 'routings');
    const without = await pullAll(psa.reopen().source);
    const hashes = ({ invoices }: typeof complete) => invoices.map(({ payload }) => contentHash(mapInvoice(payload).invoice.content));
    expect(hashes(without)).toEqual(hashes(complete));
  });
});

describe('the people of the company', () => {
  it('come with name and address in lower case, without those that only programs sign in as, whatever else a record lacks', async () => {
    const { store } = psa.sandbox;
    const dana = store.all<{ id: number; identifier: string }>('member').find(({ identifier }) => identifier === 'dana');
    store.put('member', 900, { ...dana, id: 900, identifier: 'api', licenseClass: 'A' });
    store.put('member', 901, { ...dana, id: 901, identifier: 'odd', firstName: ' Zoë\u0000', lastName: '', primaryEmail: 'Office' });
    store.put('member', dana?.id ?? 0, { ...dana, primaryEmail: 'Dana@Lumen.example', inactiveFlag: true });
    const list = await psa.reopen().source.staff?.();
    store.delete('member', 900);
    store.delete('member', 901);
    store.put('member', dana?.id ?? 0, { ...dana });
    expect(list?.notKnown).toBeUndefined();
    const byId = new Map(list?.people.map((one) => [one.externalId, one]));
    expect(byId.has('900')).toBe(false);
    expect(byId.get('901')).toEqual({ externalId: '901', name: 'Zoë', active: true });
    expect(byId.get(String(dana?.id))).toMatchObject({ name: 'Dana Roe', email: 'dana@lumen.example', active: false });
  });

  it.each([403, 404])('are not known where the list answers %i, and the right is named', async (status) => {
    await psa.control('POST', '/faults', { match: { path: '/system/info/members' }, mode: 'status', status, count: 9 });
    expect(await psa.reopen().source.staff?.()).toEqual({
      people: [],
      notKnown: expect.stringMatching(/System > Member Maintenance: Inquire level All.*Security Roles/),
    });
  });
});
