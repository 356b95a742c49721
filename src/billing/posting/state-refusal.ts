import { Refusal } from '../../domain/refusal.js';
import type { PostingState } from '../../domain/posting-state.js';

export interface StandingPosting {
  state: PostingState;
  sentAt: Date | null;
  updatedAt: Date;
  assignedTo: string | null;
}

/** Why a posting cannot be moved by a person now: who is at work on it, since when, and what the person can do. */
export function stateRefusal(posting: StandingPosting, wanted: 'tried again' | 'left out' | 'sent at once'): Refusal {
  return new Refusal('conflict', sentenceOf(posting, wanted), { state: posting.state });
}

function sentenceOf({ state, sentAt, updatedAt, assignedTo }: StandingPosting, wanted: string): string {
  switch (state) {
    case 'sending':
      return (
        `Countersign has been sending this posting since ${instantText(sentAt ?? updatedAt)}. It cannot be ${wanted} before the ` +
        `answer is there; look again in a minute.`
      );
    case 'unknown':
      return (
        `It is not known whether this posting arrived. Countersign has been looking it up since ${instantText(updatedAt)}` +
        `${assignedTo === null ? '' : `, and it is assigned to ${assignedTo}`}. It cannot be ${wanted} before that is known, so that ` +
        `nothing is written twice.`
      );
    case 'planned':
      return wanted === 'tried again'
        ? 'This posting has not been sent yet, so there is nothing to try again. It goes out by itself; Post now sends it at once.'
        : `This posting is planned and cannot be ${wanted}.`;
    case 'posted':
      return `This posting is done since ${instantText(updatedAt)}. It cannot be ${wanted}; what was written is corrected by a new document.`;
    case 'refused':
      return `This posting was refused, so it cannot be ${wanted}. Press Retry once its cause is mended, or Ignore.`;
    case 'skipped':
      return `This posting was left out on ${instantText(updatedAt)} and cannot be ${wanted}.`;
    case 'voided':
      return `The document of this posting was voided in the ledger, so it cannot be ${wanted}.`;
  }
}

/** With its zone, since people of one company sit in several. */
function instantText(instant: Date): string {
  return `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
