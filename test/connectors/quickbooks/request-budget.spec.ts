import { expect, it } from 'vitest';
import { outcomesOf } from '../../support/batch-outcomes.js';
import { connectedQuickbooks, ledgerDocument, readyToPrepare } from '../../support/quickbooks.js';

// A month of invoices must neither meet a limit nor use up the metered requests; at the vendor's real pace.
it('posts 100 invoices, 20 of them for new customers, with ten requests at most', async () => {
  const quickbooks = await connectedQuickbooks();
  const { ledger } = quickbooks;
  const { codes, mapping, contactExternalId, itemIds, prepare } = await readyToPrepare(ledger);
  await prepare();
  await quickbooks.control('/clock', { advanceMs: 60_000 });
  await quickbooks.control('/options', { limits: { perSecond: 10, perMinute: 500, batchPerMinute: 40 } });
  quickbooks.requests();
  const ensured = await ledger.ensure(
    Array.from({ length: 20 }, (_, index) => ({
      kind: 'contact',
      key: `n${index}`,
      marker: `CS-C-n${index}`,
      customer: { externalId: `n${index}`, name: `New ${index}`, address: { lines: [] }, deleted: false },
    })),
  );
  const contacts = ensured.map(({ outcome }) => (outcome.state === 'posted' ? outcome.externalId : outcome.state));
  for (let start = 0; start < 100; start += ledger.batch.size) {
    const members = Array.from({ length: Math.min(ledger.batch.size, 100 - start) }, (_, index) => {
      const number = `B-${start + index}`;
      const document = ledgerDocument({ number, contactExternalId: contacts[start + index] ?? contactExternalId });
      const prepared = ledger.prepare(document, mapping, codes, itemIds);
      expect(prepared.items).toEqual([]);
      return { memberKey: `${index}`, number, body: prepared.body };
    });
    const outcomes = await outcomesOf(ledger.send({ requestKey: `batch-${start}`, kind: 'invoice', members }));
    expect(outcomes.filter((outcome) => outcome.state !== 'posted')).toEqual([]);
  }
  expect(quickbooks.requests()).toEqual(Array.from({ length: 5 }, () => 'POST /batch'));
  expect(quickbooks.context.pacer.pauses).toEqual([]);
  await quickbooks.close();
});
