import { describe, expect, it } from 'vitest';
import { aLine } from '../../../../test/support/invoices.js';
import { reviewFacts } from '../../../../test/support/review-facts.js';
import { agreementAmountChanged } from './agreement-amount-changed.js';

const lines = [aLine({ key: 'agreement:88', kind: 'agreement', unitPrice: '1100.00' })];
const before = (total: string, currency = 'USD') => ({ number: '1180', total, currency, date: '2026-10-02' });
const check = (total: string, currency?: string) =>
  agreementAmountChanged.check(reviewFacts({ type: 'agreement', lines }, {}, before(total, currency)));

describe('an agreement', () => {
  it('that charges more than last time is mentioned, with both amounts', () => {
    expect(check('1000.00')).toEqual([
      {
        rule: 'agreement-amount-changed',
        severity: 'info',
        title: 'Amount changed',
        message:
          '100.00 USD more than invoice 1180 of 2026-10-02 on the same agreement (1000.00 USD then, 1100.00 USD now). ' +
          'Check that the change was agreed.',
        target: 'invoice:1201',
        revealsCost: false,
      },
    ]);
  });

  it.each([
    ['1100.01', '0.01 USD less than'],
    ['1099.99', '0.01 USD more than'],
    ['-100.00', '1200.00 USD more than'],
  ])('after %s: %s', (total, words) => {
    expect(check(total)[0]?.message).toContain(words);
  });

  it('that charges the same is not mentioned, however the amount is written', () => {
    expect(check('1100')).toEqual([]);
    expect(check('1100.000')).toEqual([]);
  });

  it('in another currency than last time is not compared', () => {
    expect(check('1000.00', 'AUD')).toEqual([]);
  });

  it('that is billed for the first time, and an invoice of another kind, are not mentioned', () => {
    expect(agreementAmountChanged.check(reviewFacts({ type: 'agreement', lines }))).toEqual([]);
    expect(agreementAmountChanged.check(reviewFacts({ type: 'standard', lines }, {}, before('1.00')))).toEqual([]);
  });

  it('leads to the invoice in the PSA where that is known', () => {
    const facts = reviewFacts({ type: 'agreement', lines }, { link: 'https://psa.example/1201' }, before('1.00'));
    expect(agreementAmountChanged.check(facts)[0]?.link).toBe('https://psa.example/1201');
  });
});
