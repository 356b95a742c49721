import { openBillingOn, type Billing, type VendorKey } from '../support/billing.js';
import { booked } from '../support/books.js';
import { withBenchDatabase } from './bench-database.js';
import type { BenchRow } from './row.js';

const INVOICES = 100;
const MOST_NEW_CONTACTS = 20;

/** How one ledger's books are prepared and its log is read. */
export interface CountedLedger {
  key: Extract<VendorKey, 'quickbooks' | 'xero'>;
  /** Requests allowed. */
  target: number;
  /** Makes the ledger forget up to so many customers that it knew on day one, before anybody asked for them. */
  forget: (billing: Billing, most: number) => void;
  isAttachment: (path: string) => boolean;
}

/**
 * Requests to a ledger for a hundred approved invoices, from the sandbox's own log, through the whole posting stage:
 * customers and items looked up and made, documents sent, files attached. Profile and codes are warm; what belongs to the
 * attachments is counted apart, since a file is a request of its own for every vendor.
 */
export async function countRequests({ key, target, forget, isAttachment }: CountedLedger): Promise<BenchRow> {
  return await withBenchDatabase(async (database) => {
    const { billing, close } = await openBillingOn(database);
    try {
      forget(billing, MOST_NEW_CONTACTS);
      const [warm = '', ...numbers] = await billing.reviewable(key, INVOICES + 1);
      await billing.approveForGood(warm);
      await billing.drain();
      const before = contacts(billing, key);
      await billing.approve(...numbers);
      billing.clock.advance(10_500);
      billing.sandboxes[key].log.clear();
      await billing.drain(key);
      const asked = billing.sandboxes[key].log.list().filter(({ path }) => !isAttachment(path));
      await assertAllThere(billing, numbers);
      const made = contacts(billing, key) - before;
      if (numbers.length !== INVOICES || made < 1 || made > MOST_NEW_CONTACTS)
        throw new Error(`${numbers.length} invoices with ${made} new contacts were sent`);
      const value = asked.length;
      return {
        name: `requests-per-100-${key}`,
        value,
        unit: 'requests',
        baseline: null,
        ratio: null,
        target: `≤ ${target}`,
        ok: value <= target,
      };
    } finally {
      await close();
    }
  });
}

function contacts({ sandboxes }: Billing, key: CountedLedger['key']): number {
  return sandboxes[key].store.all(key === 'quickbooks' ? 'Customer' : 'contact').length;
}

/** A stage that sends nothing asks for nothing. */
async function assertAllThere(billing: Billing, numbers: readonly string[]): Promise<void> {
  for (const number of numbers) {
    const held = await booked(billing.sandboxes, number);
    if (held.length !== 1 || held[0]?.attachments !== 1) throw new Error(`${number} is not in the ledger exactly once with its file`);
  }
}
