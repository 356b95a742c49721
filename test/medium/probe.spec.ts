import { afterAll, beforeAll, it } from 'vitest';
import { openBilling, type Billing, type OpenedBilling } from '../support/billing.js';
let opened: OpenedBilling; let billing: Billing;
beforeAll(async () => { opened = await openBilling(); billing = opened.billing; }, 120_000);
afterAll(() => opened.close());
it('probe', async () => {
  for (const ledger of ['quickbooks', 'xero'] as const) {
    const [number = ''] = await billing.reviewable(ledger, 1);
    await billing.approveForGood(number);
    await billing.drain();
    console.log(ledger, number, JSON.stringify(await billing.postings(number)), (await billing.invoice(number)).state, (await billing.invoice(number)).total);
    console.log(JSON.stringify(await billing.held(ledger, number), null, 1).slice(0, 3500));
    console.log(JSON.stringify(await billing.held('connectwise', number)).slice(0, 1500));
    const inv = await billing.invoice(number);
    console.log(await billing.control(ledger, '/payments', { number, amount: 10, date: '2026-11-20' }));
    console.log(await billing.run(ledger, 'settle'));
    await billing.drain();
    console.log(JSON.stringify(await billing.postings(number)), inv.id);
    console.log(JSON.stringify(await billing.held('connectwise', number)).slice(0, 3500));
    console.log(billing.sandboxes[ledger].log.list({}).map(r => r.method + ' ' + r.path + ' ' + r.status).join('\n'));
  }
});
