import type { BillingStatus } from '../ports/billing-source.js';

/** What happens here that a billing source may be told of. */
export const STATUS_EVENTS = ['approved', 'rejected', 'reopened'] as const;
export type StatusEvent = (typeof STATUS_EVENTS)[number];

/** How such a status is usually called; the first wording that fits wins. */
const WORDINGS: Readonly<Record<StatusEvent, readonly RegExp[]>> = {
  approved: [/ready/i, /approved/i],
  rejected: [/reject/i, /declin|dispute|on hold|correction/i],
  reopened: [/review/i, /pending|open|^new$/i],
};

/**
 * A first mapping by name; an event without a fitting status is not told. Never one that says "sent" (it makes the source
 * mail the invoice, or takes it from those to be billed) and never one that closes it.
 */
export function suggestStatuses(statuses: readonly BillingStatus[]): { key: StatusEvent; code: string }[] {
  const harmless = statuses.filter((status) => mayBeWritten(status));
  return STATUS_EVENTS.flatMap((key) => {
    const wording = WORDINGS[key].find((pattern) => harmless.some((status) => pattern.test(status.name)));
    const status = wording && harmless.find(({ name }) => wording.test(name));
    return status ? [{ key, code: status.externalId }] : [];
  });
}

/** An inactive status cannot be chosen; a closed one would lock the invoice against us. */
export function mayBeWritten(status: BillingStatus): boolean {
  return !status.sent && !status.closed && !status.inactive && !/\bsent\b|close/i.test(status.name);
}
