import type { z } from 'zod';
import type { AccountingLedger } from './accounting-ledger.js';
import type { BillingSource, MapInvoice } from './billing-source.js';
import type { PaymentSink } from './payment-sink.js';

/**
 * What one authorised link holds in the vault. Plain text values only; every value is secret. A grant that runs out says so:
 * `expiresIn`, in seconds from the answer that brought it.
 */
export type Credentials = Readonly<Record<string, string>>;

/** The credentials of one grant, shared by all processes; renewing is single-flight and persisted before use. */
export interface CredentialLease {
  /** Renewed already where they are about to run out. */
  current(): Promise<Credentials>;
  /** After the vendor refused `stale`: whoever holds the lease refreshes, everyone else gets the newer pair. */
  renew(stale: Credentials): Promise<Credentials>;
}

/** Waits until the vendor's limits allow the next request. Shared by all processes of one database. */
export interface Pacer {
  /** @param kind 'batch' also counts against the vendor's own limit for batches. Call `done` when the answer is there. */
  take(kind?: 'call' | 'batch'): Promise<{ done(): void }>;
  /** The vendor asked for a pause. */
  pause(milliseconds: number): Promise<void>;
  /** What is left of today's budget, as the vendor told it. */
  budget(remainingToday: number): Promise<void>;
}

export interface PaceLimits {
  perSecond?: number;
  perMinute: number;
  perDay?: number;
  inFlight: number;
  batchesPerMinute?: number;
  /** For all connections of this installation together. */
  appPerMinute?: number;
}

export interface HealthReport {
  ok: boolean;
  /** One sentence for the connection's card. */
  sentence: string;
  /** What is missing, and where to grant it. */
  missing: { permission: string; how: string }[];
}

export interface ConnectorContext {
  credentials: CredentialLease;
  pacer: Pacer;
  clock: { now(): Date };
  /** Aborts when the process stops or the job's lease ends. */
  signal: AbortSignal;
  /** The vendor's id of the account this connection is bound to (realm, tenant, company). */
  externalAccountId: string;
  /** Overrides the vendor's API address for this connection only. */
  apiAddress?: string;
}

export interface OpenConnector {
  source?: BillingSource;
  ledger?: AccountingLedger;
  payments?: PaymentSink;
}

/** An account that a grant opens. A vendor may offer several; a person picks. */
export interface ExternalAccount {
  externalAccountId: string;
  label: string;
}

export interface Grant {
  credentials: Credentials;
  accounts: ExternalAccount[];
}

export interface FormConnect {
  kind: 'form';
  fields: { name: string; label: string; secret: boolean; help?: string; placeholder?: string; optional?: boolean }[];
  /** Checks the values with the vendor. @throws ConnectorError that says which value is wrong. */
  connect(values: Readonly<Record<string, string>>): Promise<Grant & { apiAddress?: string }>;
}

export interface OAuthConnect {
  kind: 'oauth';
  authorizeUrl(request: { state: string; redirectUri: string; codeChallenge: string }): string;
  /** @param query the callback's whole query. @throws ConnectorError('grant_expired') with a sentence when the person said no. */
  exchange(request: { query: Readonly<Record<string, string>>; redirectUri: string; codeVerifier: string }): Promise<Grant>;
  /** @throws ConnectorError('grant_expired') on invalid_grant. */
  refresh(credentials: Credentials): Promise<Credentials>;
  revoke(credentials: Credentials): Promise<void>;
}

export interface VendorEvent {
  externalAccountId: string;
  /** What to look at again: 'invoice', 'payment', 'contact', … and its id. */
  resource: string;
  externalId: string;
}

/** `per-app`: one address and key for all accounts. `per-connection`: each connection has its own address. */
export interface WebhookReceiver {
  shape: 'per-app' | 'per-connection';
  /** Over the raw bytes, constant time. Per-connection receivers get that connection's credentials. */
  verify(request: { rawBody: Buffer; headers: Readonly<Record<string, string | undefined>>; credentials?: Credentials }): Promise<boolean>;
  events(rawBody: Buffer, externalAccountId?: string): VendorEvent[];
}

/** One vendor, bound to this installation's settings. */
export interface Connector {
  readonly descriptor: ConnectorDescriptor;
  readonly connect: FormConnect | OAuthConnect;
  readonly webhooks?: WebhookReceiver;
  /** Present where `billingSource` is a capability. */
  readonly mapInvoice?: MapInvoice;
  open(context: ConnectorContext): OpenConnector;
  /**
   * For webhooks of the shape `per-connection`: has the vendor call us. Idempotent; switches on again what was switched off.
   * @param url ours, for this connection; ends with `?recordId=`, where the vendor puts what changed. @throws ConnectorError
   */
  registerCallbacks?(context: ConnectorContext, url: string): Promise<void>;
  /** Absent is success. @throws ConnectorError */
  removeCallbacks?(context: ConnectorContext, url: string): Promise<void>;
}

/** All that varies by vendor, as data. */
export interface ConnectorDescriptor {
  /** Text, lower case; stands in rows, addresses and settings. */
  key: string;
  /** As people call it. */
  label: string;
  capabilities: { billingSource: boolean; accountingLedger: boolean; paymentSink: boolean };
  limits: PaceLimits;
  /** Settings this vendor needs from the environment, all optional where a sandbox can do without. */
  environment: z.ZodObject;
  /** How often to look, in minutes. */
  defaultIntervals: { pull?: number; settle?: number };
}

/** Injection token of every connector's parsed environment, by connector key. */
export const CONNECTOR_ENVIRONMENT = Symbol('connector environment');
export type ConnectorEnvironment = Readonly<Record<string, string | undefined>>;
