import { describe, expect, it } from 'vitest';
import { reviewFacts } from '../../../test/support/review-facts.js';
import { review } from './review.js';
import type { Finding, ReviewRule } from './rule.js';

const finding = (rule: string, target: string, title = 'First'): Finding => ({
  rule,
  severity: 'info',
  title,
  message: 'Look.',
  target,
  revealsCost: false,
});
const saying = (...findings: Finding[]): ReviewRule => ({ key: 'any', label: 'Any', check: () => findings });
const FACTS = reviewFacts({});

describe('a review', () => {
  it('says what each rule says, in the order of the rules', () => {
    const rules = [saying(finding('b', '1'), finding('b', '2')), saying(), saying(finding('a', '1'))];
    expect(review(FACTS, rules)).toEqual([finding('b', '1'), finding('b', '2'), finding('a', '1')]);
  });

  it('says a thing once for each rule and target, the first time it comes', () => {
    const rules = [saying(finding('a', '1'), finding('a', '1', 'Second')), saying(finding('a', '1', 'Third'))];
    expect(review(FACTS, rules)).toEqual([finding('a', '1')]);
  });

  it('does not mix up rules and targets whose names run into each other', () => {
    expect(review(FACTS, [saying(finding('a', 'b:c'), finding('a:b', 'c'))])).toHaveLength(2);
  });

  it('is silent without rules, and about an ordinary invoice', () => {
    expect(review(FACTS, [])).toEqual([]);
    expect(review(FACTS)).toEqual([]);
  });

  it('asks the rules of the house unless others are given', () => {
    const facts = reviewFacts({ type: 'credit_memo' });
    expect(review(facts).map(({ rule }) => rule)).toEqual(['credit-memo-that-charges']);
  });
});
