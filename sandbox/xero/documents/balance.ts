import type { DocumentKind, Ledger } from '../ledger.js';
import { compare, minus, sum } from '../money.js';
import type { DocumentRecord } from '../records.js';

export interface Balance {
  paid: string;
  credited: string;
  /** Total less payments and credits; a voided document still shows its total. */
  due: string;
}

/** What stands against a document now: on a credit note, allocations are what has been given away. */
export function balanceOf(ledger: Ledger, document: DocumentRecord): Balance {
  const paid = sum(ledger.paymentsOf(document.id).map((payment) => payment.amount));
  const credited = sum(ledger.allocationsOf(document.id).map((allocation) => allocation.amount));
  return { paid, credited, due: minus(minus(document.total, paid), credited) };
}

export function isSettledInPart(ledger: Ledger, document: DocumentRecord): boolean {
  const { paid, credited } = balanceOf(ledger, document);
  return compare(paid, '0') !== 0 || compare(credited, '0') !== 0;
}

/** After money moved: the document changes date, and is PAID exactly while nothing is due. */
export function settle(ledger: Ledger, kind: DocumentKind, document: DocumentRecord, date: string): void {
  const isPaid = compare(balanceOf(ledger, document).due, '0') === 0;
  ledger.saveDocument(kind, {
    ...document,
    status: isPaid ? 'PAID' : 'AUTHORISED',
    fullyPaidOn: isPaid ? date : undefined,
    updatedAt: ledger.now(),
  });
}
