import { type CivilDate, civilDate } from '../../domain/civil-date.js';
import type { Settlement } from '../../domain/payment.js';
import type { SettlementPage } from '../../ports/accounting-ledger.js';
import { isConnectorError } from '../../ports/connector-error.js';
import { readChanges, readListedChanges, type Changes } from './changes.js';
import type { QuickbooksClient } from './client.js';
import { isVoided } from './documents.js';
import { instantOf, toSecond } from './instants.js';
import { PAGE_SIZE } from './query.js';
import { homeCurrency, readPreferences } from './reference-data.js';
import {
  compareApplied,
  ENTITIES,
  nextPage,
  readCursor,
  writeCursor,
  type CatchUp,
  type SettlementCursor,
  type Applied,
} from './settlement-cursor.js';
import type { PaymentRow } from './types.js';
import { Decimal, Money } from '../../domain/money.js';
import { fromJsonNumber } from '../kit/money-border.js';

/**
 * What a payment puts on each invoice, by settlement id. One payment may carry money and use up credit at once; which of
 * the two an invoice got is written nowhere, so credit fills the invoices in the payment's own order.
 */
function appliedBy(payment: PaymentRow, currency: string): Applied {
  const onInvoices = invoiceLines(payment);
  const total = [...onInvoices.values()].reduce((sum, amount) => sum.plus(amount), new Decimal(0));
  let credit = total.minus(moneyUsed(payment, total));
  const date = civilDate(payment.TxnDate);
  const applied: Applied = {};
  for (const [invoiceId, amount] of onInvoices) {
    const fromCredit = Decimal.min(credit, amount);
    credit = credit.minus(fromCredit);
    const fromMoney = amount.minus(fromCredit);
    if (fromMoney.greaterThan(0)) applied[`${payment.Id}:${invoiceId}`] = [invoiceId, text(fromMoney, currency), currency, date, 'payment'];
    if (fromCredit.greaterThan(0)) {
      applied[`${payment.Id}:${invoiceId}:credit`] = [invoiceId, text(fromCredit, currency), currency, date, 'credit'];
    }
  }
  return applied;
}

function invoiceLines(payment: PaymentRow): Map<string, Decimal> {
  const amounts = new Map<string, Decimal>();
  for (const { Amount, LinkedTxn } of payment.Line ?? []) {
    for (const { TxnId, TxnType } of LinkedTxn ?? []) {
      if (TxnType === 'Invoice') amounts.set(TxnId, (amounts.get(TxnId) ?? new Decimal(0)).plus(fromJsonNumber(Amount)));
    }
  }
  return amounts;
}

/** Received and not left over; whatever else stands against the invoices is credit of some kind. */
function moneyUsed({ TotalAmt, UnappliedAmt }: PaymentRow, total: Decimal): Decimal {
  const used = new Decimal(fromJsonNumber(TotalAmt)).minus(fromJsonNumber(UnappliedAmt ?? 0));
  return Decimal.max(0, Decimal.min(used, total));
}

function text(amount: Decimal, currency: string): string {
  return Money.of(amount, currency).toText();
}

/** The feed of changes reaches back 30 days; a day less, since two clocks are involved. */
const FEED_MS = 29 * 86_400_000;
/** Rows may become visible a little after the time they carry. */
const OVERLAP_MS = 60_000;

/**
 * What happened to sales documents since the cursor: one request to the feed of changes as a rule. What is older than the
 * feed, or too much for it, is read list by list in pages; then the feed goes on from where that began.
 */
export async function readSettlements(client: QuickbooksClient, cursorText: string | undefined, from: CivilDate): Promise<SettlementPage> {
  const cursor = readCursor(cursorText, from);
  const isOld = Date.parse(cursor.since) < client.now().getTime() - FEED_MS;
  if (cursor.catchUp.length === 0 && isOld) startCatchUp(cursor);
  const [at] = cursor.catchUp;
  return at ? readList(client, cursor, at) : followFeed(client, cursor);
}

function startCatchUp(cursor: SettlementCursor): void {
  const { since } = cursor;
  cursor.catchUp = ENTITIES.map((entity) => ({ entity, since, start: 1 }));
}

