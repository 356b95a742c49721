/**
 * What a change of the charge or of the ledger's document does to approvals. Review owns approvals and implements this; the
 * other stages say what happened and know nothing of reviewers.
 */
export abstract class StandingApprovals {
  /**
   * The charge is no longer the one that was approved or rejected: approvals end, planned postings are cancelled and the
   * invoice is in review again. Answers the ids for which something ended; one whose posting has begun is left alone.
   */
  abstract lapse(invoiceIds: readonly string[], because: string): Promise<string[]>;

  /** The ledger voided the documents. Answers the ids of the invoices that are void now. */
  abstract voidedInLedger(invoiceIds: readonly string[]): Promise<string[]>;
}
