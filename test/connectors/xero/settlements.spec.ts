import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomesOf } from '../../support/batch-outcomes.js';
import { connectedXero, ledgerDocument, type ConnectedXero } from '../../support/xero.js';
import type { SettlementPage } from '../../../src/ports/accounting-ledger.js';
import { compareApplied, firstCursor, nextPosition, readCursor } from '../../../src/connectors/xero/settlement-cursor.js';

let xero: ConnectedXero;
const ids = new Map<string, string>();
beforeAll(async () => {
  xero = await connectedXero();
  const codes = await xero.ledger.codes();
  const customer = { externalId: '1', name: 'Wattle Street Medical', address: { lines: [] }, deleted: false };
  const [ensured] = await xero.ledger.ensure([{ kind: 'contact', key: 'k', marker: 'CS-C-1', customer }]);
  const contactExternalId = ensured?.outcome.state === 'posted' ? ensured.outcome.externalId : '';
  const numbers = ['S-1', 'S-2', 'S-3', 'S-4'];
  const members = numbers.map((number) => {
    const { body } = xero.ledger.prepare(ledgerDocument({ number, contactExternalId }), xero.ledger.suggestMapping(codes), codes, {});
    return { memberKey: number, number, body };
  });
  const outcomes = await outcomesOf(xero.ledger.send({ requestKey: 'seed', kind: 'invoice', members }));
  outcomes.forEach((outcome, index) => ids.set(numbers[index] ?? '', outcome.state === 'posted' ? outcome.externalId : outcome.state));
});
afterAll(() => xero.close());

async function readAll(cursor: string | undefined): Promise<SettlementPage> {
  const all: SettlementPage = { settlements: [], voidedDocuments: [], cursor: cursor ?? '', more: true };
  for (let calls = 0; all.more && calls < 20; calls += 1) {
    const page = await xero.ledger.settlements(all.cursor === '' ? undefined : all.cursor, '2026-11-01');
    all.settlements.push(...page.settlements);
    all.voidedDocuments.push(...page.voidedDocuments);
    all.cursor = page.cursor;
    all.more = page.more;
  }
  return all;
}
const ofDocument = (page: SettlementPage, number: string) =>
  page.settlements.filter((settlement) => settlement.documentExternalId === ids.get(number));

describe('settlements', () => {
  it('tell payments, their removal, credits and voids, each once the ledger has them', async () => {
    const start = await readAll(undefined);
    expect(ofDocument(start, 'S-1')).toEqual([]);

    const payment = (await xero.control('/payments', { number: 'S-1', amount: '40.10', date: '2026-11-20', reference: 'EFT 9' })) as {
      PaymentID: string;
    };
    await xero.control('/credits', { number: 'S-2', amount: '11.00', date: '2026-11-19' });
    await xero.control('/void', { number: 'S-3' });
    const told = await readAll(start.cursor);
    expect(ofDocument(told, 'S-1')).toEqual([
      {
        kind: 'payment',
        externalId: payment.PaymentID,
        documentExternalId: ids.get('S-1'),
        amount: '40.10',
        currency: 'AUD',
        date: '2026-11-20',
        reference: 'EFT 9',
        removed: false,
      },
    ]);
    expect(ofDocument(told, 'S-2')).toMatchObject([
      { kind: 'credit', amount: '11.00', currency: 'AUD', date: '2026-11-19', removed: false },
    ]);
    expect(told.voidedDocuments).toContain(ids.get('S-3'));
    expect(told.voidedDocuments).not.toContain(ids.get('S-1'));

    await xero.control('/payments', { remove: payment.PaymentID });
    await undoCredit(ofDocument(told, 'S-2')[0]?.externalId ?? '');
    const undone = await readAll(told.cursor);
    expect(ofDocument(undone, 'S-1')).toMatchObject([{ externalId: payment.PaymentID, amount: '40.10', removed: true }]);
    expect(ofDocument(undone, 'S-2')).toMatchObject([{ kind: 'credit', amount: '11.00', date: '2026-11-19', removed: true }]);
  });

  it('cost three requests when nothing is new', async () => {
    const { cursor } = await readAll(undefined);
    xero.requests();
    await xero.ledger.settlements(cursor, '2026-11-01');
    expect(xero.requests()).toEqual(['GET /Payments', 'GET /CreditNotes', 'GET /Invoices']);
  });

  it('begin with the first day asked for, wherever the organisation is', async () => {
    await xero.ledger.settlements(undefined, '2026-11-01');
    expect(xero.sandbox.log.list({ path: '/Payments' }).at(-1)?.headers['if-modified-since']).toBe('2026-10-31T00:00:00');
  });

  it('leave the cursor where it was when a list cannot be read', async () => {
    xero.sandbox.faults.plan({ match: { path: '/Invoices' }, mode: 'malformed', status: 503, delayMs: 0, count: 1 });
    await expect(xero.ledger.settlements(undefined, '2026-11-01')).rejects.toMatchObject({ kind: 'unreadable' });
  });
});

