/** Goal: an approved invoice is in the ledger exactly once, to the cent, whatever is pressed, edited or in the way. Real Postgres, real sandboxes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Decisions } from '../../src/billing/review/decisions.js';
import { PostingDesk } from '../../src/billing/posting/posting-desk.js';
import { openBilling, type Billing, type OpenedBilling } from '../support/billing.js';
import { booked, ledgerOf } from '../support/books.js';

let opened: OpenedBilling;
let billing: Billing;

beforeAll(async () => {
  opened = await openBilling();
  billing = opened.billing;
}, 120_000);

afterAll(async () => {
  await opened.close();
});

describe.each(['quickbooks', 'xero'] as const)('to %s', (ledger) => {
  it('goes an approved invoice, with its document beside it', async () => {
    const [number = ''] = await billing.reviewable(ledger, 1);
    const invoice = await billing.invoice(number);
    await billing.approveForGood(number);
    await billing.drain();
    expect(await booked(billing, number)).toEqual([
      { ledger, total: invoice.total, currency: invoice.currency, paid: expect.anything(), attachments: 1, voided: false },
    ]);
    expect(await billing.postings(number)).toMatchObject([
      { operation: 'document', state: 'posted', attempts: 1 },
      { operation: 'attachment', state: 'posted', attempts: 1 },
    ]);
    expect((await billing.invoice(number)).state).toBe('posted');
    expect(ledgerOf(ledger)).toBe(ledger);
  });
});
void [Decisions, PostingDesk];
