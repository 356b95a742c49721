import type { CivilDate } from './civil-date.js';
import type { DecimalText } from './money.js';

/** What happened to a document in the ledger after it was posted. */
export type SettlementKind = 'payment' | 'credit';

export interface Settlement {
  kind: SettlementKind;
  /** The ledger's id of the application of money to one document; a payment over two documents is two settlements. */
  externalId: string;
  documentExternalId: string;
  amount: DecimalText;
  currency: string;
  date: CivilDate;
  reference?: string;
  /** Removed, voided or unapplied in the ledger since. */
  removed: boolean;
}
