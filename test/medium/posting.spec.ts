/** Goal: an approved invoice is in its ledger exactly once and to the cent, whatever is pressed or edited meanwhile. Real Postgres, real sandboxes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Decisions } from '../../src/billing/review/decisions.js';
import { PostingCommands } from '../../src/billing/posting/posting-commands.js';
import { PostingSwitch } from '../../src/billing/posting/posting-switch.js';
import { ConnectionSettings } from '../../src/connections/settings.js';
import { Money } from '../../src/domain/money.js';
import { openBilling, type Billing, type OpenedBilling } from '../support/billing.js';
import { booked, psaInvoices } from '../support/books.js';

let opened: OpenedBilling;
let billing: Billing;
let desk: PostingCommands;

beforeAll(async () => {
  opened = await openBilling();
  billing = opened.billing;
  desk = billing.module.get(PostingCommands);
});

afterAll(async () => {
  await opened.close();
});

async function total(number: string): Promise<string> {
  const invoice = await billing.invoice(number);
  return Money.of(invoice.total, invoice.currency).toText();
}

const document = async (number: string) => (await billing.postings(number, 'document')).at(-1);

describe.each(['quickbooks', 'xero'] as const)('to %s', (ledger) => {
  it('goes an approved invoice once, its document beside it, and the PSA is told', async () => {
    const [number = ''] = await billing.reviewable(ledger, 1);
    await billing.approveForGood(number);
    await billing.drain();
    await billing.drain();
    const [held, ...others] = await booked(billing.sandboxes, number);
    expect(others).toEqual([]);
    expect(held).toMatchObject({ ledger, kind: 'invoice', total: await total(number), open: await total(number), attachments: 1 });
    expect(await billing.postings(number)).toMatchObject([
      { operation: 'document', state: 'posted', attempts: 1 },
      { operation: 'status', state: 'posted', attempts: 1 },
      { operation: 'attachment', state: 'posted', attempts: 1 },
    ]);
    expect((await billing.invoice(number)).state).toBe('posted');
    expect(await psaInvoices(billing.sandboxes, number)).toMatchObject([{ status: 'Ready to Send' }]);
  });

  it('goes a credit memo as a credit note, positive there', async () => {
    const [number = ''] = await billing.reviewable(ledger, 1, 'i.total < 0');
    await billing.approveForGood(number);
    await billing.drain();
    const amount = (await total(number)).replace('-', '');
    expect(await booked(billing.sandboxes, number)).toMatchObject([{ ledger, kind: 'credit note', total: amount, attachments: 1 }]);
  });

  it('goes a whole batch in one request', async () => {
    const numbers = await billing.reviewable(ledger, 8);
    await billing.approveForGood(...numbers);
    billing.sandboxes[ledger].log.clear();
    await billing.drain();
    for (const number of numbers) expect(await booked(billing.sandboxes, number), number).toHaveLength(1);
    const writes = billing.sandboxes[ledger].log
      .list()
      .filter(({ method, path }) => method !== 'GET' && /requestid=|\/Invoices\?/.test(path));
    expect(writes).toHaveLength(1);
  });

  it('goes one by one what was turned down together, so that a bad record never stops its neighbours', async () => {
    const numbers = await billing.reviewable(ledger, 3);
    await billing.approveForGood(...numbers);
    // As these vendors do when a single member makes the whole request unacceptable.
    const match = { path: ledger === 'quickbooks' ? '/batch?requestid' : '/Invoices?' };
    await billing.fault(ledger, { match, mode: 'status', status: ledger === 'quickbooks' ? 400 : 404 });
    await billing.fault(ledger, { match, mode: 'status', status: ledger === 'quickbooks' ? 400 : 404 });
    await billing.drain();
    const [first = '', ...others] = numbers;
    expect(await document(first)).toMatchObject({ state: 'refused' });
    for (const number of others) expect(await booked(billing.sandboxes, number), number).toHaveLength(1);
    expect(await booked(billing.sandboxes, first)).toEqual([]);
    await desk.retry(billing.owner, (await document(first))?.id ?? '');
    await billing.drain();
    expect(await booked(billing.sandboxes, first)).toHaveLength(1);
  });

  it('goes nothing that was changed in the PSA a second before; it comes back into review as a new revision', async () => {
    const [number = '', other = ''] = await billing.reviewable(ledger, 2);
    await billing.approveForGood(number, other);
    await billing.control(
      'connectwise',
      `/invoices/${number}`,
      { lines: { products: [{ description: 'Rush fee', quantity: 1, price: 75 }] } },
      'PATCH',
    );
    await billing.drain(ledger);
    expect(await booked(billing.sandboxes, number)).toEqual([]);
    expect(await booked(billing.sandboxes, other)).toHaveLength(1);
    expect(await document(number)).toMatchObject({ state: 'skipped', cause: 'The invoice was changed in the PSA after it was approved.' });
    const before = await total(number);
    await billing.pull();
    expect((await billing.invoice(number)).state).toBe('in_review');
    expect(await total(number)).not.toBe(before);
    await billing.approveForGood(number);
    await billing.drain();
    expect(await booked(billing.sandboxes, number)).toMatchObject([{ total: await total(number) }]);
  });

  it('goes nothing that was deleted in the PSA; the sweep voids it', async () => {
    const [number = ''] = await billing.reviewable(ledger, 1);
    await billing.approveForGood(number);
    await billing.control('connectwise', `/invoices/${number}`, { delete: true }, 'PATCH');
    await billing.drain(ledger);
    expect(await booked(billing.sandboxes, number)).toEqual([]);
    expect(await document(number)).toMatchObject({ state: 'skipped', cause: 'The invoice was deleted in the PSA after it was approved.' });
    expect((await billing.run('connectwise', 'sweep')).state).toBe('succeeded');
    expect((await billing.invoice(number)).state).toBe('void');
  });

  it('goes nothing within the ten seconds in which an approval can be taken back', async () => {
    const [number = ''] = await billing.reviewable(ledger, 1);
    await billing.approve(number);
    await billing.send(ledger);
    expect(await document(number)).toMatchObject({ state: 'planned', attempts: 0 });
    await billing.module.get(Decisions).withdraw(billing.owner, (await billing.invoice(number)).id);
    billing.clock.advance(60_000);
    await billing.drain();
    expect(await booked(billing.sandboxes, number)).toEqual([]);
    expect((await billing.invoice(number)).state).toBe('in_review');
    expect((await psaInvoices(billing.sandboxes, number))[0]?.status).not.toBe('Ready to Send');
    await billing.approveForGood(number);
    await billing.drain();
    expect(await booked(billing.sandboxes, number)).toHaveLength(1);
    await expect(billing.module.get(Decisions).withdraw(billing.owner, (await billing.invoice(number)).id)).rejects.toThrow(/on its way/);
  });

  it('goes nothing while posting is stopped or the connection paused, and everything afterwards', async () => {
    const [number = ''] = await billing.reviewable(ledger, 1);
    const settings = billing.module.get(ConnectionSettings);
    await billing.approveForGood(number);
    await billing.module.get(PostingSwitch).stop(billing.owner);
    await billing.send(ledger);
    await billing.module.get(PostingSwitch).resume(billing.owner);
    await settings.pause(billing.owner, billing.connections[ledger]);
    await billing.send(ledger);
    expect(await booked(billing.sandboxes, number)).toEqual([]);
    expect(await document(number)).toMatchObject({ state: 'planned', attempts: 0 });
    await settings.resume(billing.owner, billing.connections[ledger]);
    await billing.drain();
    expect(await booked(billing.sandboxes, number)).toHaveLength(1);
  });

  it('goes no second document under a number that somebody else took; after the other is gone, Retry sends it', async () => {
    const [taken = '', number = ''] = await billing.reviewable(ledger, 2);
    await billing.approveForGood(taken);
    await billing.drain();
    // Somebody gives the document another's number in the ledger, and takes our mark away.
    renumber(ledger, taken, number);
    await billing.approveForGood(number);
    await billing.drain();
    const refused = await document(number);
    expect(refused).toMatchObject({ state: 'refused', cause: expect.stringContaining(`Number ${number} is taken by another document`) });
    expect(refused?.link).toMatch(/^http/);
    expect(await booked(billing.sandboxes, number)).toHaveLength(1);
    expect((await billing.invoice(number)).state).toBe('approved');
    renumber(ledger, number, `${number}-OTHER`);
    await desk.retry(billing.owner, refused?.id ?? '');
    await billing.drain();
    expect(await booked(billing.sandboxes, number)).toMatchObject([{ total: await total(number), attachments: 1 }]);
    expect(await document(number)).toMatchObject({ state: 'posted' });
  });
});

function renumber(ledger: 'quickbooks' | 'xero', from: string, to: string): void {
  const { store } = billing.sandboxes[ledger];
  if (ledger === 'quickbooks') {
    const row = store.all<{ Id: string; DocNumber: string }>('Invoice').find((candidate) => candidate.DocNumber === from);
    store.put('Invoice', row?.Id ?? '', { ...row, DocNumber: to, PrivateNote: '' });
  } else {
    const row = store.all<{ id: string; number: string }>('invoice').find((candidate) => candidate.number === from);
    store.put('invoice', row?.id ?? '', { ...row, number: to, reference: '' });
  }
}
