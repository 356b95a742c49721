import { POSTING_OPERATIONS, type PostingOperation, type PostingState } from '../../domain/posting-state.js';
import type { ListedEvent } from './audit-query.js';
import type { PostingItem } from './posting-query.js';
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

/** What an outcome is of, as far as it is known; `destination` is what people call the other system. */
type NamedPosting = Pick<PostingItem, 'number' | 'name'> & { destination?: string };

interface OperationWords {
  thing: string;
  /** What was done once it has arrived. */
  done: string;
}

const OPERATIONS: Readonly<Record<PostingOperation, (posting: NamedPosting) => OperationWords>> = {
  document: ({ destination }) => ({ thing: 'the document', done: `posted${to(destination)}` }),
  contact: ({ name, destination }) => named('customer', name, destination),
  item: ({ name, destination }) => named('item', name, destination),
  attachment: ({ number, destination }) => {
    const thing = number ? `the PDF of ${number}` : 'the PDF';
    return { thing, done: `attached ${thing}${within(destination)}` };
  },
  payment: ({ destination }) => ({ thing: 'a payment', done: `recorded a payment${within(destination)}` }),
  status: ({ destination }) => ({ thing: 'the invoice status', done: `updated the invoice status${within(destination)}` }),
  note: ({ destination }) => ({ thing: 'a note', done: `added a note${within(destination)}` }),
};

function named(kind: string, name: string | undefined, destination: string | undefined): OperationWords {
  const thing = name ? `the ${kind} “${name}”` : `the ${kind}`;
  return { thing, done: `added ${thing}${within(destination)}` };
}

const to = (destination: string | undefined): string => (destination === undefined ? '' : ` to ${destination}`);
const within = (destination: string | undefined): string => (destination === undefined ? '' : ` in ${destination}`);

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
  const { thing, done } = OPERATIONS[operation](posting);
  const cause = text(after, 'cause');
  const quote = cause === undefined ? {} : { quote: cause };
  switch (state) {
    case 'posted':
      return { kind: operation === 'payment' ? 'paid' : 'posted', what: done };
    case 'refused':
      return { kind: 'refused', what: `could not send ${thing}${to(posting.destination)}`, ...quote };
    case 'unknown':
      return {
        kind: 'unknown',
        what: `got no answer about ${thing} and is checking${within(posting.destination)} whether it arrived`,
        ...quote,
      };
    case 'skipped':
      return { kind: 'skipped', what: `skipped ${thing}`, ...quote };
    case 'voided':
      return { kind: 'void', what: `found ${thing} voided${within(posting.destination)}`, ...quote };
  }
}

export function plannedWords(posting: PostingItem): EventWords {
  const { thing } = OPERATIONS[posting.operation](posting);
  const target = to(posting.connection.label);
  return {
    kind: 'planned',
    what: posting.state === 'sending' ? `is sending ${thing}${target}` : `planned to send ${thing}${target}`,
    ...(posting.cause && { quote: posting.cause }),
  };
}

/** What an audit event says about an invoice, going on from the actor's name. */
export function timelineWords(event: Pick<ListedEvent, 'action' | 'before' | 'after'>, facts: { showCost: boolean }): EventWords {
  const { after, before } = event;
  const flag = facts.showCost && text(after, 'title') !== undefined ? `the flag “${text(after, 'title')}”` : 'a flag';
  switch (event.action) {
    case 'approval.given':
      return { kind: 'approved', what: 'approved it; other reviewers still have to' };
    case 'invoice.approved':
      return { kind: 'approved', what: flagged(after, 'forAll') ? 'approved it without the other reviewers' : 'approved it' };
    case 'approval.withdrawn':
      return { kind: 'withdrawn', what: 'withdrew the approval' };
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
      return { kind: 'changed', what: `imported a change: revision ${number(after, 'revision')}`, inSource: true };
    case 'invoice.changed_after_posting':
      return { kind: 'changed', what: 'found a change after it was posted; the ledger keeps what was approved', inSource: true };
    case 'invoice.deleted_at_source':
      return { kind: 'void', what: 'found it deleted there', inSource: true };
    case 'invoice.voided_in_ledger':
      return { kind: 'void', what: 'found it voided there', inLedger: true };
    case 'flag.dismissed':
      return { kind: 'flag', what: `marked ${flag} as OK` };
    case 'flag.restored':
      return { kind: 'flag', what: `opened ${flag} again` };
    case 'reviewer.added':
      return { kind: 'reviewer', what: `added ${text(after, 'name') ?? 'somebody'} as reviewer` };
    case 'reviewer.removed':
      return { kind: 'reviewer', what: `removed ${text(before, 'name') ?? 'somebody'} as reviewer` };
    case 'posting.retried':
      return { kind: 'planned', what: 'retried the posting' };
    case 'posting.hurried':
      return { kind: 'planned', what: 'asked to post it now' };
    case 'posting.skipped':
      return { kind: 'skipped', what: 'skipped the posting', ...quoted(after, 'reason') };
    case 'posting.assigned':
      return {
        kind: 'other',
        what: text(after, 'to') === undefined ? 'unassigned the posting' : `assigned the posting to ${text(after, 'to')}`,
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

/** 'received a payment of $120.00, dated 2 Nov 2026' */
function moneyWords(action: string, after: unknown): string {
  const [kind = '', verb = ''] = action.split('.');
  const what = { received: `received a ${kind} of`, changed: `changed a ${kind}; it is now`, removed: `removed a ${kind} of` }[verb];
  return `${what} ${amountText(after)}, dated ${dateText(text(after, 'date'))}`;
}

/** The symbol that tells dollars apart: '$120.00', 'A$120.00'. */
function amountText(of: unknown): string {
  const [amount, currency] = [text(of, 'amount'), text(of, 'currency')];
  if (amount === undefined || currency === undefined) return amount ?? '?';
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  return format.format(amount as Intl.StringNumericLiteral).replace('-', '\u2212');
}

function dateText(date: string | undefined): string {
  if (date === undefined) return '?';
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(date));
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
