import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectedPsa, pullAll, type ConnectedPsa } from './connected.fixture.js';
import { mapInvoice } from '../../../src/connectors/connectwise/map/map-invoice.js';

let psa: ConnectedPsa;
beforeAll(async () => void (psa = await connectedPsa()));
afterAll(() => psa.close());

const partsOf = (payload: unknown) =>
  mapInvoice(payload)
    .invoice.content.lines.filter(({ kind }) => kind === 'agreement')
    .map(({ key, amount }) => [key, amount]);

describe('what a flat amount consists of', () => {
  it('is asked of the invoice itself once the agreements say something else today', async () => {
    const { invoices } = await pullAll(psa.source);
    const family = invoices.filter(({ payload }) => partsOf(payload).length === 2);
    const [one] = family;
    if (!one) throw new Error('the data has no agreement with a child');
    const before = partsOf(one.payload);
    const childId = Number.parseInt(before[1]?.[0]?.split(':')[1] ?? '', 10);
    const child = psa.sandbox.store.get<object>('agreement', childId);
    psa.sandbox.store.put('agreement', childId, { ...child, billAmount: 1 });
    psa.requests();
    const [again] = await psa.reopen().source.fetch([one.externalId]);
    expect(psa.requests().filter((request) => request.includes('/finance/info/invoice/'))).toHaveLength(1);
    expect(partsOf(again?.payload)).toEqual(before);
    psa.sandbox.store.put('agreement', childId, { ...child, billAmount: null });
    const [third] = await psa.reopen().source.fetch([one.externalId]);
    expect(partsOf(third?.payload)).toEqual(before);
  });

  it('is the header’s own amount where the agreement has no children, whatever it would bill today', async () => {
    const { invoices } = await pullAll(psa.reopen().source);
    const single = invoices.find(({ payload }) => partsOf(payload).length === 1);
    if (!single) throw new Error('the data has no agreement without a child');
    const before = partsOf(single.payload);
    const id = Number.parseInt(before[0]?.[0]?.split(':')[1] ?? '', 10);
    psa.sandbox.store.put('agreement', id, { ...psa.sandbox.store.get<object>('agreement', id), billAmount: 1 });
    const [again] = await psa.reopen().source.fetch([single.externalId]);
    expect(partsOf(again?.payload)).toEqual(before);
  });
});
