import type { CivilDate } from '../domain/civil-date.js';
import type { DecimalText } from '../domain/money.js';
import type { WriteOutcome } from './outcome.js';

export interface SinkPayment {
  externalId: string;
  amount: DecimalText;
  date: CivilDate;
  /** Ours, if this payment came from us. */
  marker?: string;
}

export interface PaymentIntent {
  invoiceExternalId: string;
  kind: 'payment' | 'credit';
  amount: DecimalText;
  date: CivilDate;
  /** At most 30 characters; lets reconcile find our own payment again, since such a vendor has no request keys. */
  marker: string;
}

/** A system that wants to know what was paid (the PSA). All methods may throw ConnectorError. */
export interface PaymentSink {
  payments(invoiceExternalId: string): Promise<SinkPayment[]>;
  record(intent: PaymentIntent): Promise<WriteOutcome>;
  remove(invoiceExternalId: string, paymentExternalId: string): Promise<WriteOutcome>;
}
