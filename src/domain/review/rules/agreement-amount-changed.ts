import { Money } from '../../money.js';
import type { ReviewRule } from '../rule.js';

/** The client paid another amount last time: fine when a seat was added, embarrassing when nobody knows why. */
export const agreementAmountChanged: ReviewRule = {
  key: 'agreement-amount-changed',
  label: 'Agreement amount changed',
  check({ content, context, previousOnAgreement: previous }) {
    if (content.type !== 'agreement' || !previous || previous.currency !== content.currency) return [];
    const now = Money.of(content.total, content.currency);
    const before = Money.of(previous.total, previous.currency);
    if (now.equals(before)) return [];
    const difference = now.minus(before);
    const direction = difference.isNegative() ? 'less' : 'more';
    const size = difference.isNegative() ? difference.negated() : difference;
    return [
      {
        rule: 'agreement-amount-changed',
        severity: 'info',
        title: 'Amount changed',
        message:
          `${size.toString()} ${direction} than invoice ${previous.number} of ${previous.date} on the same agreement ` +
          `(${before.toString()} then, ${now.toString()} now). Check that the change was agreed.`,
        target: `invoice:${context.externalId}`,
        ...(context.link && { link: context.link }),
        revealsCost: false,
      },
    ];
  },
};
