/** Goal: nothing reaches real books before an Owner says so, and nothing older than the day they chose. Real Postgres, real sandboxes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostingSwitch } from '../../src/billing/posting/posting-switch.js';
import { ConnectionSettings } from '../../src/connections/settings.js';
import { openBilling, type Billing, type OpenedBilling } from '../support/billing.js';
import { booked } from '../support/books.js';

let opened: OpenedBilling;
let billing: Billing;
let desk: PostingSwitch;

beforeAll(async () => {
  opened = await openBilling({ goLive: false });
  billing = opened.billing;
  desk = billing.module.get(PostingSwitch);
});

afterAll(async () => {
  await opened.close();
});

const document = async (number: string) => (await billing.postings(number, 'document')).at(-1);

describe.each(['quickbooks', 'xero'] as const)('%s in preview', (ledger) => {
  it('gets nothing until it goes live, then what is dated from that day on', async () => {
    const numbers = await billing.reviewable(ledger, 40);
    const [older = '', ...rest] = numbers;
    const newer = rest.at(-1) ?? '';
    const day = (await billing.invoice(newer)).date;
    expect((await billing.invoice(older)).date < day).toBe(true);
    await billing.approveForGood(older, newer);
    billing.sandboxes[ledger].log.clear();
    await billing.send(ledger);
    expect(billing.sandboxes[ledger].log.list().filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(await document(older)).toMatchObject({ state: 'planned', attempts: 0 });
    await desk.goLive(billing.owner, billing.connections[ledger], day);
    await billing.drain();
    expect(await booked(billing.sandboxes, older)).toEqual([]);
    expect(await document(older)).toMatchObject({ state: 'skipped', cause: `Dated before ${day}, the day on which posting began.` });
    expect(await booked(billing.sandboxes, newer)).toHaveLength(1);
  });

  it('shows an invoice of before that is approved afterwards as left out, once', async () => {
    const [older = ''] = await billing.reviewable(ledger, 1);
    await billing.approveForGood(older);
    await billing.drain();
    await billing.drain();
    expect(await billing.postings(older, 'document')).toMatchObject([{ state: 'skipped' }]);
    expect(await booked(billing.sandboxes, older)).toEqual([]);
  });

  it('gets what was approved while its location had no ledger, as soon as somebody maps it', async () => {
    const settings = billing.module.get(ConnectionSettings);
    const [number = ''] = (await billing.reviewable(ledger, 400)).slice(-1);
    const { connectionId, locationExternalId } = await billing.invoice(number);
    await settings.mapLocation(billing.owner, connectionId, locationExternalId, null);
    await billing.approveForGood(number);
    await billing.drain();
    expect(await billing.postings(number, 'document')).toEqual([]);
    await settings.mapLocation(billing.owner, connectionId, locationExternalId, billing.connections[ledger]);
    await billing.drain();
    expect(await booked(billing.sandboxes, number)).toHaveLength(1);
  });
});
