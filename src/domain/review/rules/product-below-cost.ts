import { Money } from '../../money.js';
import type { Finding, ReviewRule } from '../rule.js';

/** A product sold for less than it cost. Lines without a known cost, free lines and credits are left alone. */
export const productBelowCost: ReviewRule = {
  key: 'product-below-cost',
  label: 'Product below cost',
  check({ content, context }) {
    if (content.type === 'credit_memo') return [];
    return content.lines.flatMap((line): Finding[] => {
      const facts = context.lineFacts[line.key];
      if ((line.kind !== 'product' && line.kind !== 'addition') || line.billable !== 'billable' || !facts?.cost) return [];
      const cost = Money.of(facts.cost, content.currency).rounded();
      const price = Money.of(line.amount, content.currency);
      if (!cost.isPositive() || price.compare(cost) >= 0) return [];
      return [
        {
          rule: 'product-below-cost',
          severity: 'error',
          title: 'Below cost',
          message:
            `${line.description} is sold for ${price.toString()} but costs ${cost.toString()}: a loss of ` +
            `${cost.minus(price).toString()}. Correct the price or the cost on the product.`,
          lineKey: line.key,
          target: facts.targetId ?? line.key,
          ...(facts.link && { link: facts.link }),
          revealsCost: true,
        },
      ];
    });
  },
};
