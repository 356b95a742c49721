import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectedClient, faultCode, itemLine } from './connected-client.fixture.js';

describe('request ids', () => {
  let client: ConnectedClient;
  let CustomerRef: { value: string };
  beforeEach(async () => {
    client = await ConnectedClient.start();
    CustomerRef = { value: await client.customerId() };
  });
  afterEach(() => client.stop());

  const count = async () => (await client.query("select count(*) from Invoice where DocNumber like 'R-%'")).body.QueryResponse.totalCount;
  const body = (DocNumber: string) => ({ CustomerRef, DocNumber, Line: [itemLine(10)] });

  it('gives the first answer again after the line was cut behind the commit', async () => {
    await client.control('/faults', { match: { method: 'POST', path: '/invoice' }, mode: 'drop-after-commit' });
    await expect(client.post('/invoice?requestid=one', body('R-1'))).rejects.toThrow();
    expect(await count()).toBe(1);
    const again = await client.post('/invoice?requestid=one', body('R-1'));
    expect([again.status, again.body.Invoice.DocNumber]).toEqual([200, 'R-1']);
    expect(await count()).toBe(1);
    expect(faultCode(await client.post('/invoice?requestid=two', body('R-1')))).toBe('6140');
  });

  it('answers the state of then, not of now', async () => {
    const made = (await client.post('/invoice?requestid=one', body('R-1'))).body.Invoice;
    await client.control('/void', { number: 'R-1' });
    expect((await client.post('/invoice?requestid=one', body('R-1'))).body.Invoice).toEqual(made);
  });

  it('covers updates and deletes', async () => {
    const { Id } = (await client.post('/invoice', body('R-1'))).body.Invoice;
    const change = { Id, SyncToken: '0', sparse: true, PrivateNote: 'x' };
    await client.post('/invoice?requestid=change', change);
    expect((await client.post('/invoice?requestid=change', change)).body.Invoice.SyncToken).toBe('1');
    for (let round = 0; round < 2; round += 1) {
      const gone = await client.post('/invoice?operation=delete&requestid=gone', { Id, SyncToken: '1' });
      expect(gone.body.Invoice.status).toBe('Deleted');
    }
  });

  it('repeats a refusal even for mended data, unless switched off', async () => {
    const broken = { ...body('R-1'), CustomerRef: { value: '99999' } };
    expect(faultCode(await client.post('/invoice?requestid=one', broken))).toBe('2500');
    expect(faultCode(await client.post('/invoice?requestid=one', body('R-1')))).toBe('2500');
    await client.control('/options', { replayFaults: false });
    expect(faultCode(await client.post('/invoice?requestid=two', broken))).toBe('2500');
    expect((await client.post('/invoice?requestid=two', body('R-1'))).status).toBe(200);
  });

  it('takes fifty characters', async () => {
    expect((await client.post(`/invoice?requestid=${'x'.repeat(50)}`, body('R-1'))).status).toBe(200);
    expect(faultCode(await client.post(`/invoice?requestid=${'x'.repeat(51)}`, body('R-2')))).toBe('2050');
  });
});
