import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { outcomesOf } from '../../support/batch-outcomes.js';
import { connectedXero, ledgerDocument, type ConnectedXero } from '../../support/xero.js';
import type { CodeMapping, LedgerCodes, LedgerDocument, OutgoingBatch } from '../../../src/ports/accounting-ledger.js';

let xero: ConnectedXero;
let codes: LedgerCodes;
let mapping: CodeMapping;
let contactExternalId: string;
let serial = 0;

beforeAll(async () => {
  xero = await connectedXero();
  codes = await xero.ledger.codes();
  mapping = xero.ledger.suggestMapping(codes);
  const address = { lines: ['1 Collins St'] };
  const customer = { externalId: '1', name: 'Wattle Street Medical', address, deleted: false };
  const [ensured] = await xero.ledger.ensure([{ kind: 'contact', key: 'k', marker: 'CS-C-1', customer }]);
  if (ensured?.outcome.state !== 'posted') throw new Error('The sandbox knows this customer');
  contactExternalId = ensured.outcome.externalId;
});
afterAll(() => xero.close());
beforeEach(() => void xero.requests());

const number = () => `T-${(serial += 1)}`;

function batchOf(documents: Partial<LedgerDocument>[], kind: LedgerDocument['kind'] = 'invoice'): OutgoingBatch {
  const members = documents.map((more, index) => {
    const document = ledgerDocument({ contactExternalId, kind, number: number(), ...more });
    const prepared = xero.ledger.prepare(document, mapping, codes, {});
    return { memberKey: `m${index}`, number: prepared.number, body: prepared.body };
  });
  return { requestKey: `key-${(serial += 1)}`, kind, members };
}

const withBody = (batch: OutgoingBatch, index: number, change: (body: string) => string): OutgoingBatch => ({
  ...batch,
  members: batch.members.map((member, at) => (at === index ? { ...member, body: change(member.body) } : member)),
});

describe('sending', () => {
  it('posts the good and refuses the bad, each for itself and in order, in one request', async () => {
    const taken = number();
    await xero.ledger.send(batchOf([{ number: taken }]));
    xero.requests();
    const batch = withBody(batchOf([{}, { number: taken }, {}, {}]), 2, (body) => body.replace('"200"', '"999"'));
    const [first, second, third, fourth] = await outcomesOf(xero.ledger.send(batch));
    expect(first).toMatchObject({ state: 'posted', link: expect.stringMatching(/View\.aspx\?InvoiceID=[0-9a-f-]{36}$/) as string });
    expect(second).toMatchObject({ state: 'refused', vendorCode: 'number_taken' });
    expect(third).toMatchObject({ state: 'refused', vendorCode: 'account_invalid' });
    expect(fourth).toMatchObject({ state: 'posted' });
    expect(xero.requests()).toEqual(['PUT /Invoices']);
  });

  it('leaves in the ledger exactly the total, the tax and the prices that were prepared', async () => {
    const line = {
      description: 'Widget',
      quantity: '3',
      unitPrice: '19.9875',
      amount: '59.96',
      taxable: true,
      category: 'product' as const,
    };
    const batch = batchOf([{ lines: [line], subtotal: '59.96', tax: '5.99', total: '65.95' }]);
    await xero.ledger.send(batch);
    const [held] = await xero.documents(batch.members[0]?.number ?? '');
    expect(held).toMatchObject({
      Total: 65.95,
      TotalTax: 5.99,
      Status: 'AUTHORISED',
      DateString: '2026-11-02T00:00:00',
      CurrencyCode: 'AUD',
    });
    expect(held?.['LineItems']).toMatchObject([{ UnitAmount: 19.9875, LineAmount: 59.96, TaxAmount: 5.99 }]);
  });

  it('sends credit notes to their own place', async () => {
    const batch = batchOf([{}], 'credit_note');
    const [outcome] = await outcomesOf(xero.ledger.send(batch));
    expect(outcome).toMatchObject({ state: 'posted', link: expect.stringContaining('creditNoteID=') as string });
    expect(xero.requests()).toEqual(['PUT /CreditNotes']);
    expect(await xero.ledger.find('credit_note', [batch.members[0]?.number ?? ''])).toMatchObject([
      { kind: 'credit_note', marker: 'CS-0199aaaa-1' },
    ]);
  });

  it('turns the request down, and writes none, when one member names a customer that is not there', async () => {
    const batch = batchOf([{}, { contactExternalId: '00000000-0000-4000-8000-000000000001' }]);
    expect(await xero.ledger.send(batch)).toMatchObject({ state: 'turned_down', refusal: { vendorCode: 'contact_unknown' } });
    expect(
      await xero.ledger.find(
        'invoice',
        batch.members.map((member) => member.number),
      ),
    ).toEqual([]);
  });

  it('knows nothing about a batch whose key was used for another one', async () => {
    const first = batchOf([{}]);
    await xero.ledger.send(first);
    const second = { ...batchOf([{}]), requestKey: first.requestKey };
    expect(await outcomesOf(xero.ledger.send(second))).toMatchObject([{ state: 'unknown' }]);
  });

  it('refuses text that is no request', async () => {
    const batch = withBody(batchOf([{}]), 0, () => '{"Type":');
    expect(await xero.ledger.send(batch)).toMatchObject({ state: 'turned_down', refusal: { state: 'refused' } });
  });
});

