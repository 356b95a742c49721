import type { InvoiceDetail } from '../../billing/queries/invoice-detail.js';
import { numberInLedger } from '../../domain/ledger-document.js';
import type { InvoicePane } from './invoice-presenter.js';

type Notice = NonNullable<InvoicePane['notice']>;

export interface NoticeFacts {
  invoice: InvoiceDetail;
  postingStopped: boolean;
  changesHref: string;
}

/** The one sentence above everything; the most pressing wins. */
export function noticeView(facts: NoticeFacts): Notice | undefined {
  return (
    unkept(facts) ??
    gone(facts) ??
    changedAfterPosting(facts) ??
    refused(facts) ??
    postedAnew(facts) ??
    approved(facts) ??
    lapsed(facts) ??
    rejected(facts) ??
    unchecked(facts)
  );
}

/** Why nothing can be decided here, before anything else. */
function unkept({ invoice: { unkept: found, source } }: NoticeFacts): Notice | undefined {
  if (!found) return undefined;
  if (found.problem !== undefined)
    return { tone: 'warning', icon: 'circle-alert', text: `Only what is kept here can be shown: ${found.problem}` };
  return {
    icon: 'eye-off',
    text: `Read from ${source.label} just now. This company keeps no invoice content, so it is neither reviewed nor posted here.`,
    action: { label: 'Why', href: '/settings/data#content' },
  };
}

/** Void, and why; what was voided in the ledger can be posted anew. */
function gone({ invoice: { voidCause, ledger, source } }: NoticeFacts): Notice | undefined {
  if (voidCause === undefined) return undefined;
  if (voidCause === 'deleted_in_psa')
    return { icon: 'ban', text: `It was deleted in ${source.label}, so there is nothing left to review.` };
  return {
    tone: 'warning',
    icon: 'ban',
    text: `The document was voided in ${ledger?.label ?? 'the ledger'}, so nothing of it is booked there. Reopen the invoice to approve and post it anew.`,
  };
}

function changedAfterPosting({ invoice, changesHref }: NoticeFacts): Notice | undefined {
  if (!invoice.changedAfterPosting) return undefined;
  return {
    tone: 'warning',
    icon: 'git-compare-arrows',
    text: `${invoice.source.label} changed this invoice after it was posted. The ledger keeps what was approved.`,
    action: { label: 'What changed', href: changesHref },
  };
}

function refused({ invoice }: NoticeFacts): Notice | undefined {
  const posting = invoice.postings.findLast(({ operation, state }) => operation === 'document' && state === 'refused');
  if (!posting || invoice.state !== 'approved') return undefined;
  return {
    tone: 'error',
    icon: 'circle-alert',
    text: posting.cause ?? `${posting.connection.label} refused it.`,
    action: { label: 'To the posting', href: `/postings?tab=refused&q=${encodeURIComponent(invoice.number)}` },
  };
}

/** Once its document was voided, under which number the next one will stand in the ledger. */
function postedAnew({ invoice: { state, number, postings } }: NoticeFacts): Notice | undefined {
  const voided = postings.filter((posting) => posting.operation === 'document' && posting.state === 'voided');
  const last = voided.at(-1);
  if (state !== 'in_review' || !last) return undefined;
  return {
    tone: 'warning',
    icon: 'ban',
    text:
      `Its document was voided in ${last.connection.label}. The number stays taken there, so once it is approved it is posted ` +
      `as ${numberInLedger(number, voided.length)}.`,
  };
}

function approved({ invoice, postingStopped }: NoticeFacts): Notice | undefined {
  if (invoice.state !== 'approved') return undefined;
  const by = invoice.approval ? `Approved by ${invoice.approval.by.label}.` : 'Approved.';
  return { icon: 'clock', text: `${by} ${nextStep(invoice, postingStopped)}` };
}

function nextStep({ postings, ledger, location }: InvoiceDetail, postingStopped: boolean): string {
  const posting = postings.findLast(({ operation }) => operation === 'document');
  if (!ledger) return `Nothing is sent: ${location.name} posts to no ledger yet. Choose one under Settings, Account mapping.`;
  if (posting?.state === 'unknown') return `Checking in ${ledger.label} whether it arrived. Nothing is sent twice.`;
  if (posting?.state === 'sending') return `It is on its way to ${ledger.label}.`;
  if (posting?.state === 'skipped') return `Skipped. ${posting.cause ?? ''}`.trim();
  return postingStopped ? `It is sent to ${ledger.label} when posting resumes.` : `It waits to be sent to ${ledger.label}.`;
}

function lapsed({ invoice, changesHref }: NoticeFacts): Notice | undefined {
  if (invoice.state !== 'in_review' || invoice.whatChanged?.because !== 'since-approval') return undefined;
  return {
    tone: 'warning',
    icon: 'rotate-ccw',
    text: `${invoice.whatChanged.approval?.by ?? 'Somebody'} had approved it; then it changed, and the approval ended.`,
    action: { label: 'What changed', href: changesHref },
  };
}

function rejected({ invoice: { rejection, source } }: NoticeFacts): Notice | undefined {
  return (
    rejection && {
      tone: 'error',
      icon: 'x',
      text: `${rejection.by} rejected it: “${rejection.reason}” It comes back for review when it changes in ${source.label}.`,
    }
  );
}

function unchecked({ invoice }: NoticeFacts): Notice | undefined {
  if (!invoice.checkPending) return undefined;
  return { icon: 'clock', text: 'The latest import has not been checked yet; flags may still change.' };
}
