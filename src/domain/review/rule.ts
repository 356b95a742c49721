import type { InvoiceContent, InvoiceContext } from '../invoice.js';
import type { DecimalText } from '../money.js';

export type Severity = 'error' | 'warning' | 'info';

/** What one rule says about one part of an invoice. */
export interface Finding {
  rule: string;
  severity: Severity;
  title: string;
  /** What happened, what it means, what to do; plain words for a billing coordinator. */
  message: string;
  /** The line it is about; absent: the whole invoice. */
  lineKey?: string;
  /** Stable over pulls, so that a dismissal survives: the record in the PSA that has to change. */
  target: string;
  link?: string;
  /** Says how much cost or margin is in the message; hidden from those without `cost.read`. */
  revealsCost: boolean;
}

export interface ReviewFacts {
  content: InvoiceContent;
  context: InvoiceContext;
  /** The invoice before this one on the same agreement, if any. */
  previousOnAgreement?: { number: string; total: DecimalText; currency: string; date: string };
}

export interface ReviewRule {
  key: string;
  label: string;
  check(facts: ReviewFacts): Finding[];
}
