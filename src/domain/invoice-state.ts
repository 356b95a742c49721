/**
 * draft: read, not yet checked · in_review: waits for people · approved: a person agreed to a stored document ·
 * posted: in the ledger · settled: paid or credited in full and told to the PSA · rejected: sent back to the PSA ·
 * void: gone from the PSA or voided in the ledger · skipped: for reading only, since it was
 * closed before it was first read, is older than the go-live date, or came while no content was kept.
 */
export const INVOICE_STATES = ['draft', 'in_review', 'approved', 'posted', 'settled', 'rejected', 'void', 'skipped'] as const;
export type InvoiceState = (typeof INVOICE_STATES)[number];

/** [from, to]: the same list stands in the database as a constraint trigger. */
export const INVOICE_TRANSITIONS: readonly (readonly [InvoiceState, InvoiceState])[] = [
  ['draft', 'in_review'],
  ['draft', 'void'],
  ['draft', 'skipped'],
  ['in_review', 'approved'],
  ['in_review', 'rejected'],
  ['in_review', 'void'],
  ['in_review', 'skipped'],
  ['approved', 'in_review'],
  ['approved', 'posted'],
  ['approved', 'void'],
  ['rejected', 'in_review'],
  ['rejected', 'void'],
  ['posted', 'settled'],
  ['posted', 'void'],
  ['settled', 'posted'],
  ['settled', 'void'],
  ['skipped', 'draft'],
  ['skipped', 'in_review'],
  ['skipped', 'void'],
];

export function canBecome(from: InvoiceState, to: InvoiceState): boolean {
  return INVOICE_TRANSITIONS.some(([a, b]) => a === from && b === to);
}