async function undoCredit(allocationId: string): Promise<void> {
  const allocation = xero.sandbox.store.get<{ creditNoteId: string }>('allocation', allocationId);
  const { accessToken = '' } = await xero.context.credentials.current();
  const headers = { authorization: `Bearer ${accessToken}`, 'xero-tenant-id': xero.context.externalAccountId, accept: 'application/json' };
  const url = `${xero.sandbox.url}/api.xro/2.0/CreditNotes/${allocation?.creditNoteId}/Allocations/${allocationId}`;
  const answer = await fetch(url, { method: 'DELETE', headers });
  if (!answer.ok) throw new Error(`${answer.status}`);
}

describe('the position in a list', () => {
  const at = { since: '2026-11-20T02:00:00', page: 1 };

  it('follows the last row while pages are full, so that rows which move cannot hide others', () => {
    const changes = ['2026-11-20T02:00:05.100Z', '2026-11-20T02:00:09.900Z'];
    expect(nextPosition(at, changes, 2)).toEqual({ position: { since: '2026-11-20T02:00:09', page: 1 }, more: true });
  });

  it('turns the page when a whole page changed within one second', () => {
    const changes = ['2026-11-20T02:00:00.100Z', '2026-11-20T02:00:00.200Z'];
    expect(nextPosition(at, changes, 2)).toEqual({ position: { since: at.since, page: 2 }, more: true });
  });

  it('ends a minute before the newest row, and never goes back', () => {
    expect(nextPosition(at, ['2026-11-20T02:05:30.500Z'], 2)).toEqual({ position: { since: '2026-11-20T02:04:30', page: 1 }, more: false });
    expect(nextPosition(at, ['2026-11-20T02:00:30.000Z'], 2)).toEqual({ position: at, more: false });
    expect(nextPosition({ ...at, page: 3 }, [], 2)).toEqual({ position: at, more: false });
  });
});

describe('a cursor', () => {
  it.each([undefined, '', '{', '{"v":2}', 'null'])('like %j starts from the day', (text) => {
    expect(readCursor(text, '2026-11-01')).toEqual(firstCursor('2026-11-01'));
  });

  it('remembers what stood, to tell once that it stands no more', () => {
    const cursor = firstCursor('2026-11-01');
    const one = ['inv', '11.00', 'AUD', '2026-11-19'] as [string, string, string, string];
    expect(compareApplied(cursor, 'note', { a: one })).toMatchObject([{ externalId: 'a', removed: false }]);
    const restored = readCursor(JSON.stringify(cursor), '2026-11-01');
    expect(compareApplied(restored, 'note', {})).toMatchObject([
      { externalId: 'a', amount: '11.00', documentExternalId: 'inv', removed: true },
    ]);
    expect(compareApplied(restored, 'note', {})).toEqual([]);
    expect(restored.applied).toEqual({});
  });
});
