/**
 * Ends consent that no longer covers what would be sent. Any stage may find that out: intake reads a changed invoice, posting looks
 * once more before it sends. Review owns approvals and provides this.
 */
export abstract class ApprovalLapse {
  /**
   * Ends the standing approvals of invoices that are not yet on their way and puts them back into review, in the open transaction.
   * @returns the ids that really lapsed: one whose posting has begun is left alone
   */
  abstract lapse(invoiceIds: readonly string[], because: string): Promise<string[]>;
}
