import { longDate } from '../dates.js';
import type { Ledger } from '../ledger.js';
import type { DocumentStatus } from '../records.js';

const TRANSITIONS: Readonly<Record<DocumentStatus | 'NEW', readonly DocumentStatus[]>> = {
  NEW: ['DRAFT', 'SUBMITTED', 'AUTHORISED'],
  DRAFT: ['DRAFT', 'SUBMITTED', 'AUTHORISED', 'DELETED'],
  SUBMITTED: ['SUBMITTED', 'DRAFT', 'AUTHORISED', 'DELETED'],
  AUTHORISED: ['AUTHORISED', 'VOIDED'],
  PAID: [],
  DELETED: [],
  VOIDED: [],
};

export const WRONG_STATUS = 'Invoice not of valid status for modification';
export const HAS_PAYMENT = 'This document cannot be edited as it has a payment or credit note allocated to it.';

/** The status that the document takes, or `undefined` when the change is not allowed. */
export function nextStatus(from: DocumentStatus | undefined, wanted: string | undefined): DocumentStatus | undefined {
  const stays = from ?? 'DRAFT';
  if (wanted === undefined) return stays === 'DELETED' || stays === 'VOIDED' ? undefined : stays;
  if (from === 'PAID' && wanted === 'AUTHORISED') return 'PAID';
  return TRANSITIONS[from ?? 'NEW'].find((status) => status === wanted);
}

export function isApprovedStatus(status: DocumentStatus): boolean {
  return status === 'SUBMITTED' || status === 'AUTHORISED' || status === 'PAID';
}

export function lockErrors(ledger: Ledger, date: string): string[] {
  const { periodLockDate, endOfYearLockDate } = ledger.options();
  const locked = (name: string, lock: string | null) =>
    lock !== null && date <= lock ? [`The document date cannot be before the ${name} lock date, currently set at ${longDate(lock)}`] : [];
  return [...locked('period', periodLockDate), ...locked('end of year', endOfYearLockDate)];
}

export function currencyErrors(ledger: Ledger, currency: string): string[] {
  const isSubscribed = ledger.organisation().currencies.some(({ code }) => code === currency);
  return isSubscribed ? [] : [`Organisation is not subscribed to currency ${currency}`];
}

/** Printable ASCII, at most 255 characters. */
export function numberErrors(number: string): string[] {
  return /^[\x20-\x7e]{1,255}$/.test(number) ? [] : ['Invoice number must be at most 255 printable ASCII characters.'];
}
