import type { PostingOperation, PostingState } from '../../domain/posting-state.js';
import type { Tone } from '../shell/shell-view.js';

export const STATE_WORDS: Readonly<Record<PostingState, { label: string; icon: string; tone?: Tone }>> = {
  planned: { label: 'Waiting', icon: 'clock' },
  sending: { label: 'Sending', icon: 'send' },
  posted: { label: 'Posted', icon: 'check', tone: 'good' },
  refused: { label: 'Refused', icon: 'circle-x', tone: 'error' },
  unknown: { label: 'Unknown', icon: 'circle-question-mark', tone: 'warning' },
  skipped: { label: 'Left out', icon: 'circle-minus' },
  voided: { label: 'Voided', icon: 'ban' },
};

const OPERATION_LABELS: Readonly<Record<PostingOperation, string>> = {
  document: 'Invoice',
  contact: 'Customer',
  item: 'Item',
  attachment: 'PDF',
  payment: 'Payment',
  status: 'Status',
  note: 'Note',
};

export function operationLabel(operation: PostingOperation, amount: string | undefined): string {
  return operation === 'document' && amount?.startsWith('-') ? 'Credit note' : OPERATION_LABELS[operation];
}

/** What a state means for the one who waits, where the posting itself says nothing. */
export function stateSentence(state: PostingState, destination: string): string | undefined {
  if (state === 'sending') return `On its way to ${destination}.`;
  if (state === 'unknown')
    return `${destination} did not answer in time. Countersign looks there for what it sent and never sends it twice; there is nothing to do.`;
  if (state === 'voided') return `It was taken back in ${destination}.`;
  return undefined;
}
