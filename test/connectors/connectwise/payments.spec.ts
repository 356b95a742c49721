import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectedPsa, type ConnectedPsa } from './connected.fixture.js';

let psa: ConnectedPsa;
let invoiceExternalId: string;
const NUMBER = '1325';
beforeEach(async () => {
  psa = await connectedPsa();
  invoiceExternalId = String((await psa.stated(NUMBER)).id);
  psa.requests();
});
afterEach(() => psa.close());

const intent = (marker: string, amount = '100.10', more: object = {}) => ({
  invoiceExternalId,
  kind: 'payment' as const,
  amount,
  date: '2026-11-18',
  marker,
  ...more,
});
const fault = (mode: string, method: string, more: object = {}) =>
  psa.control('POST', '/faults', { match: { method, path: '/payments' }, mode, ...more });
const rows = async () => (await psa.stated(NUMBER))._payments;
const externalIdOf = (outcome: unknown): string => {
  expect(outcome).toMatchObject({ state: 'posted' });
  return (outcome as { externalId: string }).externalId;
};

describe('payments', () => {
  it('are recorded with our marker, once', async () => {
    const first = externalIdOf(await psa.payments.record(intent('CS-1')));
    expect(externalIdOf(await psa.payments.record(intent('CS-1')))).toBe(first);
    expect(await rows()).toMatchObject([{ amount: 100.1, type: 'Payment' }]);
    expect(await psa.payments.payments(invoiceExternalId)).toEqual([
      { externalId: first, amount: '100.1', date: '2026-11-18', marker: 'CS-1' },
    ]);
    expect((await psa.stated(NUMBER)).payments).toBe(100.1);
  });

  it('of the same amount and day are two when their markers are', async () => {
    await psa.payments.record(intent('CS-1'));
    await psa.payments.record(intent('CS-2'));
    expect(await rows()).toHaveLength(2);
  });

  it('that changed are another one under the same marker', async () => {
    const first = externalIdOf(await psa.payments.record(intent('CS-1')));
    const second = externalIdOf(await psa.payments.record(intent('CS-1', '70')));
    expect(second).not.toBe(first);
    await psa.payments.remove(invoiceExternalId, first);
    expect((await psa.payments.payments(invoiceExternalId)).map(({ amount }) => amount)).toEqual(['70']);
  });

  it('of a credit say so', async () => {
    await psa.payments.record(intent('CS-1', '5', { kind: 'credit' }));
    expect(await rows()).toMatchObject([{ type: 'Credit' }]);
  });

  it('whose answer was lost are unknown, and found by the next try', async () => {
    await fault('drop-after-commit', 'POST');
    expect(await psa.payments.record(intent('CS-1'))).toMatchObject({ state: 'unknown' });
    expect(await psa.payments.record(intent('CS-1'))).toMatchObject({ state: 'posted' });
    expect(await rows()).toHaveLength(1);
  });

  it('that timed out before anything happened are unknown too, and made by the next try', async () => {
    await psa.close();
    psa = await connectedPsa({}, { CONNECTWISE_TIMEOUT_MS: '1500' });
    await fault('timeout', 'POST');
    expect(await psa.payments.record(intent('CS-1'))).toMatchObject({ state: 'unknown' });
    expect(await psa.payments.record(intent('CS-1'))).toMatchObject({ state: 'posted' });
    expect(await rows()).toHaveLength(1);
  });

  it('are refused in words, and wait for a vendor that is away', async () => {
    expect(await psa.payments.record({ ...intent('CS-1'), invoiceExternalId: '1' }).catch((error: unknown) => error)).toMatchObject({
      kind: 'not_found',
    });
    await fault('status', 'POST', { status: 415 });
    expect(await psa.payments.record(intent('CS-1'))).toMatchObject({
      state: 'refused',
      cause: expect.stringContaining('did not take the payment'),
    });
    await fault('status', 'GET', { status: 503, count: 10 });
    await expect(psa.payments.record(intent('CS-1'))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('are taken back, and taking back twice is once', async () => {
    const first = externalIdOf(await psa.payments.record(intent('CS-1')));
    await fault('drop-after-commit', 'DELETE');
    expect(await psa.payments.remove(invoiceExternalId, first)).toMatchObject({ state: 'unknown' });
    expect(await psa.payments.remove(invoiceExternalId, first)).toEqual({ state: 'posted', externalId: first });
    expect(await rows()).toEqual([]);
    expect(await psa.payments.remove('1', first)).toMatchObject({ state: 'posted' });
  });

  it('of other people are listed, and carry no marker', async () => {
    const path = `${psa.sandbox.url}/v2025_1/apis/3.0/finance/invoices/${invoiceExternalId}/payments`;
    const headers = {
      Authorization: `Basic ${Buffer.from('lumenit+sandboxpublic:sandboxprivate').toString('base64')}`,
      clientId: 'x',
      'Content-Type': 'application/json',
    };
    await fetch(path, { method: 'POST', headers, body: JSON.stringify({ amount: 7.5, paymentDate: '2026-11-02T00:00:00Z' }) });
    expect(await psa.payments.payments(invoiceExternalId)).toEqual([
      { externalId: expect.stringMatching(/^\d+$/), amount: '7.5', date: '2026-11-02' },
    ]);
    await psa.control('POST', '/options', { singlePaymentPerInvoice: true });
    expect(await psa.payments.record(intent('CS-1'))).toMatchObject({
      state: 'refused',
      cause: expect.stringContaining('no further payment'),
      vendorWords: expect.stringContaining('already exists'),
    });
  });
});

describe('where only one payment per invoice is taken', () => {
  beforeEach(() => psa.control('POST', '/options', { singlePaymentPerInvoice: true }));

  it('ours share a row, and come back one by one in any order', async () => {
    const one = externalIdOf(await psa.payments.record(intent('CS-1', '100.10')));
    const two = externalIdOf(await psa.payments.record(intent('CS-2', '0.2', { date: '2026-11-19' })));
    const three = externalIdOf(await psa.payments.record(intent('CS-3', '50')));
    expect(await rows()).toMatchObject([{ amount: 150.3 }]);
    expect(await psa.payments.payments(invoiceExternalId)).toEqual([
      { externalId: one, amount: '100.1', date: '2026-11-18', marker: 'CS-1' },
      { externalId: two, amount: '0.2', date: '2026-11-19', marker: 'CS-2' },
      { externalId: three, amount: '50', date: '2026-11-18', marker: 'CS-3' },
    ]);
    expect(await psa.payments.record(intent('CS-2', '0.20', { date: '2026-11-19' }))).toEqual({ state: 'posted', externalId: two });
    expect(await psa.payments.remove(invoiceExternalId, one)).toMatchObject({ state: 'posted' });
    expect(await rows()).toMatchObject([{ amount: 50.2 }]);
    expect(await psa.payments.remove(invoiceExternalId, one)).toMatchObject({ state: 'posted' });
    expect(await psa.payments.remove(invoiceExternalId, three)).toMatchObject({ state: 'posted' });
    expect(await psa.payments.remove(invoiceExternalId, two)).toMatchObject({ state: 'posted' });
    expect(await rows()).toEqual([]);
  });

  it('a raise whose answer was lost is not raised twice', async () => {
    await psa.payments.record(intent('CS-1', '100'));
    await fault('drop-after-commit', 'PATCH');
    expect(await psa.payments.record(intent('CS-2', '20'))).toMatchObject({ state: 'unknown' });
    expect(await psa.payments.record(intent('CS-2', '20'))).toMatchObject({ state: 'posted' });
    expect(await rows()).toMatchObject([{ amount: 120 }]);
  });

  it('a row that a person changed is theirs', async () => {
    await psa.payments.record(intent('CS-1', '100'));
    const [row] = await rows();
    const stored = psa.sandbox.store.get<object>('payment', row?.id ?? 0);
    psa.sandbox.store.put('payment', row?.id ?? 0, { ...stored, amount: 130 });
    expect(await psa.payments.payments(invoiceExternalId)).toEqual([{ externalId: String(row?.id), amount: '130', date: '2026-11-18' }]);
    expect(await psa.payments.record(intent('CS-2', '20'))).toMatchObject({ state: 'refused' });
  });
});
