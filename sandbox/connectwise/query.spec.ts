import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpecClient } from './spec-client.fixture.js';

let psa: SpecClient;
beforeAll(async () => void (psa = await SpecClient.start()));
afterAll(() => psa.stop());

const links = (header: string | null): Record<string, string> =>
  Object.fromEntries(
    [...(header ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, address, relation]) => [relation ?? '', address ?? '']),
  );

describe('lists', () => {
  it('gives 25 rows by default and links to the pages around', async () => {
    const first = await psa.get<{ id: number }[]>('/finance/invoices', { orderBy: 'id asc' });
    expect(first.body).toHaveLength(25);
    expect(Object.keys(links(first.headers.get('link')))).toEqual(['next', 'last']);
    const middle = await psa.get('/finance/invoices', { pageSize: '50', page: '2' });
    expect(Object.keys(links(middle.headers.get('link')))).toEqual(['next', 'last', 'prev', 'first']);
    expect(new URL(links(middle.headers.get('link'))['last'] ?? '').searchParams.get('page')).toBe('9');
    const last = await psa.get<unknown[]>('/finance/invoices', { pageSize: '50', page: '9' });
    expect(last.body).toHaveLength(20);
    expect(Object.keys(links(last.headers.get('link')))).toEqual(['prev', 'first']);
  });

  it('cuts pages above 1,000 down', async () => {
    const answer = await psa.get<unknown[]>('/time/entries', { pageSize: '5000' });
    expect(answer.body).toHaveLength(1_000);
  });

  it('goes forward only by id until the link is empty, and sees every row once', async () => {
    const seen: number[] = [];
    let pageId: string | undefined;
    for (;;) {
      const parameters = { pageSize: '100', fields: 'id', ...(pageId && { pageId }) };
      const page = await psa.get<{ id: number }[]>('/finance/invoices', parameters, { 'pagination-type': 'forward-only' });
      seen.push(...page.body.map(({ id }) => id));
      expect(page.headers.has('link')).toBe(true);
      const next = links(page.headers.get('link'))['next'];
      if (!next) break;
      pageId = new URL(next).searchParams.get('pageId') ?? '';
      expect(pageId).toBe(String(seen.at(-1)));
    }
    expect(seen).toHaveLength(420);
    expect(new Set(seen).size).toBe(420);
    expect(seen).toEqual([...seen].sort((left, right) => left - right));
  });

  it('refuses orderBy with forward-only pages', async () => {
    const answer = await psa.get('/finance/invoices', { orderBy: 'id' }, { 'pagination-type': 'forward-only' });
    expect(answer.status).toBe(400);
  });

  it('projects, orders and counts', async () => {
    const parameters = {
      conditions: 'company/identifier = "KiteCo" and total > 0',
      fields: 'id,company/name,total',
      orderBy: 'total desc',
      pageSize: '1000',
    };
    const { body } = await psa.get<{ id: number; company: object; total: number }[]>('/finance/invoices', parameters);
    const { body: count } = await psa.get('/finance/invoices/count', { conditions: parameters.conditions });
    expect(count).toEqual({ count: body.length });
    expect(Object.keys(body[0] ?? {})).toEqual(['id', 'company', 'total']);
    expect(body[0]?.company).toEqual({ name: 'Kite & Co' });
    expect(body.map(({ total }) => total)).toEqual(body.map(({ total }) => total).sort((left, right) => right - left));
  });

  it('filters lines by many invoices at once', async () => {
    const { body } = await psa.get<{ invoice: { id: number } }[]>('/time/entries', {
      conditions: 'invoice/id in (5201,5203)',
      pageSize: '1000',
    });
    expect(new Set(body.map(({ invoice }) => invoice.id))).toEqual(new Set([5201, 5203]));
  });

  it.each([
    ['an unknown parameter', '/finance/invoices', { page_size: '5' }],
    ['an unknown field', '/finance/invoices', { fields: 'id,colour' }],
    ['a page that is no number', '/finance/invoices', { page: 'two' }],
    ['pageId without the header', '/finance/invoices', { pageId: '5' }],
    ['conditions on one record', '/finance/invoices/5201', { conditions: 'id=5201' }],
  ])('refuses %s', async (_what, path, parameters) => {
    const answer = await psa.get<{ message: string }>(path, parameters);
    expect(answer.status).toBe(400);
    expect(answer.body.message).not.toBe('');
  });

  it('leaves nulls out, keeps empty lists, and sends `{}` for missing references when told to', async () => {
    const plain = await psa.get('/finance/invoices/5202');
    expect(Object.values(plain.body)).not.toContain(null);
    expect(plain.body).not.toHaveProperty('project');
    expect(plain.body).not.toHaveProperty('_sandbox');
    const company = await psa.get('/company/companies/250');
    expect(company.body).toHaveProperty('integratorTags', []);
    await psa.call('POST', '/_sandbox/options', { emptyRefs: true });
    expect((await psa.get('/finance/invoices/5202')).body).toHaveProperty('project', {});
    await psa.call('DELETE', '/_sandbox/options');
  });
});
