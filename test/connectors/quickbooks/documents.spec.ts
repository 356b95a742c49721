import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { outcomesOf } from '../../support/batch-outcomes.js';
import { connectedQuickbooks, readyToPrepare, type ConnectedQuickbooks } from '../../support/quickbooks.js';
import type { LedgerDocument, OutgoingBatch } from '../../../src/ports/accounting-ledger.js';

let quickbooks: ConnectedQuickbooks;
let ready: Awaited<ReturnType<typeof readyToPrepare>>;
let serial = 0;

beforeAll(async () => {
  quickbooks = await connectedQuickbooks();
  ready = await readyToPrepare(quickbooks.ledger);
});
afterAll(() => quickbooks.close());
beforeEach(() => void quickbooks.requests());

const number = () => `T-${(serial += 1)}`;

async function batchOf(documents: Partial<LedgerDocument>[], kind: LedgerDocument['kind'] = 'invoice'): Promise<OutgoingBatch> {
  const members = [];
  for (const [index, more] of documents.entries()) {
    const prepared = await ready.prepare({ kind, number: number(), ...more });
    members.push({ memberKey: `m${index}`, number: prepared.number, body: prepared.body });
  }
  quickbooks.requests();
  return { requestKey: `key-${(serial += 1)}`, kind, members };
}

function withBody(batch: OutgoingBatch, index: number, change: (body: string) => string): OutgoingBatch {
  return { ...batch, members: batch.members.map((member, at) => (at === index ? { ...member, body: change(member.body) } : member)) };
}

const numberOf = (batch: OutgoingBatch, index = 0) => batch.members[index]?.number ?? '';
const fault = (mode: string, more: Record<string, unknown> = {}) =>
  quickbooks.control('/faults', { match: { path: '/batch' }, mode, ...more });