describe('an answer that never came whole', () => {
  it.each(['drop-after-commit', 'malformed', 'timeout'] as const)('(%s) leaves every member unknown', async (mode) => {
    const batch = batchOf([{}, {}]);
    xero.sandbox.faults.plan({ match: { method: 'PUT', path: '/Invoices' }, mode, status: 503, delayMs: 0, count: 1 });
    const ledger = mode === 'timeout' ? xero.hasty() : xero.ledger;
    expect(await outcomesOf(ledger.send(batch))).toMatchObject([{ state: 'unknown' }, { state: 'unknown' }]);
    const found = await xero.ledger.find(
      'invoice',
      batch.members.map((member) => member.number),
    );
    expect(found).toHaveLength(mode === 'timeout' ? 0 : 2);
  });

  it('is repeated byte for byte under its key, and the ledger answers without doing it again', async () => {
    const batch = batchOf([{}]);
    xero.sandbox.faults.plan({ match: { method: 'PUT', path: '/Invoices' }, mode: 'drop-after-commit', status: 503, delayMs: 0, count: 1 });
    await xero.ledger.send(batch);
    const [again] = await outcomesOf(xero.ledger.send(batch));
    const held = await xero.documents(batch.members[0]?.number ?? '');
    expect(held).toHaveLength(1);
    expect(again).toMatchObject({ state: 'posted', externalId: held[0]?.['InvoiceID'] });
    const [first, second] = xero.sandbox.log.list({ method: 'PUT' });
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['idempotency-key']).toBe(batch.requestKey);
  });

  it('can be adopted: the look-up brings all that has to agree', async () => {
    const batch = batchOf([{ marker: 'CS-adopt-1' }]);
    xero.sandbox.faults.plan({ match: { method: 'PUT', path: '/Invoices' }, mode: 'malformed', status: 503, delayMs: 0, count: 1 });
    await xero.ledger.send(batch);
    expect(await xero.ledger.find('invoice', [batch.members[0]?.number ?? ''])).toMatchObject([
      { contactExternalId, currency: 'AUD', date: '2026-11-02', total: '110.00', marker: 'CS-adopt-1', voided: false },
    ]);
  });
});

describe('a refused request', () => {
  it.each([
    [503, 'unavailable'],
    [429, 'rate_limited'],
    [403, 'grant_expired'],
  ])('(%i) throws %s, and nothing was written', async (status, kind) => {
    const batch = batchOf([{}]);
    xero.sandbox.faults.plan({ match: { method: 'PUT', path: '/Invoices' }, mode: 'status', status, retryAfter: 7, delayMs: 0, count: 1 });
    await expect(xero.ledger.send(batch)).rejects.toMatchObject({ kind });
    expect(await xero.documents(batch.members[0]?.number ?? '')).toEqual([]);
  });

  it('(500) leaves its members unknown, because such an answer is stored and may follow a commit', async () => {
    xero.sandbox.faults.plan({ match: { method: 'PUT', path: '/Invoices' }, mode: 'status', status: 500, delayMs: 0, count: 1 });
    expect(await outcomesOf(xero.ledger.send(batchOf([{}])))).toMatchObject([{ state: 'unknown' }]);
  });

  it('(429) makes everyone wait as long as the vendor asks', async () => {
    xero.sandbox.faults.plan({ match: { path: '/Invoices' }, mode: 'status', status: 429, retryAfter: 26, delayMs: 0, count: 1 });
    await expect(xero.ledger.find('invoice', ['1'])).rejects.toMatchObject({ kind: 'rate_limited', details: { retryAfterMs: 26_000 } });
    expect(xero.context.pacer.pauses).toContain(26_000);
  });

  it('(401) renews the token once and goes on', async () => {
    const before = xero.context.credentials.renewals;
    xero.sandbox.faults.plan({ match: { method: 'PUT', path: '/Invoices' }, mode: 'status', status: 401, delayMs: 0, count: 1 });
    expect(await outcomesOf(xero.ledger.send(batchOf([{}])))).toMatchObject([{ state: 'posted' }]);
    expect(xero.context.credentials.renewals).toBe(before + 1);
    xero.sandbox.faults.plan({ match: { method: 'PUT', path: '/Invoices' }, mode: 'status', status: 401, delayMs: 0, count: 2 });
    await expect(xero.ledger.send(batchOf([{}]))).rejects.toMatchObject({ kind: 'unauthorized' });
    xero.sandbox.faults.clear();
  });
});

