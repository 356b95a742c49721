/**
 * draft: read, not yet checked · in_review: waits for people · approved: a person agreed to a stored document ·
 * posted: in the ledger · settled: paid or credited in full and recorded in the PSA · rejected: sent back to the PSA ·
 * void: gone from the PSA or voided in the ledger · skipped: for reading only, since it was
 * closed before it was first read, is older than the go-live date, or came while no content was kept.
 */
export const INVOICE_STATES = ['draft', 'in_review', 'approved', 'posted', 'settled', 'rejected', 'void', 'skipped'] as const;
export type InvoiceState = (typeof INVOICE_STATES)[number];

/** Why an invoice is void. Only one that was voided in the ledger still exists in the PSA and can come back to review. */
export const VOID_CAUSES = ['deleted_in_psa', 'voided_in_ledger'] as const;
export type VoidCause = (typeof VOID_CAUSES)[number];

interface Move {
  from: readonly InvoiceState[];
  to: InvoiceState;
}

/** What can happen to an invoice, and where that leads. Nothing else changes the state of one. */
const MOVES = {
  /** The review rules have looked at it. */
  checked: { from: ['draft'], to: 'in_review' },
  /** The last approval that was needed was given. */
  approved: { from: ['in_review'], to: 'approved' },
  /** A person took an approval back, or the charge is no longer the one that was approved. */
  approval_ended: { from: ['approved'], to: 'in_review' },
  rejected: { from: ['in_review'], to: 'rejected' },
  /** The PSA shows another charge, so the reason for the rejection may be gone. */
  revised: { from: ['rejected'], to: 'in_review' },
  /** A person wants to decide again. */
  reopened: { from: ['rejected', 'void'], to: 'in_review' },
  posted: { from: ['approved'], to: 'posted' },
  /** Everything is paid or credited, and recorded in the PSA. */
  settled: { from: ['posted'], to: 'settled' },
  /** A payment was taken back, or something has to be recorded in the PSA again. */
  unsettled: { from: ['settled'], to: 'posted' },
  voided_in_ledger: { from: ['posted', 'settled'], to: 'void' },
  deleted_in_psa: { from: ['draft', 'in_review', 'rejected', 'skipped'], to: 'void' },
  /** The company keeps no content any more, so nobody can review it. */
  content_forgotten: { from: ['draft', 'in_review'], to: 'skipped' },
  /** It was passed over while no content was kept, and is now reviewed like a new one. */
  content_kept_again: { from: ['skipped'], to: 'draft' },
} as const satisfies Readonly<Record<string, Move>>;

export type InvoiceEvent = keyof typeof MOVES;
export const INVOICE_EVENTS = Object.keys(MOVES) as readonly InvoiceEvent[];

/** [from, to]: the database holds the same list as a trigger. */
export const INVOICE_TRANSITIONS: readonly (readonly [InvoiceState, InvoiceState])[] = INVOICE_EVENTS.flatMap((event) =>
  moveOf(event).from.map((from) => [from, MOVES[event].to] as const),
);

export function moveOf(event: InvoiceEvent): Move {
  return MOVES[event];
}

/** The state that follows, or undefined where this cannot happen to an invoice in that state. */
export function transition(state: InvoiceState, event: InvoiceEvent): InvoiceState | undefined {
  const { from, to } = moveOf(event);
  return from.includes(state) ? to : undefined;
}
