import type { Customer } from '../domain/customer.js';
import type { SourceInvoice } from '../domain/invoice.js';
import type { HealthReport } from './connector.js';
import type { WriteOutcome } from './outcome.js';

/** One invoice with everything needed to rebuild it, exactly as fetched (only the requested fields). */
export interface RawInvoice {
  externalId: string;
  number: string;
  /** Vendor's last change, ISO instant. */
  updatedAt: string;
  /** JSON value; `map` reads it again at any later time without the vendor. */
  payload: unknown;
}

export interface SourcePage {
  invoices: RawInvoice[];
  /** Opaque; commit it together with the page. Passing it to `pull` continues behind this page. */
  cursor: string;
  /** Sentences: what is not known of the invoices, because the vendor refused a list that they can do without. On the last page. */
  notKnown?: string[];
  /** Invoices this run will bring, when the vendor can count them. */
  expected?: number;
}

/** What a peek tells: enough to see that an invoice changed since it was approved. */
export interface SourceGlance {
  externalId: string;
  updatedAt: string;
  statusExternalId: string;
  closed: boolean;
  total: string;
}

export interface BillingStatus {
  externalId: string;
  name: string;
  closed: boolean;
  sent: boolean;
  inactive: boolean;
}

export interface SourceLocation {
  externalId: string;
  name: string;
}

/** Somebody whom the vendor knows as staff of the tenant. */
export interface SourceStaff {
  externalId: string;
  name: string;
  /** Lower case; absent where the vendor tells none. */
  email?: string;
  active: boolean;
}

export interface StaffList {
  people: SourceStaff[];
  /** A sentence: the vendor refused the list, and what would open it. Nobody is then known to have left. */
  notKnown?: string;
}

/** A record that cannot be understood. It is set aside raw and shown; its neighbours go on. */
export class MappingProblem extends Error {
  constructor(
    /** What is wrong with the record, in plain words. */
    message: string,
    /** Where in the payload, for example 'invoice.type'. */
    readonly field?: string,
  ) {
    super(message);
    this.name = 'MappingProblem';
  }
}

/** A system that knows what was done and bills for it (a PSA). All methods may throw ConnectorError. */
export interface BillingSource {
  check(): Promise<HealthReport>;
  /**
   * Pages of invoices changed since `cursor`; everything when it is absent. Changes of time, expenses and products
   * count as changes of their invoice. Windows overlap: the same invoice may come again.
   */
  pull(cursor: string | undefined): AsyncIterable<SourcePage>;
  /** These invoices anew, in as few requests as the vendor allows; missing ones are simply not in the answer. */
  fetch(externalIds: readonly string[]): Promise<RawInvoice[]>;
  /** One request for up to 50 ids. */
  glance(externalIds: readonly string[]): Promise<SourceGlance[]>;
  /** Every invoice id the vendor holds, for the nightly sweep for deletions. */
  listIds(): AsyncIterable<string[]>;
  statuses(): Promise<BillingStatus[]>;
  locations(): Promise<SourceLocation[]>;
  /** Who works there, former ones too while the vendor lists them. Absent where it has no such list. */
  staff?(): Promise<StaffList>;
  /** Sets the billing status and verifies by reading it back. Closed invoices go through their own route. */
  writeStatus(externalId: string, statusExternalId: string): Promise<WriteOutcome>;
}

/** Pure; also runs long after the fetch. @throws MappingProblem */
export type MapInvoice = (payload: unknown) => { invoice: SourceInvoice; customer: Customer };