describe('looking up', () => {
  it('finds numbers with commas, in any case, voided ones too, and nothing else', async () => {
    const batch = batchOf([{ number: 'A,B' }, { number: 'inv-low' }, { number: 'gone-1' }]);
    await xero.ledger.send(batch);
    await xero.control('/void', { number: 'gone-1' });
    const found = await xero.ledger.find('invoice', ['A,B', 'INV-LOW', 'gone-1', 'A', 'B', 'none']);
    expect(Object.fromEntries(found.map((document) => [document.number, document.voided]))).toEqual({
      'A,B': false,
      'gone-1': true,
      'inv-low': false,
    });
    expect(found).toHaveLength(3);
  });

  it('asks for no numbers with no request, and for 50 with two', async () => {
    expect(await xero.ledger.find('invoice', [])).toEqual([]);
    expect(xero.requests()).toEqual([]);
    await xero.ledger.find(
      'invoice',
      Array.from({ length: 50 }, (_, index) => `none-${index}`),
    );
    expect(xero.requests()).toHaveLength(2);
  });

  it.each([
    ['malformed', 'unreadable'],
    ['timeout', 'unavailable'],
    ['drop-after-commit', 'unavailable'],
  ] as const)('(%s) throws %s, and never a wrong "not found"', async (mode, kind) => {
    xero.sandbox.faults.plan({ match: { method: 'GET', path: '/Invoices' }, mode, status: 503, delayMs: 0, count: 1 });
    const ledger = mode === 'timeout' ? xero.hasty() : xero.ledger;
    await expect(ledger.find('invoice', ['1'])).rejects.toMatchObject({ kind });
  });
});

describe('attaching', () => {
  const file = { name: 'Invoice 1042 (final).pdf', contentType: 'application/pdf', bytes: Buffer.from('%PDF-1.7 bytes') };
  const posted = async () => {
    const [outcome] = await outcomesOf(xero.ledger.send(batchOf([{}])));
    if (outcome?.state !== 'posted') throw new Error('It should have been posted');
    return { kind: 'invoice' as const, externalId: outcome.externalId };
  };

  it('puts these bytes beside the document, visible online, and twice is once', async () => {
    const document = await posted();
    const [first, second] = [await xero.ledger.attach(document, file), await xero.ledger.attach(document, file)];
    expect(first).toMatchObject({ state: 'posted' });
    expect(second).toEqual(first);
    const [sent] = xero.sandbox.log.list({ path: '/Attachments/' });
    expect(sent?.path).toContain('/Attachments/Invoice-1042-final-.pdf?IncludeOnline=true');
    expect(sent?.headers['content-type']).toBe('application/pdf');
  });

  it('says what became of it', async () => {
    const document = await posted();
    expect(await xero.ledger.attach(document, { ...file, bytes: Buffer.alloc(10 * 1024 * 1024 + 1) })).toMatchObject({ state: 'refused' });
    const nowhere = { ...document, externalId: '00000000-0000-4000-8000-000000000001' };
    expect(await xero.ledger.attach(nowhere, file)).toMatchObject({ state: 'refused' });
    expect(await xero.ledger.attach(document, { ...file, bytes: Buffer.alloc(0) })).toMatchObject({ state: 'refused' });
    xero.sandbox.faults.plan({ match: { path: '/Attachments/' }, mode: 'drop-after-commit', status: 503, delayMs: 0, count: 1 });
    expect(await xero.ledger.attach(document, file)).toMatchObject({ state: 'unknown' });
    xero.sandbox.faults.plan({ match: { path: '/Attachments/' }, mode: 'malformed', status: 503, delayMs: 0, count: 1 });
    expect(await xero.ledger.attach(document, file)).toMatchObject({ state: 'unknown' });
    xero.sandbox.faults.plan({ match: { path: '/Attachments/' }, mode: 'status', status: 503, delayMs: 0, count: 1 });
    await expect(xero.ledger.attach(document, file)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
