import { Money } from '../../money.js';
import type { ReviewRule } from '../rule.js';

/** A credit memo is money given back; a positive total would charge the client instead. */
export const creditMemoThatCharges: ReviewRule = {
  key: 'credit-memo-that-charges',
  label: 'Credit memo has a positive total',
  check({ content, context }) {
    const total = Money.of(content.total, content.currency);
    if (content.type !== 'credit_memo' || !total.isPositive()) return [];
    return [
      {
        rule: 'credit-memo-that-charges',
        severity: 'error',
        title: 'Credit memo charges',
        message: `This credit memo would charge the client ${total.toString()} instead of giving it back. Make its amounts negative.`,
        target: `invoice:${context.externalId}`,
        ...(context.link && { link: context.link }),
        revealsCost: false,
      },
    ];
  },
};
