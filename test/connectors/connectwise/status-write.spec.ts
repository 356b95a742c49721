import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contentHash } from '../../../src/domain/content-hash.js';
import { connectedPsa, type ConnectedPsa } from './connected.fixture.js';
import { mapInvoice } from '../../../src/connectors/connectwise/map/map-invoice.js';

let psa: ConnectedPsa;
beforeAll(async () => void (psa = await connectedPsa()));
afterEach(() => psa.control('DELETE', '/faults'));
afterAll(() => psa.close());

const fault = (mode: string, more: object = {}) =>
  psa.control('POST', '/faults', { match: { method: 'PATCH', path: '/finance/' }, mode, ...more });
const writes = () => psa.requests().filter((request) => !request.startsWith('GET'));

describe('writing the billing status', () => {
  it('sets it, verifies it, and does not do it twice', async () => {
    const { id } = await psa.stated('1301');
    psa.requests();
    expect(await psa.source.writeStatus(String(id), '3')).toEqual({ state: 'posted', externalId: String(id) });
    expect(await psa.source.writeStatus(String(id), '3')).toEqual({ state: 'posted', externalId: String(id) });
    expect(writes()).toEqual([`PATCH /finance/invoices/${id}`]);
    expect((await psa.stated('1301')).status).toMatchObject({ id: 3 });
  });

  it('goes another way for a closed invoice, there and back', async () => {
    const { id } = await psa.stated('1302');
    psa.requests();
    expect(await psa.source.writeStatus(String(id), '6')).toMatchObject({ state: 'posted' });
    expect((await psa.stated('1302')).status.isClosed).toBe(true);
    expect(await psa.source.writeStatus(String(id), '5')).toMatchObject({ state: 'posted' });
    expect((await psa.stated('1302')).status).toMatchObject({ id: 5, isClosed: false });
    expect(writes()).toEqual([`PATCH /finance/invoices/${id}`, `PATCH /finance/closedInvoices/${id}`]);
  });

  it('makes no revision', async () => {
    const { id } = await psa.stated('1303');
    const hash = async () => {
      const [raw] = await psa.source.fetch([String(id)]);
      const { content, context } = mapInvoice(raw?.payload).invoice;
      return { hash: contentHash(content), status: context.status.externalId };
    };
    const before = await hash();
    await psa.source.writeStatus(String(id), '3');
    expect(await hash()).toEqual({ hash: before.hash, status: '3' });
  });

  it('finds out by itself what became of a write whose answer was lost', async () => {
    const { id } = await psa.stated('1304');
    await fault('drop-after-commit');
    expect(await psa.source.writeStatus(String(id), '3')).toMatchObject({ state: 'posted' });
    await fault('malformed');
    expect(await psa.source.writeStatus(String(id), '2')).toMatchObject({ state: 'posted' });
    await fault('status', { status: 500 });
    expect(await psa.source.writeStatus(String(id), '3')).toMatchObject({ state: 'unknown' });
  });

  it('stays unknown when the vendor cannot be asked afterwards', async () => {
    const { id } = await psa.stated('1305');
    await fault('drop-after-commit');
    // The first read is let through, the one after the write is not.
    await psa.control('POST', '/faults', { match: { method: 'GET', path: `/finance/invoices/${id}` }, mode: 'slow', delayMs: 0 });
    await psa.control('POST', '/faults', {
      match: { method: 'GET', path: `/finance/invoices/${id}` },
      mode: 'status',
      status: 503,
      count: 10,
    });
    expect(await psa.source.writeStatus(String(id), '3')).toMatchObject({ state: 'unknown' });
  });

  it('is refused in plain words for a status that does not exist, and not found for an invoice that does not', async () => {
    const { id } = await psa.stated('1306');
    expect(await psa.source.writeStatus(String(id), '99')).toMatchObject({
      state: 'refused',
      cause: expect.stringContaining('did not take the new status'),
      vendorWords: expect.stringContaining('was not found'),
    });
    await expect(psa.source.writeStatus('1', '3')).rejects.toMatchObject({ kind: 'not_found' });
    await psa.control('POST', '/options', { denied: ['invoices:write'] });
    await expect(psa.source.writeStatus(String(id), '3')).rejects.toMatchObject({ kind: 'forbidden' });
    await psa.control('POST', '/options', { denied: [] });
  });

  it('reads the statuses with what they mean', async () => {
    const statuses = await psa.source.statuses();
    expect(statuses.find(({ name }) => name === 'Sent')).toEqual({
      externalId: '5',
      name: 'Sent',
      closed: false,
      sent: true,
      inactive: false,
    });
    expect(statuses.filter(({ closed }) => closed).map(({ name }) => name)).toEqual(['Closed']);
  });
});
