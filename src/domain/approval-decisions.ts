import { transition, type InvoiceEvent, type InvoiceState, type VoidCause } from './invoice-state.js';
import { notFound, Refusal } from './refusal.js';

/** Somebody whose consent an invoice needs. */
export interface ReviewerSeat {
  id: string;
  /** Lower case: the PSA's staff record and the person who signs in meet here. */
  email: string;
  decision: 'waiting' | 'viewed' | 'approved' | 'rejected';
}

/** An approval that stands. */
export interface Consent {
  id: string;
  /** The person or API key. */
  by: string;
  /** For which seat it counts; null where there is none, or where it was given in place of all. */
  reviewerId: string | null;
  forAll: boolean;
  /** The one that made the invoice approved. At most one stands at a time. */
  final: boolean;
}

/** What decisions about one invoice depend on. */
export interface Review {
  state: InvoiceState;
  /** Only where the state is void. */
  voidCause: VoidCause | null;
  /** The document is on its way to the ledger, or there. */
  sent: boolean;
  reviewers: readonly ReviewerSeat[];
  consents: readonly Consent[];
}

/** Who decides. */
export interface Decider {
  id: string;
  label: string;
  /** Lower case; absent for API keys, which are never reviewers. */
  email?: string | undefined;
  /** Owner and Admin. */
  mayApproveForAll: boolean;
}

export type Decision =
  | { what: 'approve'; by: Decider; consentId: string; forAll: boolean }
  | { what: 'withdraw'; by: Decider }
  | { what: 'reject'; by: Decider }
  | { what: 'reopen' }
  | { what: 'add_reviewer'; reviewer: Pick<ReviewerSeat, 'id' | 'email'> }
  | { what: 'remove_reviewer'; by: Decider; reviewerId: string }
  /** The PSA shows another charge. */
  | { what: 'revise'; because: string }
  /** The ledger says that the document was voided there. */
  | { what: 'void' };

interface EndedConsent {
  id: string;
  /** Withdrawn by a person, or lapsed because of something else that happened. */
  how: 'withdrawn' | 'lapsed';
  because: string;
}

/** What a decision does: the review as it is afterwards, and what happened on the way there. */
export interface Decided {
  review: Review;
  ended: readonly EndedConsent[];
  given?: Consent;
  /** Absent where the invoice's state stays. */
  event?: InvoiceEvent;
}

/** @throws Refusal in words for the person who decides; the review then stays as it is. */
export function decide(review: Review, decision: Decision): Decided {
  switch (decision.what) {
    case 'approve':
      return approve(review, decision);
    case 'withdraw':
      return withdraw(review, decision.by);
    case 'reject':
      return reject(review, decision.by);
    case 'reopen':
      return reopen(review);
    case 'add_reviewer':
      return addReviewer(review, decision.reviewer);
    case 'remove_reviewer':
      return removeReviewer(review, decision.by, decision.reviewerId);
    case 'revise':
      return revise(review, decision.because);
    case 'void':
      return transition(review.state, 'voided_in_ledger')
        ? endAll(review, 'The document was voided in the ledger.', 'voided_in_ledger')
        : { review, ended: [] };
  }
}

function approve(review: Review, { by, consentId, forAll }: Extract<Decision, { what: 'approve' }>): Decided {
  refuseUnless(review, ['in_review'], 'Only an invoice in review can be approved');
  const seat = seatOf(review, by);
  const covered = seat && review.consents.some((consent) => consent.reviewerId === seat.id);
  if (covered || review.consents.some((consent) => consent.by === by.id))
    throw new Refusal(
      'conflict',
      by.mayApproveForAll
        ? 'You have approved this invoice already; others still have to. To approve without them, withdraw your approval first.'
        : 'You have approved this invoice already; others still have to.',
    );
  const inPlaceOfAll = review.reviewers.length > 0 && by.mayApproveForAll && (forAll || !seat);
  if (review.reviewers.length > 0 && !seat && !inPlaceOfAll)
    throw new Refusal(
      'forbidden',
      'This invoice has reviewers and you are not one of them. Ask an Admin to add you, or to approve without the other reviewers.',
    );
  const others = review.reviewers.filter((other) => other.id !== seat?.id);
  const final = inPlaceOfAll || others.every((other) => review.consents.some((consent) => consent.reviewerId === other.id));
  const given: Consent = { id: consentId, by: by.id, reviewerId: seat?.id ?? null, forAll: inPlaceOfAll, final };
  const after = { ...review, consents: [...review.consents, given], reviewers: withSeat(review, seat?.id, 'approved') };
  return { ...moved(after, final ? 'approved' : undefined), given, ended: [] };
}

