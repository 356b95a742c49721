/** Goal: whatever people and the PSA do, in whatever order, an invoice never ends in a state that makes no sense or that nobody can leave. */
import { describe, expect, it } from 'vitest';
import { decide, type Decider, type Decision, type Review } from './approval-decisions.js';
import { transition } from './invoice-state.js';
import { Refusal } from './refusal.js';

const LENGTH = 6;

const person = (name: string, mayApproveForAll = false): Decider => ({
  id: name,
  label: name,
  email: `${name}@example.com`,
  mayApproveForAll,
});
const ADMIN = person('admin', true);
const STRANGER = person('stranger');

function inReview(...people: readonly Decider[]): Review {
  const reviewers = people.map(({ id, email = '' }) => ({ id: `seat of ${id}`, email, decision: 'waiting' as const }));
  return { state: 'in_review', voidCause: null, sent: false, reviewers, consents: [] };
}

/** Everything that anybody can try. Consents are named after who gives them, so that equal states are equal. */
function everything(reviewers: readonly Decider[]): Decision[] {
  const all = [...reviewers, ADMIN, STRANGER];
  return [
    ...all.map((by) => ({ what: 'approve' as const, by, consentId: `of ${by.id}`, forAll: false })),
    { what: 'approve', by: ADMIN, consentId: 'of admin', forAll: true },
    ...all.map((by) => ({ what: 'withdraw' as const, by })),
    ...all.map((by) => ({ what: 'reject' as const, by })),
    { what: 'reopen' },
    ...all.flatMap((by) => reviewers.map(({ id }) => ({ what: 'remove_reviewer' as const, by, reviewerId: `seat of ${id}` }))),
    ...[...reviewers, STRANGER].map(({ id, email = '' }) => ({ what: 'add_reviewer' as const, reviewer: { id: `seat of ${id}`, email } })),
    { what: 'revise', because: 'It changed.' },
    { what: 'void' },
  ];
}

/** What the outside does to an approved invoice between two decisions. */
function outside(review: Review): Review[] {
  const beginsSending = review.state === 'approved' && !review.sent;
  const isBooked = review.state === 'approved' && review.sent;
  return [...(beginsSending ? [{ ...review, sent: true }] : []), ...(isBooked ? [{ ...review, state: 'posted' as const }] : [])];
}

/** In words; empty where the review makes sense. */
function nonsense({ state, reviewers, consents, sent, voidCause }: Review): string[] {
  const finals = consents.filter(({ final }) => final);
  const isSettledByAll = reviewers.every((seat) => consents.some(({ reviewerId }) => reviewerId === seat.id));
  const decided = state === 'approved' || state === 'posted';
  const problems: [boolean, string][] = [
    [finals.length > 1, 'two final approvals'],
    [new Set(consents.map(({ by }) => by)).size < consents.length, 'two approvals of one person'],
    [decided && finals.length !== 1, `${state} without a final approval`],
    [decided && !finals.some(({ forAll }) => forAll) && !isSettledByAll, `${state} while a reviewer still has to approve`],
    [state === 'in_review' && finals.length > 0, 'a final approval of an invoice in review'],
    [state === 'in_review' && reviewers.length > 0 && isSettledByAll, 'in review although every reviewer approved'],
    [state === 'in_review' && consents.some(({ reviewerId }) => reviewerId === null), 'in review with an approval of no reviewer'],
    [!decided && state !== 'in_review' && consents.length > 0, `${state} with an approval that stands`],
    [
      consents.some(({ reviewerId }) => reviewerId !== null && !reviewers.some(({ id }) => id === reviewerId)),
      'an approval of nobody’s seat',
    ],
    [
      reviewers.some(({ id, decision }) => (decision === 'approved') !== consents.some(({ reviewerId }) => reviewerId === id)),
      'a seat and its approval disagree',
    ],
    [sent && !decided, `${state} and sent`],
    [(state === 'void') !== (voidCause !== null), 'void without a cause'],
  ];
  return problems.filter(([holds]) => holds).map(([, words]) => words);
}

