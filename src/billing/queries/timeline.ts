import type { PostingState } from '../../domain/posting-state.js';
import type { ListedEvent } from './audit-query.js';
import { isOutcome, outcomeWords, plannedWords, timelineWords, type EndedState, type EventWords } from './timeline-words.js';
import type { PostingItem } from './posting-query.js';

/** What kind of thing happened; pages choose icon and colour by it. */
export const TIMELINE_KINDS = [
  'read',
  'changed',
  'approved',
  'withdrawn',
  'rejected',
  'flag',
  'reviewer',
  'planned',
  'posted',
  'refused',
  'unknown',
  'skipped',
  'paid',
  'void',
  'other',
] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** One thing that happened to an invoice, in whichever system. */
export interface TimelineEvent {
  /** ISO instant. */
  at: string;
  kind: TimelineKind;
  /** Who did it: a person, a key, or the name of a system. */
  actor: string;
  /** Plain words that go on from the actor: 'approved the document'. */
  what: string;
  /** A person's or a vendor's own words. */
  quote?: string;
  /** Where it happened: 'Countersign' or what people call the other system. */
  system: string;
  link?: { label: string; href: string };
}

export interface TimelineFacts {
  source: { label: string; link?: string; statusName: string };
  /** Label of the ledger, where there is one. */
  ledger?: string;
  firstSeenAt: string;
  sourceUpdatedAt: string;
  events: readonly ListedEvent[];
  postings: readonly PostingItem[];
  /** Says what a flag about cost is called. */
  showCost: boolean;
}

export const OURSELVES = 'Countersign';

/** Everything that happened in all systems, oldest first. */
export function timeline(facts: TimelineFacts): TimelineEvent[] {
  const { source } = facts;
  const link = source.link ? { link: { label: source.label, href: source.link } } : {};
  const events: TimelineEvent[] = [
    {
      at: facts.sourceUpdatedAt,
      kind: 'changed',
      actor: source.label,
      what: `last changed in ${source.label} (status ${source.statusName})`,
      system: source.label,
      ...link,
    },
    { at: facts.firstSeenAt, kind: 'read', actor: OURSELVES, what: `imported from ${source.label}`, system: OURSELVES, ...link },
    ...facts.events.map((event) => fromEvent(event, facts)),
    ...facts.postings.filter((posting) => !told(posting, facts.events)).map(fromPosting),
  ];
  return events
    .map((event, index) => ({ event, index }))
    .toSorted((a, b) => compare(a.event.at, b.event.at) || a.index - b.index)
    .map(({ event }) => event);
}

function fromEvent(event: ListedEvent, facts: TimelineFacts): TimelineEvent {
  const outcome = isOutcome(event.action);
  const posting =
    outcome &&
    facts.postings.findLast((one) => one.operation === outcome.operation && (one.state === outcome.state || outcome.state !== 'posted'));
  const words: EventWords = outcome
    ? outcomeWords(outcome.operation, outcome.state, event.after, posting && { ...posting, destination: posting.connection.label })
    : timelineWords(event, facts);
  const href = outcome?.state === 'posted' && posting ? posting.links.find((one) => one.label === posting.connection.label) : undefined;
  const system = posting
    ? posting.connection.label
    : words.inLedger && facts.ledger
      ? facts.ledger
      : words.inSource
        ? facts.source.label
        : OURSELVES;
  return {
    at: event.at.toISOString(),
    kind: words.kind,
    actor: event.actorLabel,
    what: words.what,
    ...(words.quote && { quote: words.quote }),
    system,
    ...(href && { link: href }),
  };
}

/** An outcome that the audit trail already tells is not told a second time from the posting's row. */
function told(posting: PostingItem, events: readonly ListedEvent[]): boolean {
  const since = posting.sentAt ?? posting.createdAt;
  return events.some((event) => {
    if (event.at.toISOString() < since) return false;
    if (posting.state === 'skipped' && event.action === 'posting.skipped') return true;
    const outcome = isOutcome(event.action);
    return outcome?.operation === posting.operation && outcome.state === posting.state;
  });
}

function fromPosting(posting: PostingItem): TimelineEvent {
  const link = posting.links.find((one) => one.label === posting.connection.label);
  const words = isEnded(posting.state)
    ? outcomeWords(posting.operation, posting.state, { cause: posting.cause }, { ...posting, destination: posting.connection.label })
    : plannedWords(posting);
  return {
    at: isEnded(posting.state) ? posting.updatedAt : posting.createdAt,
    kind: words.kind,
    actor: isEnded(posting.state) ? OURSELVES : posting.createdBy,
    what: words.what,
    ...(words.quote && { quote: words.quote }),
    system: posting.connection.label,
    ...(link && { link }),
  };
}

function isEnded(state: PostingState): state is EndedState {
  return state !== 'planned' && state !== 'sending';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
