/** What a posting writes: a document or contact at the ledger; a payment, a status or a note at the PSA. */
export const POSTING_OPERATIONS = ['document', 'contact', 'item', 'attachment', 'payment', 'status', 'note'] as const;
export type PostingOperation = (typeof POSTING_OPERATIONS)[number];

/**
 * planned: committed, nothing sent · sending: the request may be on the wire · posted: the vendor has it ·
 * refused: the vendor said no, nothing was written · unknown: nobody can say yet; only reconcile leaves it ·
 * skipped: a person decided not to send it · voided: it was posted and taken back.
 */
export const POSTING_STATES = ['planned', 'sending', 'posted', 'refused', 'unknown', 'skipped', 'voided'] as const;
export type PostingState = (typeof POSTING_STATES)[number];

export const POSTING_TRANSITIONS: readonly (readonly [PostingState, PostingState])[] = [
  ['planned', 'sending'],
  ['planned', 'skipped'],
  ['planned', 'refused'],
  ['sending', 'posted'],
  ['sending', 'refused'],
  ['sending', 'unknown'],
  ['sending', 'planned'],
  ['unknown', 'posted'],
  ['unknown', 'refused'],
  ['unknown', 'planned'],
  ['refused', 'planned'],
  ['refused', 'skipped'],
  ['posted', 'voided'],
];

export function postingCanBecome(from: PostingState, to: PostingState): boolean {
  return POSTING_TRANSITIONS.some(([a, b]) => a === from && b === to);
}
