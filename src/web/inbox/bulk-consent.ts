import type { InboxItem } from '../../billing/queries/inbox-query.js';
import type { MoneyText } from '../../domain/money.js';

/**
 * What ticking a row agrees to: the stored document, or, while there is none, the sum that the row shows. A document
 * with that sum is then rendered and approved; any other is left for a look.
 */
export type TickedConsent = { invoiceId: string } & ({ documentHash: string } | { sum: string });

const SHAPE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(?:([0-9a-f]{64})|=(-?\d+(?:\.\d+)? [A-Z]{3}))$/;

export function consentTo(item: Pick<InboxItem, 'id' | 'documentHash' | 'total'>): string {
  return `${item.id}:${item.documentHash ?? `=${sumText(item.total)}`}`;
}

/** Undefined for what no list of ours ever offered. */
export function readConsent(value: string): TickedConsent | undefined {
  const [, invoiceId, documentHash, sum] = SHAPE.exec(value) ?? [];
  if (invoiceId === undefined) return undefined;
  if (documentHash !== undefined) return { invoiceId, documentHash };
  return sum === undefined ? undefined : { invoiceId, sum };
}

export function sumText({ amount, currency }: MoneyText): string {
  return `${amount} ${currency}`;
}
