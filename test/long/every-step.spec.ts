/** Goal: as test/medium/posting-crash.spec.ts, at every single transaction, before it and after it. */
import { afterEach, describe, expect, it } from 'vitest';
import { openBilling, type OpenedBilling } from '../support/billing.js';
import { forgetContacts } from '../support/books.js';
import { crashOn } from '../support/crashes.js';

/** More than the whole way takes. */
const LAST = 160;

let opened: OpenedBilling | undefined;

afterEach(close);

async function close(): Promise<void> {
  await opened?.close();
  opened = undefined;
}

async function open(): Promise<OpenedBilling> {
  const fresh = await openBilling();
  forgetContacts(fresh.billing.sandboxes);
  // A company that takes any number twice: nothing protects us but ourselves.
  await fresh.billing.control('quickbooks', '/options', { warnDuplicateDocNumber: false });
  return fresh;
}

/** Each life takes an invoice, and there are more lives than invoices of a month: then the month begins anew. */
async function nextInvoice(ledger: 'quickbooks' | 'xero'): Promise<{ opened: OpenedBilling; number: string }> {
  opened ??= await open();
  const [number] = await opened.billing.reviewable(ledger, 1);
  if (number !== undefined) return { opened, number };
  await close();
  opened = await open();
  const [first] = await opened.billing.reviewable(ledger, 1);
  if (first === undefined) throw new Error(`The first pull brings nothing for ${ledger}`);
  return { opened, number: first };
}

describe.each(['quickbooks', 'xero'] as const)('%s', (ledger) => {
  it.each(['before', 'after'] as const)('holds one of everything, died %s a transaction', async (when) => {
    let hasSurvived = false;
    for (let at = 1; at <= LAST && !hasSurvived; at += 1) {
      const next = await nextInvoice(ledger);
      // A ledger's allowance for a day is soon spent on so many lives.
      next.opened.billing.clock.advance(3_600_000);
      hasSurvived = !(await crashOn(next.opened, ledger, next.number, { at, when }).catch((error: unknown) => {
        throw new Error(`Died ${when} transaction ${at} with ${next.number}`, { cause: error });
      }));
    }
    expect(hasSurvived).toBe(true);
  });
});