async function followFeed(client: QuickbooksClient, cursor: SettlementCursor): Promise<SettlementPage> {
  const changes = await changesSince(client, cursor);
  const page = changes ? await pageOf(client, cursor, changes) : NOTHING;
  const justRead = cursor.resume !== undefined;
  delete cursor.resume;
  // A feed that is full straight after the lists were read is full of what they told; the next run begins from here again.
  if (changes?.isFull && justRead) return { ...page, cursor: writeCursor(cursor), more: false };
  if (changes === undefined || changes.isFull) {
    startCatchUp(cursor);
    return { ...page, cursor: writeCursor(cursor), more: true };
  }
  const next = toSecond(Date.parse(changes.time) - OVERLAP_MS);
  if (next > cursor.since) cursor.since = next;
  return { ...page, cursor: writeCursor(cursor), more: false };
}

/**
 * `undefined` when the feed does not reach that far back after all: its clock is not ours, and the code of that refusal is
 * documented nowhere. Straight after the lists were read it is another refusal, and reading them again would not end.
 */
async function changesSince(client: QuickbooksClient, { since, resume }: SettlementCursor): Promise<Changes | undefined> {
  try {
    return await readChanges(client, since);
  } catch (error) {
    if (isConnectorError(error) && error.kind === 'invalid' && resume === undefined) return undefined;
    throw error;
  }
}

async function readList(client: QuickbooksClient, cursor: SettlementCursor, at: CatchUp): Promise<SettlementPage> {
  const changes = await readListedChanges(client, at);
  cursor.resume ??= toSecond(Date.parse(changes.time) - OVERLAP_MS);
  const rows = [...changes.payments, ...changes.documents];
  const newest = rows.reduce((latest, { MetaData }) => later(latest, instantOf(MetaData.LastUpdatedTime)), '');
  const [, ...rest] = cursor.catchUp;
  cursor.catchUp = rows.length < PAGE_SIZE ? rest : [nextPage(at, newest), ...rest];
  if (cursor.catchUp.length === 0) cursor.since = cursor.resume;
  // Behind the last list the feed is still to be followed from where the reading began.
  return { ...(await pageOf(client, cursor, changes)), cursor: writeCursor(cursor), more: true };
}

const NOTHING: Pick<SettlementPage, 'settlements' | 'voidedDocuments'> = { settlements: [], voidedDocuments: [] };

async function pageOf(client: QuickbooksClient, cursor: SettlementCursor, changes: Changes): Promise<typeof NOTHING> {
  const home = changes.payments.every((payment) => payment.CurrencyRef) ? '' : homeCurrency(await readPreferences(client));
  const numbers = new Map(changes.documents.map(({ Id, DocNumber }) => [Id, DocNumber ?? undefined]));
  const voided = changes.documents.filter(isVoided).map(({ Id }) => Id);
  return {
    settlements: [
      ...changes.payments.flatMap((payment) => settlementsOf(cursor, payment, home, numbers)),
      ...changes.deletedPayments.flatMap((id) => compareApplied(cursor, id, {})),
    ],
    voidedDocuments: [...voided, ...changes.deletedDocuments],
  };
}

/** A voided payment stays with nothing on it, so that everything it ever put somewhere comes out as removed. */
function settlementsOf(
  cursor: SettlementCursor,
  payment: PaymentRow,
  home: string,
  numbers: ReadonlyMap<string, string | undefined>,
): Settlement[] {
  const currency = payment.CurrencyRef?.value ?? home;
  return compareApplied(cursor, payment.Id, appliedBy(payment, currency)).map((settlement) => {
    const reference = settlement.kind === 'payment' ? payment.PaymentRefNum : creditNumber(payment, numbers);
    return { ...settlement, ...(reference && { reference }) };
  });
}

/** Applying a credit changes it, so it is usually among the changes. */
function creditNumber(payment: PaymentRow, numbers: ReadonlyMap<string, string | undefined>): string | undefined {
  const credits = (payment.Line ?? []).flatMap(({ LinkedTxn }) => LinkedTxn ?? []).filter(({ TxnType }) => TxnType === 'CreditMemo');
  return credits.length === 1 ? numbers.get(credits[0]?.TxnId ?? '') : undefined;
}

function later(one: string, other: string): string {
  return other > one ? other : one;
}
