/** Goal: as test/medium/posting-crash.spec.ts, at every single transaction, before it and after it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBilling, type OpenedBilling } from '../support/billing.js';
import { forgetContacts } from '../support/books.js';
import { crashOn } from '../support/crashes.js';

/** More than the whole way takes. */
const LAST = 160;

describe.each(['quickbooks', 'xero'] as const)('%s', (ledger) => {
  let opened: OpenedBilling;

  beforeAll(async () => {
    opened = await openBilling();
    forgetContacts(opened.billing.sandboxes);
    // A company that takes any number twice: nothing protects us but ourselves.
    await opened.billing.control('quickbooks', '/options', { warnDuplicateDocNumber: false });
  });
  afterAll(async () => {
    await opened.close();
  });

  it.each(['before', 'after'] as const)('holds one of everything, died %s a transaction', async (when) => {
    let hasSurvived = false;
    for (let at = 1; at <= LAST && !hasSurvived; at += 1) {
      // A ledger's allowance for a day is soon spent on so many lives.
      opened.billing.clock.advance(3_600_000);
      const [number = ''] = await opened.billing.reviewable(ledger, 1);
      hasSurvived = !(await crashOn(opened, ledger, number, { at, when }).catch((error: unknown) => {
        throw new Error(`Died ${when} transaction ${at} with ${number}`, { cause: error });
      }));
    }
    expect(hasSurvived).toBe(true);
  });
});
