import { expect, it } from 'vitest';
import { outcomesOf } from '../../support/batch-outcomes.js';
import { connectedXero, ledgerDocument } from '../../support/xero.js';
import { CUSTOMERS } from '../../../sandbox/msp/msp.js';

// A month of invoices has to fit beside everything else into the smallest daily budget, at the real limits.
it('posts 100 invoices of 36 customers, 20 of them new, with six requests at most and no limit met', async () => {
  const xero = await connectedXero({ minuteLimit: 60, latencyMs: 5 });
  const codes = await xero.ledger.codes();
  const mapping = xero.ledger.suggestMapping(codes);
  xero.requests();
  const names = [
    ...CUSTOMERS.filter((customer) => customer.office === 'au').map(({ name }) => name),
    ...Array.from({ length: 20 }, (_, i) => `New ${i}`),
  ];
  for (const start of [0, 50]) {
    const asked = names.filter((_, index) => index % 2 === start / 50);
    const ensured = await xero.ledger.ensure(
      asked.map((name) => ({
        kind: 'contact',
        key: name,
        marker: `CS-C-${names.indexOf(name)}`,
        customer: { externalId: name, name, address: { lines: [] }, deleted: false },
      })),
    );
    const contacts = ensured.map(({ outcome }) => (outcome.state === 'posted' ? outcome.externalId : outcome.state));
    const members = Array.from({ length: 50 }, (_, index) => {
      const number = `B-${start + index}`;
      const contactExternalId = contacts[index % contacts.length] ?? '';
      return {
        memberKey: `${index}`,
        number,
        body: xero.ledger.prepare(ledgerDocument({ number, contactExternalId }), mapping, codes, {}).body,
      };
    });
    const outcomes = await outcomesOf(xero.ledger.send({ requestKey: `batch-${start}`, kind: 'invoice', members }));
    expect(outcomes.filter((outcome) => outcome.state !== 'posted')).toEqual([]);
  }
  const requests = xero.requests();
  expect(requests).toEqual(['GET /Contacts', 'PUT /Contacts', 'PUT /Invoices', 'PUT /Contacts', 'PUT /Invoices']);
  expect(xero.context.pacer.pauses).toEqual([]);
  await xero.close();
});
