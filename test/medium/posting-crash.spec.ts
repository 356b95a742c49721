/**
 * Goal: a process may die between any two steps, and still there is exactly one of everything. Every transaction is a place
 * to die: before it, with a vendor's answer in hand, and after it, with a request not yet sent. Real Postgres, real sandboxes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBilling, type OpenedBilling } from '../support/billing.js';
import { forgetContacts } from '../support/books.js';
import { crashOn, type Crash } from '../support/crashes.js';

/** More than the whole way takes; the rest shows that it was long enough. `npm run test:long` dies at every one. */
const LAST = 140;
const STEP = 7;
const CRASHES: Crash[] = Array.from({ length: Math.ceil(LAST / STEP) }, (_, index) => [
  { at: 1 + index * STEP, when: 'before' as const },
  { at: 4 + index * STEP, when: 'after' as const },
]).flat();

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

describe.each(['quickbooks', 'xero'] as const)('%s', (ledger) => {
  it('holds one of everything wherever a process died', async () => {
    let died = 0;
    for (const crash of CRASHES) {
      const [number = ''] = await opened.billing.reviewable(ledger, 1);
      const isDead = await crashOn(opened, ledger, number, crash).catch((error: unknown) => {
        throw new Error(`Died ${crash.when} transaction ${crash.at} with ${number}`, { cause: error });
      });
      if (isDead) died += 1;
    }
    expect(died).toBeGreaterThan(CRASHES.length / 2);
    expect(died).toBeLessThan(CRASHES.length);
  }, 300_000);
});