/** Undefined: it was refused, which is an answer. Anything else that is thrown fails the test. */
function tried(review: Review, decision: Decision): Review | undefined {
  try {
    return decide(review, decision).review;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Every review that some sequence of at most `length` steps leads to. The same state reached twice goes on the same way. */
function reachable(start: Review, decisions: readonly Decision[], length: number): Map<string, Review> {
  const found = new Map([[JSON.stringify(start), start]]);
  let edge = [start];
  for (let step = 0; step < length; step += 1) {
    const next: Review[] = [];
    for (const review of edge) {
      const steps = [...decisions.flatMap((decision) => tried(review, decision) ?? []), ...outside(review)];
      for (const after of steps) {
        const key = JSON.stringify(after);
        if (found.has(key)) continue;
        found.set(key, after);
        next.push(after);
      }
    }
    edge = next;
  }
  return found;
}

/** Whether those who are asked, or else anybody, can bring it to approved by approving once each. */
function canBeApproved(review: Review, people: readonly Decider[]): boolean {
  let now = review;
  for (const by of people) now = tried(now, { what: 'approve', by, consentId: `late ${by.id}`, forAll: false }) ?? now;
  return now.state === 'approved';
}

describe.each([0, 1, 2, 3])('every sequence of decisions over %s reviewers', (count) => {
  const reviewers = ['ann', 'bob', 'cy'].slice(0, count).map((name) => person(name));
  const decisions = everything(reviewers);
  const reviews = [...reachable(inReview(...reviewers), decisions, LENGTH).values()];

  it('ends in a review that makes sense', () => {
    expect(reviews.flatMap((review) => nonsense(review).map((words) => `${words}: ${JSON.stringify(review)}`))).toEqual([]);
  });

  it('leaves a way to approve: by those who are asked, and by an Admin', () => {
    const open = reviews.filter(({ state }) => state === 'in_review');
    expect(open.filter((review) => !canBeApproved(review, [...reviewers, STRANGER]))).toEqual([]);
    expect(open.filter((review) => !canBeApproved(review, [ADMIN]))).toEqual([]);
  });

  it('never makes an invoice approved by changing the list of reviewers, nor by taking anything back', () => {
    const others = decisions.filter(({ what }) => what !== 'approve');
    const open = reviews.filter(({ state }) => state !== 'approved');
    expect(open.flatMap((review) => others.filter((decision) => tried(review, decision)?.state === 'approved'))).toEqual([]);
  });

  it('leaves what was sent alone, until the ledger voids it', () => {
    for (const review of reviews.filter(({ sent }) => sent)) {
      const after = decisions
        .filter(({ what }) => what !== 'void')
        .flatMap((decision) => tried(review, decision) ?? [])
        .filter((one) => one.state !== review.state || one.consents.length !== review.consents.length);
      expect(after).toEqual([]);
    }
  });

  it('says for each change of state an event that the state machine knows', () => {
    for (const review of reviews) {
      for (const decision of decisions) {
        if (!tried(review, decision)) continue;
        const { review: after, event } = decide(review, decision);
        expect(event === undefined ? review.state : transition(review.state, event)).toBe(after.state);
      }
    }
  });
});

describe('taking somebody off the reviewers', () => {
  const [ann, bob] = [person('ann'), person('bob')];
  const off = (by: Decider, who: string) => ({ what: 'remove_reviewer' as const, by, reviewerId: `seat of ${who}` });

  it('is for an Admin or for that reviewer', () => {
    for (const by of [STRANGER, bob, { ...STRANGER, email: undefined }])
      expect(() => decide(inReview(ann, bob), off(by, 'ann'))).toThrow(/Only an Admin, or the reviewer themselves/);
    for (const by of [ADMIN, ann]) expect(decide(inReview(ann, bob), off(by, 'ann')).review.reviewers).toHaveLength(1);
  });

  it('asks everybody else once more when nobody is left who still has to approve', () => {
    const given = decide(inReview(ann, bob), { what: 'approve', by: bob, consentId: 'b', forAll: false }).review;
    const { review, ended } = decide(given, off(ann, 'ann'));
    expect(review).toMatchObject({ state: 'in_review', consents: [], reviewers: [{ decision: 'waiting' }] });
    expect(ended).toMatchObject([{ id: 'b', how: 'lapsed' }]);
  });

  it('ends their own approval and leaves those of others while somebody still waits', () => {
    const cy = person('cy');
    let review = inReview(ann, bob, cy);
    for (const by of [ann, bob]) ({ review } = decide(review, { what: 'approve', by, consentId: by.id, forAll: false }));
    expect(decide(review, off(ADMIN, 'ann')).review).toMatchObject({ state: 'in_review', consents: [{ id: 'bob' }] });
  });
});

it('an approval taken back by one of two leaves the other one standing, and no longer final', () => {
  const [ann, bob] = [person('ann'), person('bob')];
  let review = inReview(ann, bob);
  for (const by of [ann, bob]) ({ review } = decide(review, { what: 'approve', by, consentId: by.id, forAll: false }));
  expect(review.state).toBe('approved');
  ({ review } = decide(review, { what: 'withdraw', by: ann }));
  expect(review).toMatchObject({ state: 'in_review', consents: [{ id: 'bob', final: false }] });
  expect(decide(review, { what: 'approve', by: ann, consentId: 'again', forAll: false }).review.state).toBe('approved');
});

it('an invoice that was deleted in the PSA cannot be reopened', () => {
  expect(() => decide({ ...inReview(), state: 'void', voidCause: 'deleted_in_psa' }, { what: 'reopen' })).toThrow(/deleted in the PSA/);
});
