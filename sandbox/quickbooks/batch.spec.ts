import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectedClient, faultCode, itemLine } from './connected-client.fixture.js';

describe('batches', () => {
  let client: ConnectedClient;
  let CustomerRef: { value: string };
  beforeAll(async () => {
    client = await ConnectedClient.start();
    CustomerRef = { value: await client.customerId() };
  });
  afterAll(() => client.stop());

  const batch = (items: unknown[], query = '') => client.post(`/batch${query}`, { BatchItemRequest: items });
  const creating = (bId: string, DocNumber: string, more: Record<string, unknown> = {}) => ({
    bId,
    operation: 'create',
    Invoice: { CustomerRef, DocNumber, Line: [itemLine(10)] },
    ...more,
  });
  const count = async (number: string) =>
    (await client.query(`select count(*) from Invoice where DocNumber = '${number}'`)).body.QueryResponse.totalCount;

  it('answers 200 with each item for itself', async () => {
    const answer = await batch([
      creating('a', 'B-1'),
      creating('b', 'B-1'),
      { bId: 'c', Query: "select * from Term where Name = 'Net 30'" },
      { bId: 'd', operation: 'update', Invoice: { Id: '99999', SyncToken: '0' } },
      creating('e', 'B-2'),
    ]);
    expect(answer.status).toBe(200);
    const [a, b, c, d, e] = answer.body.BatchItemResponse;
    expect(a).toMatchObject({ bId: 'a', Invoice: { DocNumber: 'B-1' } });
    expect(b).toMatchObject({ bId: 'b', Fault: { type: 'ValidationFault', Error: [{ code: '6140' }] } });
    expect(c).toMatchObject({ bId: 'c', QueryResponse: { Term: [{ DueDays: 30 }], maxResults: 1 } });
    expect(d?.Fault?.Error[0]?.code).toBe('610');
    expect(e?.Invoice.DocNumber).toBe('B-2');
  });

  it('voids, deletes and allows duplicates by optionsData', async () => {
    const { Id } = await client.invoice('B-3', 10);
    const answer = await batch([
      { bId: '1', operation: 'update', optionsData: 'void', Invoice: { Id, SyncToken: '0' } },
      creating('2', 'B-3', { optionsData: 'allowduplicatedocnum' }),
      { bId: '3', operation: 'delete', Invoice: { Id, SyncToken: '1' } },
    ]);
    const [voided, second, deleted] = answer.body.BatchItemResponse;
    expect(voided?.Invoice.TotalAmt).toBe(0);
    expect(second?.Invoice.DocNumber).toBe('B-3');
    expect(deleted?.Invoice.status).toBe('Deleted');
  });

  it('refuses more than thirty items and keys that are too long', async () => {
    const many = Array.from({ length: 31 }, (_, index) => creating(`i${index}`, `MANY-${index}`));
    const answer = await batch(many);
    expect([answer.status, faultCode(answer)]).toEqual([400, '1040']);
    expect(await count('MANY-0')).toBe(0);
    expect((await batch(many.slice(0, 30))).status).toBe(200);
    expect(faultCode(await batch([creating('a', 'L-1')], `?requestid=${'x'.repeat(37)}`))).toBe('2050');
    expect(faultCode(await batch([creating('12345678901', 'L-1')], '?requestid=short'))).toBe('2050');
  });

  it('replays by request id plus bId after the answer was lost, and runs what is new', async () => {
    const items = [creating('1', 'R-1'), creating('2', 'R-1'), creating('3', 'R-2')];
    await client.control('/faults', { match: { path: '/batch' }, mode: 'drop-after-commit' });
    await expect(batch(items, '?requestid=batch-1')).rejects.toThrow();
    expect(await count('R-1')).toBe(1);
    const again = await batch([...items, creating('4', 'R-3')], '?requestid=batch-1');
    const [one, two, three, four] = again.body.BatchItemResponse;
    expect(one?.Invoice.DocNumber).toBe('R-1');
    expect(two?.Fault?.Error[0]?.code).toBe('6140');
    expect([three?.Invoice.DocNumber, four?.Invoice.DocNumber]).toEqual(['R-2', 'R-3']);
    expect(await count('R-1')).toBe(1);
    const other = await batch([creating('1', 'R-1')], '?requestid=batch-2');
    expect(other.body.BatchItemResponse[0]?.Fault?.Error[0]?.code).toBe('6140');
  });
});
