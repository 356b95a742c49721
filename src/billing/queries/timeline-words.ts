import { POSTING_OPERATIONS, type PostingOperation, type PostingState } from '../../domain/posting-state.js';
import type { ListedEvent } from './audit-rows.js';
import type { PostingItem } from './posting-item.js';
import type { TimelineKind } from './timeline.js';

export interface EventWords {
  kind: TimelineKind;
  what: string;
  quote?: string;
  inLedger?: boolean;
  inSource?: boolean;
}

export type EndedState = Exclude<PostingState, 'planned' | 'sending'>;
type Told = Readonly<Record<string, unknown>>;

const ENDED: readonly EndedState[] = ['posted', 'refused', 'unknown', 'skipped', 'voided'];

type NamedPosting = Pick<PostingItem, 'number' | 'name'>;

const THINGS: Readonly<Record<PostingOperation, (posting: NamedPosting) => string>> = {
  document: () => 'the document',
  contact: ({ name }) => (name ? `the customer “${name}”` : 'the customer'),
  item: ({ name }) => (name ? `the item “${name}”` : 'an item'),
  attachment: ({ number }) => (number ? `the PDF of ${number} as attachment` : 'the PDF as attachment'),
  payment: () => 'a payment',
  status: () => 'the billing status',
  note: () => 'a note',
};

/** 'posting.posted' tells of the document; 'posting.payment_refused' names its operation. */
export function isOutcome(action: string): { operation: PostingOperation; state: EndedState } | undefined {
  const match = /^posting\.(?:([a-z]+)_)?([a-z]+)$/.exec(action);
  const operation = POSTING_OPERATIONS.find((one) => one === (match?.[1] ?? 'document'));
  const state = ENDED.find((one) => one === match?.[2]);
  // A person leaving a posting out is told in their own words.
  if (!operation || !state || action === 'posting.skipped') return undefined;
  return { operation, state };
}

/** `posting` is the one that the outcome is of, where it is known. */
export function outcomeWords(operation: PostingOperation, state: EndedState, after: unknown, posting: NamedPosting = {}): EventWords {
  const thing = THINGS[operation](posting);
  const cause = text(after, 'cause');
  const quote = cause === undefined ? {} : { quote: cause };
  switch (state) {
    case 'posted':
      return { kind: operation === 'payment' ? 'paid' : 'posted', what: `wrote ${thing}` };
    case 'refused':
      return { kind: 'refused', what: `was refused when writing ${thing}`, ...quote };
    case 'unknown':
      return { kind: 'unknown', what: `got no answer when writing ${thing} and looks it up before anything is sent again`, ...quote };
    case 'skipped':
      return { kind: 'skipped', what: `did not write ${thing}`, ...quote };
    case 'voided':
      return { kind: 'void', what: `saw ${thing} voided`, ...quote };
  }
}

export function plannedWords(posting: PostingItem): EventWords {
  const thing = THINGS[posting.operation](posting);
  return {
    kind: 'planned',
    what: posting.state === 'sending' ? `is writing ${thing}` : `planned to write ${thing}`,
    ...(posting.cause && { quote: posting.cause }),
  };
}

/** What an audit event says about an invoice, going on from the actor's name. */
export function timelineWords(event: Pick<ListedEvent, 'action' | 'before' | 'after'>, facts: { showCost: boolean }): EventWords {
  const { after, before } = event;
  const flag = facts.showCost && text(after, 'title') !== undefined ? `the flag “${text(after, 'title')}”` : 'a flag';
  switch (event.action) {
    case 'approval.given':
      return { kind: 'approved', what: 'approved; others still have to' };
    case 'invoice.approved':
      return { kind: 'approved', what: flagged(after, 'forAll') ? 'approved it for all reviewers' : 'approved it' };
    case 'approval.withdrawn':
      return { kind: 'withdrawn', what: 'took the approval back' };
    case 'approval.lapsed':
      return { kind: 'withdrawn', what: 'ended the approval', ...quoted(after, 'because') };
    case 'invoice.rejected':
      return { kind: 'rejected', what: 'rejected it', ...quoted(after, 'reason') };
    case 'invoice.reopened':
      return {
        kind: 'changed',
        what: text(before, 'state') === 'void' ? 'put it back into review, to be posted anew' : 'put it back into review',
      };
    case 'invoice.revised':
      return { kind: 'changed', what: `read a new charge: revision ${number(after, 'revision')}`, inSource: true };
    case 'invoice.changed_after_posting':
      return { kind: 'changed', what: 'read a charge that changed after it was posted; the books keep what was approved', inSource: true };
    case 'invoice.deleted_at_source':
      return { kind: 'void', what: 'no longer found it there', inSource: true };
    case 'invoice.voided_in_ledger':
      return { kind: 'void', what: 'saw it voided there', inLedger: true };
    case 'flag.dismissed':
      return { kind: 'flag', what: `marked ${flag} as fine` };
    case 'flag.restored':
      return { kind: 'flag', what: `opened ${flag} again` };
    case 'reviewer.added':
      return { kind: 'reviewer', what: `asked ${text(after, 'name') ?? 'somebody'} to review it` };
    case 'reviewer.removed':
      return { kind: 'reviewer', what: `took ${text(before, 'name') ?? 'somebody'} off the reviewers` };
    case 'posting.retried':
      return { kind: 'planned', what: 'asked for another try at posting it' };
    case 'posting.hurried':
      return { kind: 'planned', what: 'asked to post it now' };
    case 'posting.skipped':
      return { kind: 'skipped', what: 'left it out of posting', ...quoted(after, 'reason') };
    case 'posting.assigned':
      return {
        kind: 'other',
        what: text(after, 'to') === undefined ? 'gave the posting back' : `gave the posting to ${text(after, 'to')}`,
      };
    case 'payment.received':
    case 'credit.received':
    case 'payment.changed':
    case 'credit.changed':
    case 'payment.removed':
    case 'credit.removed':
      return { kind: 'paid', what: moneyWords(event.action, after), inLedger: true };
    default:
      return { kind: 'other', what: event.action.replace(/[._]/g, ' ') };
  }
}

/** 'saw a payment of 120.00 USD dated 2026-11-02' */
function moneyWords(action: string, after: unknown): string {
  const [kind = '', verb = ''] = action.split('.');
  const what = { received: `saw a ${kind} of`, changed: `saw a ${kind} change; it is now`, removed: `saw a ${kind} taken back:` }[verb];
  return `${what} ${text(after, 'amount') ?? '?'} ${text(after, 'currency') ?? ''} dated ${text(after, 'date') ?? '?'}`;
}

function quoted(of: unknown, field: string): { quote?: string } {
  const quote = text(of, field);
  return quote === undefined ? {} : { quote };
}

function text(of: unknown, field: string): string | undefined {
  const value = (of as Told | null | undefined)?.[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(of: unknown, field: string): string {
  const value = (of as Told | null | undefined)?.[field];
  return typeof value === 'number' ? String(value) : '?';
}

function flagged(of: unknown, field: string): boolean {
  return (of as Told | null | undefined)?.[field] === true;
}