describe('sending', () => {
  it('posts the good and refuses the bad, each for itself and in order, in one request', async () => {
    const first = await batchOf([{}]);
    await quickbooks.ledger.send(first);
    let batch = await batchOf([{}, { number: numberOf(first) }, {}, { contactExternalId: '99999' }, {}]);
    batch = withBody(batch, 2, (body) => body.replace('"Qty":1', '"Qty":3'));
    quickbooks.requests();
    const outcomes = await outcomesOf(quickbooks.ledger.send(batch));
    const taken = (await quickbooks.documents(numberOf(first)))[0]?.Id ?? '';
    expect(outcomes).toMatchObject([
      { state: 'posted', link: expect.stringMatching(/\/invoice\?txnId=\d+$/) as string },
      { state: 'refused', vendorCode: 'number_taken', link: expect.stringMatching(`txnId=${taken}$`) as string },
      { state: 'refused', vendorCode: 'line_total_mismatch' },
      { state: 'refused', vendorCode: 'reference_unknown', cause: expect.stringContaining('Customers element id 99999') as string },
      { state: 'posted' },
    ]);
    expect(quickbooks.requests()).toEqual(['POST /batch']);
    expect(quickbooks.context.pacer.taken.at(-1)).toBe('batch');
    expect(quickbooks.context.pacer.inFlight).toBe(0);
  });

  it('leaves exactly the total, the tax, the dates and our marker', async () => {
    const line = {
      description: 'Switch',
      quantity: '3',
      unitPrice: '19.9875',
      amount: '59.96',
      taxable: true,
      category: 'product' as const,
    };
    const batch = await batchOf([{ lines: [line], subtotal: '59.96', tax: '4.51', total: '64.47' }]);
    expect(await outcomesOf(quickbooks.ledger.send(batch))).toMatchObject([{ state: 'posted' }]);
    expect(await quickbooks.documents(numberOf(batch))).toMatchObject([
      {
        TotalAmt: 64.47,
        TxnTaxDetail: { TotalTax: 4.51 },
        TxnDate: '2026-11-02',
        DueDate: '2026-11-16',
        CustomerMemo: { value: 'PO 77' },
        PrivateNote: '[CS-0199aaaa-1]',
      },
    ]);
  });

  it('takes a document that charges no tax as it is, although its line is taxable', async () => {
    const batch = await batchOf([{ tax: '0', total: '100.00' }]);
    await quickbooks.ledger.send(batch);
    expect((await quickbooks.documents(numberOf(batch)))[0]).toMatchObject({ TotalAmt: 100, TxnTaxDetail: { TotalTax: 0 } });
  });

  it('sends credit memos to their own place', async () => {
    const batch = await batchOf([{}], 'credit_note');
    expect(await outcomesOf(quickbooks.ledger.send(batch))).toMatchObject([
      { state: 'posted', link: expect.stringContaining('/creditmemo?') as string },
    ]);
    expect(await quickbooks.ledger.find('credit_note', [numberOf(batch)])).toMatchObject([{ kind: 'credit_note', total: '107.50' }]);
    expect(await quickbooks.ledger.find('invoice', [numberOf(batch)])).toEqual([]);
  });

  it('refuses into a closed period and for an inactive item, with what to do', async () => {
    const batch = await batchOf([{ date: '2026-01-15', dueDate: '2026-01-20' }]);
    await quickbooks.control('/options', { bookCloseDate: '2026-01-31' });
    expect(await outcomesOf(quickbooks.ledger.send(batch))).toMatchObject([
      { state: 'refused', vendorCode: 'period_locked', cause: expect.stringContaining('closing date') as string },
    ]);
    await quickbooks.control('/options', { bookCloseDate: null });
    const query = encodeURIComponent('select * from Item where Active = false');
    const inactive = (await quickbooks.api('GET', `/query?query=${query}`)).QueryResponse['Item']?.[0]?.Id ?? '';
    const dead = withBody(await batchOf([{}]), 0, (body) => body.replace(/"ItemRef":\{"value":"\d+"/, `"ItemRef":{"value":"${inactive}"`));
    expect(await outcomesOf(quickbooks.ledger.send(dead))).toMatchObject([{ state: 'refused', vendorCode: 'reference_inactive' }]);
  });

  it('does not call a document posted whose total came out differently', async () => {
    await quickbooks.control('/options', { partnerTaxEnabled: false });
    const batch = await batchOf([{}]);
    const [outcome] = await outcomesOf(quickbooks.ledger.send(batch));
    expect(outcome).toMatchObject({ state: 'unknown', why: expect.stringContaining('total of 100') as string });
    expect(await quickbooks.ledger.find('invoice', [numberOf(batch)])).toMatchObject([{ total: '100.00', marker: 'CS-0199aaaa-1' }]);
    await quickbooks.control('/options', { partnerTaxEnabled: true });
  });
});

describe('when the answer is lost', () => {
  it('knows nothing after the line broke, and the same request again makes no second document', async () => {
    const batch = await batchOf([{}, {}]);
    await fault('drop-after-commit');
    expect(await outcomesOf(quickbooks.ledger.send(batch))).toMatchObject([{ state: 'unknown' }, { state: 'unknown' }]);
    const found = await quickbooks.ledger.find('invoice', [numberOf(batch, 0), numberOf(batch, 1)]);
    expect(found.map(({ marker, total, voided }) => [marker, total, voided])).toEqual([
      ['CS-0199aaaa-1', '107.50', false],
      ['CS-0199aaaa-1', '107.50', false],
    ]);
    const again = await outcomesOf(quickbooks.ledger.send(batch));
    expect(again.map((outcome) => outcome.state === 'posted' && outcome.externalId)).toEqual(found.map(({ externalId }) => externalId));
    expect(await quickbooks.documents(numberOf(batch))).toHaveLength(1);
    const bodies = quickbooks.sandbox.log.list({ path: '/batch' });
    expect(new Set(bodies.map(({ body, path }) => `${path} ${body}`)).size).toBe(1);
  });

  it('a request under another key is told that the number is taken', async () => {
    const batch = await batchOf([{}]);
    await quickbooks.ledger.send(batch);
    expect(await outcomesOf(quickbooks.ledger.send({ ...batch, requestKey: 'another' }))).toMatchObject([
      { state: 'refused', vendorCode: 'number_taken' },
    ]);
  });

  it.each([
    ['no answer in time', 'timeout', {}, 'did not answer in time'],
    ['half a JSON text', 'malformed', {}, 'not JSON'],
    ['an internal error', 'status', { status: 500 }, 'internal error (status 500)'],
    ['a gateway that gave up, in XML', 'status', { status: 504 }, 'internal error (status 504)'],
    ['a service that is away', 'status', { status: 503 }, 'internal error (status 503)'],
  ])('%s leaves every member unknown', async (_name, mode, more, words) => {
    const batch = await batchOf([{}, {}]);
    await fault(mode, more);
    const ledger = mode === 'timeout' ? quickbooks.hasty() : quickbooks.ledger;
    const outcomes = await outcomesOf(ledger.send(batch));
    expect(outcomes).toEqual([1, 2].map(() => ({ state: 'unknown', why: expect.stringContaining(words) as string })));
  });

  it('a stopping process does not wait for the answer', async () => {
    const batch = await batchOf([{}]);
    await fault('timeout');
    const stop = new AbortController();
    const stopping = quickbooks.connector.open({ ...quickbooks.context, signal: stop.signal }).ledger;
    const sent = outcomesOf(stopping?.send(batch));
    await expect.poll(() => quickbooks.sandbox.faults.list(), { timeout: 15_000 }).toEqual([]);
    stop.abort();
    // The answer itself is waited for longer than this test is.
    expect(await sent).toMatchObject([{ state: 'unknown' }]);
  });
});

describe('when nothing was written', () => {
  it('a rate limit pauses everyone for a minute and is thrown', async () => {
    const batch = await batchOf([{}]);
    await fault('status', { status: 429 });
    await expect(quickbooks.ledger.send(batch)).rejects.toMatchObject({ kind: 'rate_limited', details: { retryAfterMs: 60_000 } });
    expect(quickbooks.context.pacer.pauses.at(-1)).toBe(60_000);
    expect(await quickbooks.documents(numberOf(batch))).toEqual([]);
  });

  it('an expired token is renewed once and the same request sent again', async () => {
    const batch = await batchOf([{}]);
    const before = quickbooks.context.credentials.renewals;
    await fault('status', { status: 401 });
    expect(await outcomesOf(quickbooks.ledger.send(batch))).toMatchObject([{ state: 'posted' }]);
    expect(quickbooks.context.credentials.renewals).toBe(before + 1);
    await fault('status', { status: 401, count: 2 });
    await expect(quickbooks.ledger.send(await batchOf([{}]))).rejects.toMatchObject({ kind: 'unauthorized' });
  });

  it('a request that is refused as a whole is turned down', async () => {
    const batch = await batchOf([{}, {}]);
    const turnedDown = { state: 'turned_down', refusal: { state: 'refused', vendorCode: 'text_too_long' } };
    expect(await quickbooks.ledger.send({ ...batch, requestKey: 'k'.repeat(37) })).toMatchObject(turnedDown);
    await quickbooks.control('/options', { faultsAs200: true });
    expect(await quickbooks.ledger.send({ ...batch, requestKey: 'k'.repeat(37) })).toMatchObject(turnedDown);
    await quickbooks.control('/options', { faultsAs200: false });
  });

  it('a disconnected company asks for a person', async () => {
    await fault('status', { status: 403 });
    await expect(quickbooks.ledger.send(await batchOf([{}]))).rejects.toMatchObject({ kind: 'grant_expired' });
  });
});

describe('finding', () => {
  it('finds voided ones, and numbers with quotes and backslashes in them', async () => {
    const odd = `O'B\\${number()}`;
    const batch = await batchOf([{}, { number: odd }]);
    await quickbooks.ledger.send(batch);
    await quickbooks.control('/void', { number: numberOf(batch) });
    const found = await quickbooks.ledger.find('invoice', [numberOf(batch), odd, odd, 'nowhere']);
    expect(found).toMatchObject([
      { number: numberOf(batch), voided: true, marker: 'CS-0199aaaa-1', total: '0.00', date: '2026-11-02', currency: 'USD' },
      { number: odd, voided: false, total: '107.50', contactExternalId: ready.contactExternalId },
    ]);
    expect(await quickbooks.ledger.find('invoice', ["x') or ('1"])).toEqual([]);
  });

  it('asks in hundreds', async () => {
    await quickbooks.ledger.find(
      'invoice',
      Array.from({ length: 101 }, (_, index) => `N-${index}`),
    );
    expect(quickbooks.requests()).toEqual(['GET /query invoice', 'GET /query invoice']);
  });
});

describe('attaching', () => {
  const file = { name: 'Invoice 1042.pdf', contentType: 'application/pdf', bytes: Buffer.from('%PDF-1.7 as approved') };

  async function posted(): Promise<{ externalId: string; kind: 'invoice'; number: string }> {
    const batch = await batchOf([{}]);
    const [outcome] = await outcomesOf(quickbooks.ledger.send(batch));
    if (outcome?.state !== 'posted') throw new Error('not posted');
    quickbooks.requests();
    return { externalId: outcome.externalId, kind: 'invoice', number: numberOf(batch) };
  }

  it('puts the very bytes on the document, once', async () => {
    const document = await posted();
    const first = await quickbooks.ledger.attach(document, file);
    expect(first).toMatchObject({ state: 'posted' });
    expect(quickbooks.requests()).toEqual(['GET /query attachable', 'POST /upload']);
    expect(await quickbooks.ledger.attach(document, file)).toEqual(first);
    expect(quickbooks.requests()).toEqual(['GET /query attachable']);
    const [held] = await quickbooks.documents(document.number);
    expect(held?.['_attachments']).toMatchObject([
      { FileName: 'Invoice-1042.pdf', Size: file.bytes.length, ContentType: 'application/pdf' },
    ]);
    const [kept] = (held?.['_attachments'] ?? []) as { TempDownloadUri: string }[];
    expect(await (await fetch(kept?.TempDownloadUri ?? '')).text()).toBe('%PDF-1.7 as approved');
  });

  it('knows nothing after a lost answer, and adopts the file the next time', async () => {
    const document = await posted();
    await quickbooks.control('/faults', { match: { path: '/upload' }, mode: 'drop-after-commit' });
    expect(await quickbooks.ledger.attach(document, file)).toMatchObject({ state: 'unknown' });
    expect(await quickbooks.ledger.attach(document, file)).toMatchObject({ state: 'posted' });
    expect((await quickbooks.documents(document.number))[0]?.['_attachments']).toHaveLength(1);
  });

  it('says why a file is not taken', async () => {
    const gone = { externalId: '99999', kind: 'invoice' as const };
    expect(await quickbooks.ledger.attach(gone, file)).toMatchObject({ state: 'refused', vendorCode: '6000' });
    const huge = { ...file, bytes: Buffer.alloc(100 * 1024 * 1024 + 1) };
    expect(await quickbooks.ledger.attach(gone, huge)).toMatchObject({
      state: 'refused',
      cause: expect.stringContaining('100 MB') as string,
    });
  });
});
