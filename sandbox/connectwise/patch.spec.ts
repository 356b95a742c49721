import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpecClient } from './spec-client.fixture.js';

let psa: SpecClient;
beforeAll(async () => void (psa = await SpecClient.start()));
afterAll(() => psa.stop());

type Invoice = Record<string, unknown> & { id: number; status: { id: number }; _info: { lastUpdated: string; updatedBy: string } };
const read = async (id: number) => (await psa.get<Invoice>(`/finance/invoices/${id}`)).body;
const patch = (id: number, body: unknown) => psa.call<Invoice & { errors?: object[] }>('PATCH', `/finance/invoices/${id}`, body);
const closedId = async () =>
  (await psa.get<Invoice[]>('/finance/invoices', { conditions: 'status/isClosed = true', pageSize: '1' })).body[0]?.id ?? 0;

describe('PATCH of an invoice', () => {
  it('replaces a whole reference, with or without a slash, and stamps the change', async () => {
    const before = await read(5202);
    const answer = await patch(5202, [{ op: 'replace', path: '/status', value: { id: 3 } }]);
    expect(answer.status).toBe(200);
    expect(answer.body.status).toMatchObject({ id: 3, name: 'Ready to Send', isClosed: false });
    expect(answer.body._info.lastUpdated > before._info.lastUpdated).toBe(true);
    expect(answer.body._info.updatedBy).toBe('cwapi');
    expect((await patch(5202, [{ op: 'replace', path: 'status', value: { name: 'In Review' } }])).body.status.id).toBe(2);
  });

  it('answers 200 and changes nothing for a path into a reference', async () => {
    const before = await read(5203);
    const answer = await patch(5203, [{ op: 'replace', path: 'company/identifier', value: 'Other' }]);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(before);
    expect(await read(5203)).toEqual(before);
  });

  it('refuses unknown paths, unknown references, totals, and texts that are too long', async () => {
    const operations = [
      { op: 'replace', path: 'Status', value: { id: 1 } },
      { op: 'replace', path: 'status', value: { id: 99 } },
      { op: 'replace', path: 'total', value: 5 },
      { op: 'replace', path: 'reference', value: 'x'.repeat(51) },
      { op: 'replace', path: 'taxableFlag', value: 'yes' },
    ];
    for (const operation of operations) {
      const answer = await patch(5203, [operation]);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        code: 'InvalidObject',
        message: 'invoice object is invalid',
        errors: [{ resource: 'invoice', field: operation.path }],
      });
    }
    expect((await patch(5203, { status: { id: 3 } })).status).toBe(400);
  });

  it('works on elements of lists, in order', async () => {
    await patch(5206, [
      { op: 'replace', path: '/customFields/0/value', value: 'INV-9' },
      { op: 'add', path: 'customerPO', value: 'PO-1' },
    ]);
    const patched = await read(5206);
    expect(patched).toMatchObject({ customerPO: 'PO-1', customFields: [{ value: 'INV-9' }] });
    expect((await patch(5206, [{ op: 'replace', path: '/customFields/7/value', value: 1 }])).status).toBe(400);
    await patch(5206, [{ op: 'remove', path: 'customerPO' }]);
    expect(await read(5206)).not.toHaveProperty('customerPO');
  });

  it('works totals out again when the tax changes', async () => {
    const { body } = await psa.get<Invoice[]>('/finance/invoices', {
      conditions: 'locationId = 2 and salesTax > 0 and status/id = 1',
      pageSize: '1',
    });
    const [before] = body;
    const answer = await patch(before?.id ?? 0, [{ op: 'replace', path: 'taxableFlag', value: false }]);
    expect(answer.body).toMatchObject({ salesTax: 0, total: before?.['subtotal'], balance: before?.['subtotal'] });
  });

  it('leaves closed invoices locked; their own route changes the status', async () => {
    const id = await closedId();
    expect((await patch(id, [{ op: 'replace', path: 'reference', value: 'x' }])).status).toBe(400);
    expect((await patch(id, [{ op: 'replace', path: 'status', value: { id: 1 } }])).status).toBe(400);
    const answer = await psa.call('PATCH', `/finance/closedInvoices/${id}`, [{ op: 'replace', path: 'internalNotes', value: 'seen' }]);
    expect(answer.body).toMatchObject({ id, status: { id: 6, isClosed: true }, internalNotes: 'seen' });
    const reopened = await psa.call<Invoice>('PATCH', `/finance/closedInvoices/${id}`, [
      { op: 'replace', path: 'status', value: { id: 4 } },
    ]);
    expect(reopened.body.status).toMatchObject({ id: 4, isClosed: false });
    expect((await psa.call('PATCH', `/finance/closedInvoices/${id}`, [])).status).toBe(404);
    expect((await patch(id, [{ op: 'replace', path: 'reference', value: 'x' }])).status).toBe(200);
  });

  it('resets with PUT what is left out, and asks for what PUT needs', async () => {
    const before = await read(5210);
    expect((await psa.call('PUT', '/finance/invoices/5210', { type: 'Standard', company: { id: 250 } })).status).toBe(400);
    const { topComment, ...rest } = before;
    expect(topComment).toBeTruthy();
    const answer = await psa.call<Invoice>('PUT', '/finance/invoices/5210', rest);
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('topComment');
    expect(answer.body).toMatchObject({ invoiceNumber: before['invoiceNumber'], total: before['total'], balance: before['balance'] });
  });
});
