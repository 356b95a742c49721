import type { InvoiceDetail } from '../../billing/reading/invoice-detail.js';
import { may } from '../../domain/role.js';
import type { Caller } from '../../identity/caller.js';
import type { DocumentView, InvoiceView } from './invoice-view.js';

type Deciding = Pick<InvoiceDetail, 'state' | 'reviewers' | 'approvals' | 'postings'>;
type Person = Pick<Caller, 'role' | 'email' | 'actor'>;

/** What the buttons offer. The services decide again; this only spares people a refusal. */
export function approvalRights(invoice: Deciding, person: Person, document: DocumentView): InvoiceView['approval'] {
  const withdrawable = isWithdrawable(invoice, person);
  const no = (why?: string): InvoiceView['approval'] => ({
    allowed: false,
    label: 'Approve',
    withdrawable,
    ...(why !== undefined && { why }),
  });
  if (invoice.state !== 'in_review' || !may(person.role, 'invoice.review')) return no();
  const seat = invoice.reviewers.find(({ email }) => email === person.email);
  const forAll = may(person.role, 'invoice.approve_for_all');
  if (invoice.reviewers.length > 0 && !seat && !forAll) return no('You are not one of its reviewers.');
  if (seat?.state === 'approved') return no('You approved it; others still have to.');
  if (document.state === 'rendering') return no('The document is being rendered.');
  if (document.state !== 'ready') return no('There is no document to approve.');
  return { allowed: true, label: invoice.reviewers.length > 0 && !seat ? 'Approve for all' : 'Approve', withdrawable };
}

export function mayReject({ state }: Pick<InvoiceDetail, 'state'>, { role }: Pick<Person, 'role'>): boolean {
  return state === 'in_review' && may(role, 'invoice.review');
}

export function mayReopen({ state }: Pick<InvoiceDetail, 'state'>, { role }: Pick<Person, 'role'>): boolean {
  return state === 'rejected' && may(role, 'invoice.review');
}

/** An approval can be taken back until the document is on its way. */
function isWithdrawable({ state, approvals, postings }: Deciding, { actor, role }: Person): boolean {
  if ((state !== 'approved' && state !== 'in_review') || !may(role, 'invoice.review')) return false;
  const standing = approvals.filter((approval) => approval.state === 'standing');
  const mine = standing.some(({ by }) => by.kind === actor.kind && by.id === actor.id);
  const onItsWay = postings.some((one) => one.operation === 'document' && ['sending', 'unknown', 'posted'].includes(one.state));
  return !onItsWay && (mine || (standing.length > 0 && may(role, 'invoice.approve_for_all')));
}
