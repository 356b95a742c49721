import type { InvoiceDetail, ReviewerItem } from '../../billing/queries/invoice-detail.js';
import { mayApproveAmount } from '../../domain/access.js';
import { may, type Bearer } from '../../domain/role.js';
import type { Caller } from '../../identity/caller.js';
import type { InvoicePane } from './invoice-presenter.js';
import type { DocumentView } from './document-opening.js';

type Deciding = Pick<InvoiceDetail, 'state' | 'reviewers' | 'approvals' | 'postings' | 'total' | 'unkept'>;
type Person = Bearer & Pick<Caller, 'email' | 'actor'> & Partial<Pick<Caller, 'approveUpTo'>>;

/** What the buttons offer. The services decide again; this only spares people a refusal. */
export function approvalRights(invoice: Deciding, person: Person, document: DocumentView): InvoicePane['approval'] {
  const withdrawable = isWithdrawable(invoice, person);
  const no = (why?: string): InvoicePane['approval'] => ({
    allowed: false,
    label: 'Approve',
    withdrawable,
    ...(why !== undefined && { why }),
  });
  if (invoice.unkept || invoice.state !== 'in_review' || !may(person, 'invoice.review')) return no();
  const { amount, currency } = invoice.total;
  if (!mayApproveAmount(person.approveUpTo ?? null, amount, currency)) return no('Its total is above what you may approve.');
  const seat = invoice.reviewers.find(({ email }) => email === person.email);
  const forAll = may(person, 'invoice.approve_for_all');
  if (invoice.reviewers.length > 0 && !seat && !forAll) return no('You are not one of its reviewers.');
  if (seat?.state === 'approved') return no('You approved it; other reviewers still have to.');
  if (document.state === 'rendering') return no('The document is being rendered.');
  if (document.state !== 'ready') return no('There is no document to approve.');
  return { allowed: true, label: invoice.reviewers.length > 0 && !seat ? 'Approve without the other reviewers' : 'Approve', withdrawable };
}

export function mayReject({ state, unkept }: Pick<InvoiceDetail, 'state' | 'unkept'>, person: Bearer): boolean {
  return !unkept && state === 'in_review' && may(person, 'invoice.review');
}

/** One that was deleted in the PSA has nothing to come back to. */
export function mayReopen({ state, voidCause, unkept }: Pick<InvoiceDetail, 'state' | 'voidCause' | 'unkept'>, person: Bearer): boolean {
  return !unkept && (state === 'rejected' || voidCause === 'voided_in_ledger') && may(person, 'invoice.review');
}

/** An Admin takes anybody off the reviewers; everybody else only themselves. */
export function mayTakeOff(reviewer: Pick<ReviewerItem, 'email'>, person: Person): boolean {
  return may(person, 'invoice.approve_for_all') || (may(person, 'invoice.review') && reviewer.email === person.email);
}

/** An approval can be taken back until the document is on its way. */
function isWithdrawable({ state, approvals, postings, unkept }: Deciding, person: Person): boolean {
  const { actor } = person;
  if (unkept || (state !== 'approved' && state !== 'in_review') || !may(person, 'invoice.review')) return false;
  const standing = approvals.filter((approval) => approval.state === 'standing');
  const mine = standing.some(({ by }) => by.kind === actor.kind && by.id === actor.id);
  const onItsWay = postings.some((one) => one.operation === 'document' && ['sending', 'unknown', 'posted'].includes(one.state));
  return !onItsWay && (mine || (standing.length > 0 && may(person, 'invoice.approve_for_all')));
}
