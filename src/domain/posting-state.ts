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

interface PostingMove {
  from: readonly PostingState[];
  to: PostingState;
}

/** What may happen to a posting. The repository writes a state through one of these and in no other way. */
export const POSTING_EVENTS = {
  /** Committed before the request goes out. */
  begin: { from: ['planned'], to: 'sending' },
  /** The vendor has it: it answered so, or it was found there. */
  succeed: { from: ['sending', 'unknown'], to: 'posted' },
  /** The vendor said no, and nothing was written. */
  refuse: { from: ['sending', 'unknown'], to: 'refused' },
  /** Refused by ourselves, before anything was sent. */
  refuseUnsent: { from: ['planned'], to: 'refused' },
  /** No answer came, or it said nothing about this one. */
  loseSight: { from: ['sending'], to: 'unknown' },
  /** It is certain that nothing was written: it waits for another try. */
  sendAnew: { from: ['sending', 'unknown'], to: 'planned' },
  /** A person has what was refused tried again. */
  retry: { from: ['refused'], to: 'planned' },
  /** It will never be sent. */
  skip: { from: ['planned', 'refused'], to: 'skipped' },
  /** It was posted, and was taken back at the vendor. */
  void: { from: ['posted'], to: 'voided' },
} as const satisfies Readonly<Record<string, PostingMove>>;
export type PostingEvent = keyof typeof POSTING_EVENTS;

/** [from, to]: the same list stands in the database as a trigger. */
export const POSTING_TRANSITIONS: readonly (readonly [PostingState, PostingState])[] = Object.values<PostingMove>(POSTING_EVENTS)
  .flatMap(({ from, to }) => from.map((state) => [state, to] as const))
  .filter(([from, to], index, all) => all.findIndex(([a, b]) => a === from && b === to) === index);

/** Undefined: this cannot happen to a posting in that state. */
export function postingAfter(state: PostingState, event: PostingEvent): PostingState | undefined {
  const { from, to }: PostingMove = POSTING_EVENTS[event];
  return from.includes(state) ? to : undefined;
}
