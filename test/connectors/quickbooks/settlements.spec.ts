import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomesOf } from '../../support/batch-outcomes.js';
import { connectedQuickbooks, readyToPrepare, type ConnectedQuickbooks } from '../../support/quickbooks.js';
import type { SettlementPage } from '../../../src/ports/accounting-ledger.js';

let quickbooks: ConnectedQuickbooks;
let ready: Awaited<ReturnType<typeof readyToPrepare>>;
let cursor: string | undefined;
let serial = 0;

const FROM = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
  quickbooks = await connectedQuickbooks();
  ready = await readyToPrepare(quickbooks.ledger);
});
afterAll(() => quickbooks.close());

async function posted(kind: 'invoice' | 'credit_note' = 'invoice'): Promise<{ id: string; number: string }> {
  const { number, body } = await ready.prepare({ kind, number: `S-${(serial += 1)}` });
  const [outcome] = await outcomesOf(
    quickbooks.ledger.send({ requestKey: `s-${serial}`, kind, members: [{ memberKey: '1', number, body }] }),
  );
  if (outcome?.state !== 'posted') throw new Error(JSON.stringify(outcome));
  return { id: outcome.externalId, number };
}

/** Everything since the last time, until there is no more. */
async function news(from = FROM): Promise<SettlementPage> {
  const all: SettlementPage = { settlements: [], voidedDocuments: [], cursor: '', more: false };
  for (let pages = 0; pages < 20; pages += 1) {
    const page = await quickbooks.ledger.settlements(cursor, from);
    cursor = page.cursor;
    all.settlements.push(...page.settlements);
    all.voidedDocuments.push(...page.voidedDocuments);
    if (!page.more) return all;
  }
  throw new Error('it does not end');
}

async function newsOf(id: string) {
  return (await news()).settlements.filter((settlement) => settlement.documentExternalId === id);
}

async function pay(body: Record<string, unknown>): Promise<{ Id: string; SyncToken: string }> {
  const made = await quickbooks.api('POST', '/payment', { CustomerRef: { value: ready.contactExternalId }, ...body });
  return made.Payment;
}
const line = (Amount: number, TxnId: string, TxnType = 'Invoice') => ({ Amount, LinkedTxn: [{ TxnId, TxnType }] });

