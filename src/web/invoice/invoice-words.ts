import type { InvoiceState } from '../../domain/invoice-state.js';
import type { InvoiceType } from '../../domain/invoice.js';
import type { Severity } from '../../domain/review/rule.js';
import type { Tone } from '../shell/shell-view.js';

const STATES: Readonly<Record<InvoiceState, { label: string; tone?: Tone }>> = {
  draft: { label: 'Reading' },
  in_review: { label: 'In review', tone: 'accent' },
  approved: { label: 'Approved', tone: 'good' },
  posted: { label: 'Posted', tone: 'good' },
  settled: { label: 'Settled', tone: 'good' },
  rejected: { label: 'Rejected', tone: 'error' },
  void: { label: 'Void' },
  skipped: { label: 'Skipped' },
};

const TYPE_ICONS: Readonly<Record<InvoiceType, string>> = {
  standard: 'file-text',
  agreement: 'handshake',
  progress: 'milestone',
  credit_memo: 'receipt-text',
  down_payment: 'banknote-arrow-up',
  miscellaneous: 'package',
  consolidated: 'files',
  other: 'file-question-mark',
};

const SEVERITIES: Readonly<Record<Severity, { label: string; tone?: Tone }>> = {
  error: { label: 'Error', tone: 'error' },
  warning: { label: 'Warning', tone: 'warning' },
  info: { label: 'Info' },
};

/** The one word for a state, everywhere, and the colour it means. */
export function invoiceStateWords(state: InvoiceState): { label: string; tone?: Tone } {
  return STATES[state];
}

export function invoiceTypeIcon(type: InvoiceType): string {
  return TYPE_ICONS[type];
}

export function severityWords(severity: Severity): { label: string; tone?: Tone } {
  return SEVERITIES[severity];
}
