import { recordMarker } from '../../domain/posting-policy.js';
import { Money } from '../../domain/money.js';
import type { FoundDocument } from '../../ports/accounting-ledger.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import type { BatchMember } from '../outbox/posting-batch.repository.js';

/** What a document in the ledger must agree with to be the one that was approved. */
export interface ExpectedDocument {
  contactExternalId: string | undefined;
  currency: string;
  date: string;
  total: string;
}

/**
 * Which document has the number: ours only if everything agrees, since one that merely has our number belongs to somebody
 * else. Undefined: no document has it.
 */
export function matchByNumber(
  member: BatchMember,
  found: readonly FoundDocument[],
  facts: ExpectedDocument | undefined,
): WriteOutcome | undefined {
  // Some ledgers take numbers that differ in case alone for one; none of ours was sent in another case.
  const same = found.filter((document) => document.number.toLowerCase() === member.number.toLowerCase());
  const other = same[0];
  if (!other) return member.saidTaken ? takenUnseen(member) : undefined;
  const ours = same.find((document) => document.number === member.number && !document.voided && agrees(document, member, facts));
  if (ours) return { state: 'posted', externalId: ours.externalId, link: ours.link };
  const voided = same.find((document) => document.voided && document.marker === recordMarker(member.invoiceId));
  if (voided) {
    return {
      state: 'refused',
      cause: `Document ${member.number} arrived in the ledger and was voided there. Press Retry to send it again, or leave it out.`,
      link: voided.link,
    };
  }
  return {
    state: 'refused',
    cause: `Number ${member.number} is taken by another document in the ledger. Look at that document; then change one of the two numbers and press Retry.`,
    link: other.link,
  };
}

/** Sending it again would only be refused again. */
function takenUnseen({ number }: BatchMember): WriteOutcome {
  return {
    state: 'refused',
    cause:
      `The ledger says that number ${number} is in use, but shows no such document; perhaps one of another kind, or a deleted ` +
      `one, has it. Change one of the two numbers and press Retry.`,
  };
}

function agrees(document: FoundDocument, member: BatchMember, facts: ExpectedDocument | undefined): boolean {
  if (!facts) return false;
  const total = Money.of(document.total, document.currency);
  const approved = Money.of(facts.total, facts.currency);
  return (
    document.marker === recordMarker(member.invoiceId) &&
    document.contactExternalId === facts.contactExternalId &&
    document.currency === facts.currency &&
    document.date === facts.date &&
    total.equals(approved.isNegative() ? approved.negated() : approved)
  );
}
