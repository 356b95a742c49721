import { describe, expect, it } from 'vitest';
import { aLine } from '../../../../test/support/invoices.js';
import { reviewFacts } from '../../../../test/support/review-facts.js';
import { creditMemoThatCharges } from './credit-memo-that-charges.js';

const charging = (amount: string) => [aLine({ key: 'a', kind: 'adjustment', unitPrice: amount })];

describe('a credit memo', () => {
  it('that charges is an error, with the amount and what to do', () => {
    const facts = reviewFacts({ type: 'credit_memo', lines: charging('12.50') }, { link: 'https://psa.example/1201' });
    expect(creditMemoThatCharges.check(facts)).toEqual([
      {
        rule: 'credit-memo-that-charges',
        severity: 'error',
        title: 'Credit memo charges',
        message: 'This credit memo would charge the client 12.50 USD instead of giving it back. Make its amounts negative.',
        target: 'invoice:1201',
        link: 'https://psa.example/1201',
        revealsCost: false,
      },
    ]);
  });

  it.each(['-12.50', '0', '-0.01'])('of %s is as it should be', (amount) => {
    expect(creditMemoThatCharges.check(reviewFacts({ type: 'credit_memo', lines: charging(amount) }))).toEqual([]);
  });

  it('of one yen charges', () => {
    const lines = charging('1');
    const [finding] = creditMemoThatCharges.check(reviewFacts({ type: 'credit_memo', currency: 'JPY', lines }));
    expect(finding?.message).toContain('charge the client 1 JPY');
    expect(Object.keys(finding ?? {})).not.toContain('link');
  });

  it('is the only kind it is about', () => {
    for (const type of ['standard', 'agreement', 'other'] as const)
      expect(creditMemoThatCharges.check(reviewFacts({ type, lines: charging('12.50') }))).toEqual([]);
  });
});
