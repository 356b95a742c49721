import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MappingProblem } from '../../../src/ports/billing-source.js';
import { connectedPsa, FEW_INVOICES, pullAll, type ConnectedPsa } from './connected.fixture.js';
import { mapInvoice } from '../../../src/connectors/connectwise/map/map-invoice.js';

let psa: ConnectedPsa;
beforeEach(async () => void (psa = await connectedPsa({}, {}, FEW_INVOICES)));
afterEach(() => psa.close());

const always = (path: string, more: object = {}) =>
  psa.control('POST', '/faults', { match: { path }, mode: 'status', status: 500, count: 100_000, ...more });
const listed = (id: number) => `(?:\\(|,)${id}(?:\\)|,|%29)`;

/** Breaks every answer that has this invoice's header in it: its page, and each list that names it. */
async function corruptHeader(id: number): Promise<void> {
  await always(`^(?!.*fields=id&).*/finance/invoices\\?.*pageSize=100(?!0)(?!.*pageId)`);
  await always(`^.*/finance/invoices\\?.*id%20in%20.*${listed(id)}`);
}

describe('a record that the vendor cannot hand out', () => {
  it('is found, set aside and named, and its neighbours are read', async () => {
    const { id, invoiceNumber } = await psa.stated('1207');
    await corruptHeader(id);
    const { invoices } = await pullAll(psa.source);
    expect(invoices).toHaveLength(FEW_INVOICES);
    const bad = invoices.filter(({ externalId }) => externalId === String(id));
    expect(bad).toHaveLength(1);
    expect(() => mapInvoice(bad[0]?.payload)).toThrow(MappingProblem);
    expect(() => mapInvoice(bad[0]?.payload)).toThrow(/cannot hand out this invoice/);
    expect(invoices.filter(({ number }) => number === invoiceNumber)).toEqual([]);
    for (const raw of invoices) if (raw !== bad[0]) mapInvoice(raw.payload);
  });

  it('may be one of its rows', async () => {
    const { id } = await psa.stated('1329');
    await always(`^.*/time/entries\\?.*${listed(id)}`);
    const { invoices } = await pullAll(psa.source);
    expect(invoices).toHaveLength(FEW_INVOICES);
    const problems = invoices.filter(({ payload }) => 'unreadable' in (payload as object)).map(({ externalId }) => externalId);
    expect(problems).toEqual([String(id)]);
  });

  it('is not blamed when the vendor as a whole is in trouble', async () => {
    await always('/apis/3.0/');
    await expect(pullAll(psa.source)).rejects.toMatchObject({ kind: 'unavailable', details: { status: 500 } });
    // Asked for alone, an invoice looks like the culprit.
    await expect(psa.source.fetch(['5207'])).rejects.toMatchObject({ kind: 'unavailable', details: { status: 500 } });
  });

  it('is not blamed when nearly every record fails', async () => {
    await always('^.*/time/entries');
    psa.requests();
    await expect(pullAll(psa.source)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is not suspected after one hiccup', async () => {
    await always('^.*/time/entries', { count: 1 });
    await always('^.*/finance/invoices\\?', { count: 1, mode: 'malformed' });
    const { invoices } = await pullAll(psa.source);
    expect(invoices).toHaveLength(FEW_INVOICES);
    expect(invoices.filter(({ payload }) => 'unreadable' in (payload as object))).toEqual([]);
  });
});
