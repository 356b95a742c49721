import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectedPsa, pullAll, type ConnectedPsa } from './connected.fixture.js';

let psa: ConnectedPsa;
beforeAll(async () => void (psa = await connectedPsa()));
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
    ['routings', 'Finance > Invoicing: Inquire level All'],
    ['agreements', 'Finance > Agreements: Inquire level All'],
    ['setup', 'System > Table Setup (Invoicing / Tax Code): Inquire level All'],
    ['time', 'Time & Expense > Time Entry: Inquire level All'],
    ['expenses', 'Time & Expense > Expense Report Entry: Inquire level All'],
    ['products', 'Procurement > Products: Inquire level All'],
    ['companies', 'Companies > Company Maintenance: Inquire level All'],
    ['members', 'System > Member Maintenance: Inquire level All'],
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
  it.each(['invoices', 'time', 'expenses', 'products', 'agreements', 'companies', 'members', 'setup', 'routings'])(
    'stops the pull with the right that is missing: %s',
    async (area) => {
      await deny(area);
      await expect(pullAll(psa.reopen().source)).rejects.toMatchObject({
        kind: 'forbidden',
        details: { status: 403, permission: expect.stringContaining('Security Roles') },
      });
    },
  );
});
