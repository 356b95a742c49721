import type { CivilDate } from '../domain/civil-date.js';
import type { Customer } from '../domain/customer.js';
import type { BookedDocument, BookedLine, LedgerCategory } from '../domain/ledger-document.js';
import type { DecimalText } from '../domain/money.js';
import type { Settlement } from '../domain/payment.js';
import type { HealthReport } from './connector.js';
import type { Refused, WriteOutcome } from './outcome.js';

export type { LedgerCategory };
export type LedgerLine = BookedLine;

/** What a line is booked as; mapped per connection to the ledger's account or item. */
export const LEDGER_CATEGORIES = [
  'service',
  'agreement',
  'product',
  'expense',
  'discount',
  'down_payment',
  'adjustment',
] as const satisfies readonly LedgerCategory[];

/** An approved invoice as the ledger is to hold it. Amounts of a credit note are positive here. */
export interface LedgerDocument extends BookedDocument {
  /** The ledger's id of the customer, from `ensure`. */
  contactExternalId: string;
  /** Names us and this invoice for ever, for example 'CS-0199…'; at most 60 characters of [A-Za-z0-9-]. */
  marker: string;
  /** https address of this invoice in Countersign, where the ledger can show one. */
  link?: string;
}

/** Our key → the ledger's code. Tax keys are the PSA's tax codes; `taxable` and `exempt` are the fall-backs. */
export interface CodeMapping {
  categories: Partial<Record<LedgerCategory, string>>;
  taxes: Record<string, string>;
}

export interface LedgerCode {
  code: string;
  name: string;
  /** Percent, for tax codes. */
  rate?: DecimalText;
  active: boolean;
}

export interface LedgerCodes {
  /** What a category may be mapped to: accounts or items, as this ledger wants. */
  categories: LedgerCode[];
  taxes: LedgerCode[];
  /** A sentence: which list the ledger does not let us read, and what that costs. */
  notKnown?: string;
}

export interface LedgerProfile {
  name: string;
  country: string;
  currency: string;
  /** Documents on or before this day are refused by the ledger. */
  lockedUntil?: CivilDate;
  /** Sentences; while there is one, nothing is sent. */
  blockers: string[];
}

/** Something that must exist in the ledger before a document can name it. */
export type ReferenceIntent =
  | { kind: 'contact'; key: string; customer: Customer; marker: string }
  | { kind: 'item'; key: string; name: string; category: LedgerCategory; mappedTo: string | undefined };

export type ReferenceOutcome = { key: string; outcome: WriteOutcome };

export interface PreparedDocument {
  /** The number as sent: lookups use this one for ever. */
  number: string;
  kind: LedgerDocument['kind'];
  /** The vendor-shaped body, JSON text; stored, and re-sent byte for byte. */
  body: string;
  /** What the ledger will compute with its own rounding; equals the document's total or `prepare` refuses. */
  total: DecimalText;
  /** Item codes that `ensure` must know first. */
  items: ReferenceIntent[];
}

export interface OutgoingBatch {
  /** Idempotency key of the whole request, ≤ 36 characters. */
  requestKey: string;
  kind: LedgerDocument['kind'];
  /** In the order of sending; `memberKey` ≤ 10 characters, unique in the batch. */
  members: { memberKey: string; number: string; body: string }[];
}

/** What a ledger says to a batch. */
export type BatchAnswer =
  /** One outcome for each member, in the order of the members. */
  | { state: 'answered'; outcomes: WriteOutcome[] }
  /** The request was refused as a whole before any member was looked at: nothing was written, and one member may be the cause. */
  | { state: 'turned_down'; refusal: Refused };

export interface FoundDocument {
  externalId: string;
  kind: LedgerDocument['kind'];
  number: string;
  contactExternalId: string;
  currency: string;
  date: CivilDate;
  total: DecimalText;
  /** Ours, if we made it. */
  marker?: string;
  voided: boolean;
  link: string;
}

export interface SettlementPage {
  settlements: Settlement[];
  /** Documents voided or deleted in the ledger. */
  voidedDocuments: string[];
  cursor: string;
  more: boolean;
}

/** A system of account. All methods may throw ConnectorError. */
export interface AccountingLedger {
  /** Documents per request, and for how long the same request may be repeated with the same key. */
  readonly batch: { size: number; replayMs: number; replayOnlyAfterTransportFailure: boolean };
  check(): Promise<HealthReport>;
  profile(): Promise<LedgerProfile>;
  codes(): Promise<LedgerCodes>;
  /** A sensible first mapping from the chart of accounts; people change it. */
  suggestMapping(codes: LedgerCodes): CodeMapping;
  /** Finds (by marker, then by exact name) or creates; one request per batch where the ledger allows. Idempotent. */
  ensure(intents: readonly ReferenceIntent[]): Promise<ReferenceOutcome[]>;
  /**
   * Pure: recomputes quantity × price and tax with this ledger's rounding, adds a rounding line where needed.
   * @throws ConnectorError('invalid') when the totals cannot be met or a mapping is missing; nothing was sent.
   */
  prepare(document: LedgerDocument, mapping: CodeMapping, codes: LedgerCodes, itemIds: Readonly<Record<string, string>>): PreparedDocument;
  /**
   * One request. Transport failures become `unknown` for every member. After `turned_down` the engine sends each member alone,
   * so that one bad record never stops its neighbours.
   */
  send(batch: OutgoingBatch): Promise<BatchAnswer>;
  /** Documents that carry one of these numbers, voided ones included. */
  find(kind: LedgerDocument['kind'], numbers: readonly string[]): Promise<FoundDocument[]>;
  attach(
    document: { externalId: string; kind: LedgerDocument['kind'] },
    file: { name: string; contentType: string; bytes: Buffer },
  ): Promise<WriteOutcome>;
  /** Payments, credits and voids since `cursor`; from the beginning of `from` when absent. Inclusive, may repeat. */
  settlements(cursor: string | undefined, from: CivilDate): Promise<SettlementPage>;
}