/**
 * One's own, or for Owner and Admin everybody's. Where the invoice was approved it is no longer, whoever had the last word: a
 * reviewer's approval still counts as theirs, one in place of all ends with what it brought about.
 */
function withdraw(review: Review, by: Decider): Decided {
  const mine = review.consents.filter((consent) => consent.by === by.id);
  const taken = mine.length > 0 ? mine : by.mayApproveForAll ? review.consents : [];
  if (taken.length === 0) throw new Refusal('conflict', 'There is no approval of yours to take back.');
  if (review.sent || (review.state !== 'approved' && review.state !== 'in_review'))
    throw new Refusal(
      'conflict',
      'The invoice is already on its way to the ledger, so the approval cannot be taken back. Void it in the ledger instead.',
    );
  const rests = review.consents.filter((consent) => !taken.includes(consent) && (consent.forAll || !consent.reviewerId));
  const ended: EndedConsent[] = [
    ...taken.map(({ id }) => ({ id, how: 'withdrawn' as const, because: `Taken back by ${by.label}` })),
    ...rests.map(({ id }) => ({ id, how: 'lapsed' as const, because: `${by.label} took an approval of this invoice back.` })),
  ];
  const consents = without(review.consents, ended).map((consent) => ({ ...consent, final: false }));
  const after = { ...review, consents, reviewers: seatsOf(review.reviewers, consents) };
  return { ...moved(after, review.state === 'approved' ? 'approval_ended' : undefined), ended };
}

function reject(review: Review, by: Decider): Decided {
  refuseUnless(review, ['in_review'], 'Only an invoice in review can be rejected');
  const { ended, review: after } = endAll(review, 'The invoice was rejected.', 'rejected');
  return {
    ...moved({ ...review, ...after, state: review.state, reviewers: withSeat(after, seatOf(review, by)?.id, 'rejected') }, 'rejected'),
    ended,
  };
}

/** A rejection that was a mistake, or a document that was voided in the ledger and is to be posted anew. */
function reopen(review: Review): Decided {
  if (review.state === 'void' && review.voidCause !== 'voided_in_ledger')
    throw new Refusal('conflict', 'This invoice was deleted in the PSA, so there is nothing to review. Restore it there first.', {
      state: review.state,
    });
  refuseUnless(review, ['rejected', 'void'], 'Only an invoice that was rejected or voided in the ledger can be reopened');
  return endAll(review, 'The invoice was reopened.', 'reopened');
}

/** Whoever is on the list already stays as they are. */
function addReviewer(review: Review, { id, email }: Pick<ReviewerSeat, 'id' | 'email'>): Decided {
  refuseListChange(review);
  if (review.reviewers.some((reviewer) => reviewer.email === email)) return { review, ended: [] };
  return { review: { ...review, reviewers: [...review.reviewers, { id, email, decision: 'waiting' }] }, ended: [] };
}

/**
 * Never makes an invoice approved. What the one who goes had approved counts no more, and where everybody who stays has
 * approved already they approve once more, so that somebody has the last word about the list as it is now.
 */
