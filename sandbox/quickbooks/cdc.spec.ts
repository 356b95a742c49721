import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectedClient } from './connected-client.fixture.js';

const MINUTE = 60_000;

describe('change data capture', () => {
  let client: ConnectedClient;
  beforeEach(async () => {
    client = await ConnectedClient.start();
  });
  afterEach(() => client.stop());

  const since = (ms: number) => new Date(client.sandbox.clock.now().getTime() - ms).toISOString();
  const changes = (entities: string, from: string) => client.get(`/cdc?entities=${entities}&changedSince=${encodeURIComponent(from)}`);
  const lists = async (entities: string, from: string) => (await changes(entities, from)).body.CDCResponse[0]?.QueryResponse ?? [];

  it('does not show the first data as news', async () => {
    const answer = await changes('Invoice,Customer', since(29 * 24 * 60 * MINUTE));
    expect(answer.body.CDCResponse).toEqual([{ QueryResponse: [{}, {}] }]);
    expect(answer.body.time).toMatch(/^\d{4}-/);
  });

  it('shows new, paid and deleted documents, the deleted ones last', async () => {
    const [first, second] = [await client.invoice('D-1', 10), await client.invoice('D-2', 20)];
    client.sandbox.clock.advance(30 * MINUTE);
    const from = since(MINUTE);
    const payment = (await client.control('/payments', { number: 'D-1', amount: '10.00' })).body;
    await client.post('/invoice?operation=delete', { Id: second.Id, SyncToken: '0' });
    const [invoices, payments, customers] = await lists('Invoice,Payment,Customer', from);
    expect(invoices?.Invoice).toMatchObject([
      { Id: first.Id, Balance: 0 },
      { Id: second.Id, status: 'Deleted' },
    ]);
    expect(invoices).toMatchObject({ startPosition: 1, maxResults: 2, totalCount: 2 });
    expect(payments?.Payment).toMatchObject([{ Id: payment.Id }]);
    expect(customers).toEqual({});
  });

  it('gives a thousand objects and no second page', async () => {
    const { store } = client.sandbox;
    const made = await client.invoice('CAP', 1);
    store.transaction(() => {
      for (let id = 10_000; id < 11_100; id += 1) store.put('Invoice', id, { ...made, Id: String(id), DocNumber: `CAP-${id}` });
    });
    const [invoices, customers] = await lists('Invoice,Customer', since(MINUTE));
    expect(invoices?.Invoice).toHaveLength(1000);
    expect(customers).toEqual({});
  });

  it('looks back thirty days and needs a readable time', async () => {
    expect((await changes('Invoice', since(31 * 24 * 60 * MINUTE))).status).toBe(400);
    expect((await client.get('/cdc?entities=Invoice&changedSince=2026-11-01T00:00:00+01:00')).status).toBe(400);
    expect((await changes('TaxCode', since(MINUTE))).status).toBe(501);
  });
});
