import type { InvoiceType } from '../../../domain/invoice.js';

const TYPES: Readonly<Record<string, [type: InvoiceType, label: string]>> = {
  standard: ['standard', 'Standard'],
  agreement: ['agreement', 'Agreement'],
  progress: ['progress', 'Progress'],
  creditmemo: ['credit_memo', 'Credit Memo'],
  downpayment: ['down_payment', 'Down Payment'],
  miscellaneous: ['miscellaneous', 'Miscellaneous'],
  consolidated: ['consolidated', 'Consolidated'],
};

/** A type that a later release brings stays what the PSA calls it. */
export function invoiceType(word: string | undefined): { type: InvoiceType; label: string } {
  const [type, label] = TYPES[word?.toLowerCase() ?? ''] ?? ['other', word ?? 'Invoice'];
  return { type: type as InvoiceType, label };
}