function removeReviewer(review: Review, by: Decider, reviewerId: string): Decided {
  const seat = review.reviewers.find((reviewer) => reviewer.id === reviewerId);
  if (!seat) throw notFound('This reviewer');
  if (!by.mayApproveForAll && seat.email !== by.email)
    throw new Refusal('forbidden', 'Only an Admin, or the reviewer themselves, can take somebody off the reviewers. Ask an Admin.');
  refuseListChange(review);
  const left = review.reviewers.filter((reviewer) => reviewer !== seat);
  const stays = review.consents.filter((consent) => consent.reviewerId !== seat.id);
  const someoneWaits = left.some((reviewer) => !stays.some((consent) => consent.reviewerId === reviewer.id));
  const ended: EndedConsent[] = review.consents
    .filter((consent) => consent.reviewerId === seat.id || !someoneWaits)
    .map((consent) => ({
      id: consent.id,
      how: 'lapsed',
      because:
        consent.reviewerId === seat.id
          ? 'Taken off the reviewers.'
          : 'The reviewers changed and nobody else is left to approve, so it has to be approved once more.',
    }));
  const consents = without(review.consents, ended);
  return { review: { ...review, consents, reviewers: seatsOf(left, consents) }, ended };
}

/** A new charge ends consent to the old one, unless that is already on its way to the ledger. */
function revise(review: Review, because: string): Decided {
  if (review.state === 'rejected') return endAll(review, because, 'revised');
  if (review.sent || (review.state !== 'approved' && review.state !== 'in_review') || review.consents.length === 0)
    return { review, ended: [] };
  return endAll(review, because, review.state === 'approved' ? 'approval_ended' : undefined);
}

/** Everybody waits again. */
function endAll(review: Review, because: string, event: InvoiceEvent | undefined): Decided {
  const ended = review.consents.map(({ id }) => ({ id, how: 'lapsed' as const, because }));
  const reviewers = review.reviewers.map((reviewer) => ({ ...reviewer, decision: 'waiting' as const }));
  return { ...moved({ ...review, consents: [], reviewers }, event), ended };
}

function moved(review: Review, event: InvoiceEvent | undefined): Pick<Decided, 'review' | 'event'> {
  if (event === undefined) return { review };
  const state = transition(review.state, event);
  // An event that does not belong to this state changes nothing, as in the database.
  if (state === undefined) return { review };
  const isVoid = event === 'voided_in_ledger';
  return { review: { ...review, state, sent: review.sent && !isVoid, voidCause: isVoid ? 'voided_in_ledger' : null }, event };
}

function refuseUnless({ state }: Review, allowed: readonly InvoiceState[], rule: string): void {
  if (!allowed.includes(state)) throw new Refusal('conflict', `${rule}; this one is ${state.replace('_', ' ')}.`, { state });
}

function refuseListChange(review: Review): void {
  refuseUnless(review, ['draft', 'in_review'], 'Reviewers can only be changed while an invoice is in review');
}

function seatOf({ reviewers }: Review, { email }: Decider): ReviewerSeat | undefined {
  return email === undefined ? undefined : reviewers.find((reviewer) => reviewer.email === email);
}

function withSeat({ reviewers }: Pick<Review, 'reviewers'>, id: string | undefined, decision: ReviewerSeat['decision']): ReviewerSeat[] {
  return reviewers.map((reviewer) => (reviewer.id === id ? { ...reviewer, decision } : reviewer));
}

/** A seat whose approval has ended waits again. */
function seatsOf(reviewers: readonly ReviewerSeat[], consents: readonly Consent[]): ReviewerSeat[] {
  return reviewers.map((reviewer) =>
    reviewer.decision === 'approved' && !consents.some((consent) => consent.reviewerId === reviewer.id)
      ? { ...reviewer, decision: 'waiting' }
      : reviewer,
  );
}

function without(consents: readonly Consent[], ended: readonly EndedConsent[]): Consent[] {
  const gone = new Set(ended.map(({ id }) => id));
  return consents.filter(({ id }) => !gone.has(id));
}