describe('settlements', () => {
  it('tells of a payment in one request, again and again within the overlap, and takes it back once', async () => {
    const { id } = await posted();
    const payment = await pay({ TotalAmt: 40, TxnDate: '2026-11-05', PaymentRefNum: 'CHK 8841', Line: [line(40, id)] });
    quickbooks.requests();
    const told = {
      kind: 'payment',
      externalId: `${payment.Id}:${id}`,
      documentExternalId: id,
      amount: '40.00',
      currency: 'USD',
      date: '2026-11-05',
      reference: 'CHK 8841',
      removed: false,
    };
    expect(await newsOf(id)).toEqual([told]);
    expect(quickbooks.requests()).toEqual(['GET /cdc']);
    expect(await newsOf(id)).toEqual([told]);
    await quickbooks.control('/payments', { remove: payment.Id });
    const { reference: _gone, ...rest } = told;
    expect(await newsOf(id)).toEqual([{ ...rest, removed: true }]);
    expect(await newsOf(id)).toEqual([]);
  });

  it('one payment over two invoices is two settlements; moved to one of them it is one removal', async () => {
    const [one, two] = [await posted(), await posted()];
    const payment = await pay({ TotalAmt: 50, Line: [line(20, one.id), line(30, two.id)] });
    const first = (await news()).settlements.filter(({ externalId }) => externalId.startsWith(`${payment.Id}:`));
    expect(first.map(({ documentExternalId, amount }) => [documentExternalId, amount])).toEqual([
      [one.id, '20.00'],
      [two.id, '30.00'],
    ]);
    await quickbooks.api('POST', '/payment', { Id: payment.Id, SyncToken: payment.SyncToken, sparse: true, Line: [line(50, two.id)] });
    const second = (await news()).settlements.filter(({ externalId }) => externalId.startsWith(`${payment.Id}:`));
    expect(second.map(({ documentExternalId, amount, removed }) => [documentExternalId, amount, removed])).toEqual([
      [two.id, '50.00', false],
      [one.id, '20.00', true],
    ]);
  });

  it('a voided payment is taken back', async () => {
    const { id } = await posted();
    const payment = await pay({ TotalAmt: 10, Line: [line(10, id)] });
    await news();
    await quickbooks.api('POST', '/payment?operation=void', payment);
    expect(await newsOf(id)).toMatchObject([{ externalId: `${payment.Id}:${id}`, amount: '10.00', removed: true }]);
  });

  it('credit is credit, with the number of its memo, and money beside it is money', async () => {
    const [invoice, memo] = [await posted(), await posted('credit_note')];
    const payment = await pay({ TotalAmt: 7.5, Line: [line(57.5, invoice.id), line(50, memo.id, 'CreditMemo')] });
    expect(await newsOf(invoice.id)).toMatchObject([
      { kind: 'payment', externalId: `${payment.Id}:${invoice.id}`, amount: '7.50' },
      { kind: 'credit', externalId: `${payment.Id}:${invoice.id}:credit`, amount: '50.00', reference: memo.number },
    ]);
  });

  it('a pure application of credit is no payment, and an overpayment pays no more than the invoice', async () => {
    const [credited, paid] = [await posted(), await posted()];
    await quickbooks.control('/credits', { number: credited.number, amount: 30 });
    await quickbooks.control('/payments', { number: paid.number, amount: 500 });
    const { settlements } = await news();
    expect(settlements.filter(({ documentExternalId }) => documentExternalId === credited.id)).toMatchObject([
      { kind: 'credit', amount: '30.00' },
    ]);
    expect(settlements.filter(({ documentExternalId }) => documentExternalId === paid.id)).toMatchObject([
      { kind: 'payment', amount: '107.50' },
    ]);
  });

  it('voided and deleted documents are told, with the payments they lose', async () => {
    const [voided, deleted] = [await posted(), await posted('credit_note')];
    await quickbooks.control('/payments', { number: voided.number, amount: 5 });
    await news();
    await quickbooks.control('/void', { number: voided.number });
    await quickbooks.api('POST', '/creditmemo?operation=delete', { Id: deleted.id, SyncToken: '0' });
    const { settlements, voidedDocuments } = await news();
    expect(voidedDocuments).toEqual(expect.arrayContaining([voided.id, deleted.id]));
    expect(settlements.filter(({ documentExternalId }) => documentExternalId === voided.id)).toMatchObject([
      { amount: '5.00', removed: true },
    ]);
  });

  it('a cursor that cannot be read starts over', async () => {
    const { id } = await posted();
    await quickbooks.control('/payments', { number: `S-${serial}`, amount: 5 });
    cursor = '{"v":0}';
    expect(await newsOf(id)).toHaveLength(1);
  });

  it('what is older than the feed is read list by list, and the feed follows', async () => {
    cursor = undefined;
    quickbooks.requests();
    const { settlements, voidedDocuments } = await news('2026-01-01');
    expect(quickbooks.requests()).toEqual(['GET /query payment', 'GET /query invoice', 'GET /query creditmemo', 'GET /cdc']);
    expect(settlements.some(({ reference }) => reference?.startsWith('CHK '))).toBe(true);
    expect(voidedDocuments.length).toBeGreaterThan(0);
    expect(quickbooks.context.clock.now().getTime() - Date.parse((JSON.parse(cursor ?? '') as { since: string }).since)).toBeLessThan(
      120_000,
    );
  });

  it('a vendor whose clock is ahead refuses the feed once, and it still ends', async () => {
    await news();
    await quickbooks.control('/clock', { advanceMs: 40 * 86_400_000 });
    await quickbooks.context.credentials.renew(await quickbooks.context.credentials.current());
    const { id, number } = await posted();
    await quickbooks.control('/payments', { number, amount: 12 });
    quickbooks.requests();
    expect(await newsOf(id)).toMatchObject([{ amount: '12.00' }, { amount: '12.00' }]);
    expect(quickbooks.requests().filter((request) => request === 'GET /cdc')).toHaveLength(2);
    await quickbooks.control('/clock', { reset: true });
  });
});

describe('a thousand changes at once', () => {
  it('are read in full, in pages by time of change', async () => {
    const { id } = await posted();
    cursor = undefined;
    const customer = { value: ready.contactExternalId };
    const now = new Date().toISOString().slice(0, 19);
    quickbooks.sandbox.store.transaction(() => {
      for (let index = 0; index < 2_100; index += 1) {
        const Id = String(700_000 + index);
        const LastUpdatedTime = `${now}Z`;
        const MetaData = { CreateTime: LastUpdatedTime, LastUpdatedTime };
        const body = {
          Id,
          SyncToken: '0',
          domain: 'QBO',
          MetaData,
          CustomerRef: customer,
          CurrencyRef: { value: 'USD' },
          TxnDate: '2026-11-05',
        };
        quickbooks.sandbox.store.put('Payment', Id, { ...body, TotalAmt: 0.01, UnappliedAmt: 0, Line: [line(0.01, id)] });
      }
    });
    const found = await newsOf(id);
    expect(new Set(found.map(({ externalId }) => externalId)).size).toBe(2_100);
    const next = await quickbooks.ledger.settlements(cursor, FROM);
    expect(next.settlements.length).toBeGreaterThan(0);
  });
});
