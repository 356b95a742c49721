import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectedClient, faultCode } from './connected-client.fixture.js';

describe('queries over the company', () => {
  let client: ConnectedClient;
  beforeAll(async () => {
    client = await ConnectedClient.start();
    for (let number = 1; number <= 5; number += 1) await client.invoice(`Q-${number}`, number * 10, { TxnDate: `2026-03-0${number}` });
  });
  afterAll(() => client.stop());

  async function numbers(rest: string): Promise<string[]> {
    const { QueryResponse } = (await client.query(`select * from Invoice ${rest}`)).body;
    return (QueryResponse.Invoice ?? []).map((invoice) => invoice.DocNumber);
  }

  it('filters by number, dates, amounts, references and lists', async () => {
    expect(await numbers("where DocNumber = 'q-2'")).toEqual(['Q-2']);
    expect(await numbers("where DocNumber in ('Q-4','Q-1','none') orderby DocNumber")).toEqual(['Q-1', 'Q-4']);
    expect(await numbers("where TotalAmt > '20' and TotalAmt <= '40' orderby TotalAmt desc")).toEqual(['Q-4', 'Q-3']);
    expect(await numbers("where TxnDate >= '2026-03-04' and TxnDate < '2026-04-01' orderby Id")).toEqual(['Q-4', 'Q-5']);
    expect(await numbers(`where CustomerRef = '${await client.customerId()}' and DocNumber like 'Q-%' orderby Id`)).toHaveLength(5);
    expect(await numbers("where MetaData.LastUpdatedTime > '2026-01-01T00:00:00Z' and DocNumber like '%-5'")).toEqual(['Q-5']);
  });

  it('pages with one-based positions and says how many rows it gave', async () => {
    expect(await numbers("where DocNumber like 'Q-%' orderby Id startposition 2 maxresults 2")).toEqual(['Q-2', 'Q-3']);
    const last = (await client.query("select * from Invoice where DocNumber like 'Q-%' orderby Id startposition 5 maxresults 2")).body;
    expect(last.QueryResponse).toMatchObject({ startPosition: 5, maxResults: 1 });
    const beyond = (await client.query("select * from Invoice where DocNumber like 'Q-%' startposition 6")).body;
    expect(beyond.QueryResponse).toEqual({});
  });

  it('counts', async () => {
    expect((await client.query("select count(*) from invoice where DocNumber like 'Q-%'")).body.QueryResponse).toEqual({ totalCount: 5 });
  });

  it('finds names with apostrophes, ampersands and brackets', async () => {
    const found = await client.query(String.raw`select * from Customer where DisplayName = 'O\'Brien & Daughters Law'`);
    expect(found.body.QueryResponse.Customer).toHaveLength(1);
  });

  it('hides inactive list entities until they are asked for, and renames them', async () => {
    const made = await client.create('Customer', { DisplayName: 'Short Lived' });
    await client.post('/customer', { Id: made.Id, SyncToken: made.SyncToken, sparse: true, Active: false });
    const byId = `select * from Customer where Id = '${made.Id}'`;
    expect((await client.query(byId)).body.QueryResponse).toEqual({});
    const asked = (await client.query(`${byId} and Active in (true, false)`)).body;
    expect(asked.QueryResponse.Customer[0]?.DisplayName).toBe('Short Lived (deleted)');
  });

  it('takes the query as posted text too', async () => {
    const posted = await client.call('POST', '/query', "select * from Term where Name = 'Net 30'", { 'content-type': 'application/text' });
    expect(posted.body.QueryResponse.Term[0]).toMatchObject({ DueDays: 30, Type: 'STANDARD' });
  });

  it.each([
    ['an unknown entity', 'select * from Custmoer', '4001', 'QueryValidationError: invalid context declaration: Custmoer'],
    ['an attribute that cannot be queried', "select * from Invoice where PrivateNote = 'x'", '4001', undefined],
    ['a range over Id', "select * from Invoice where Id > '1'", '4001', undefined],
    ['nonsense', 'select from', '4000', undefined],
  ])('refuses %s', async (_what, text, code, detail) => {
    const answer = await client.query(text);
    expect(answer.status).toBe(400);
    expect(faultCode(answer)).toBe(code);
    if (detail) expect(answer.body.Fault?.Error[0]?.Detail).toBe(detail);
  });
});
