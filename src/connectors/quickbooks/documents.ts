import { civilDate } from '../../domain/civil-date.js';
import { Money } from '../../domain/money.js';
import type { BatchAnswer, FoundDocument, LedgerDocument, OutgoingBatch } from '../../ports/accounting-ledger.js';
import { isConnectorError } from '../../ports/connector-error.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { fromJsonNumber } from '../kit/money-border.js';
import { batchBody, batchVerdicts, type BatchMember, type BatchVerdict } from './batch.js';
import type { QuickbooksClient } from './client.js';
import { LABEL } from './descriptor.js';
import { isStumble } from './errors.js';
import { totalOf } from './mapper.js';
import { markersIn } from './marker.js';
import { queryAll, quoted } from './query.js';
import { homeCurrency, readPreferences } from './reference-data.js';
import { refusalOf, takenBy } from './refusals.js';
import { documentRow, type DocumentRow } from './types.js';

type Kind = LedgerDocument['kind'];

export const ENTITY = { invoice: 'Invoice', credit_note: 'CreditMemo' } as const satisfies Record<Kind, string>;
/** Numbers per look-up; longer lists make the address too long. */
const NUMBERS_PER_REQUEST = 100;

/** Where people look at a document in QuickBooks. */
function documentLink(appUrl: string, kind: Kind, externalId: string): string {
  return `${appUrl}/${ENTITY[kind].toLowerCase()}?txnId=${externalId}`;
}

export async function sendDocuments(client: QuickbooksClient, appUrl: string, batch: OutgoingBatch): Promise<BatchAnswer> {
  const members = batch.members.map(({ memberKey, body }): BatchMember => ({ bId: memberKey, entity: ENTITY[batch.kind], body }));
  try {
    const verdicts = batchVerdicts(await client.keyedBatch(batchBody(members), batch.requestKey), members);
    const outcomes = batch.members.map((member) => outcomeOf(batch.kind, member, verdicts.get(member.memberKey), appUrl));
    return { state: 'answered', outcomes };
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    const { kind, message, details } = error;
    if (kind === 'outcome_unknown') return { state: 'answered', outcomes: batch.members.map(() => ({ state: 'unknown', why: message })) };
    if (kind !== 'invalid' && kind !== 'not_found') throw error;
    return { state: 'turned_down', refusal: refusalOf({ code: details.vendorCode ?? '', words: details.vendorWords ?? '', type: '' }) };
  }
}

/** Every member stands for itself; one that is not answered, or with another total than was sent, is looked up. */
function outcomeOf(kind: Kind, member: OutgoingBatch['members'][number], verdict: BatchVerdict | undefined, appUrl: string): WriteOutcome {
  if (!verdict) return { state: 'unknown', why: `${LABEL}'s answer does not mention ${member.number}; it will be looked up.` };
  if ('fault' in verdict) {
    const { fault } = verdict;
    if (isStumble(fault)) return { state: 'unknown', why: `${LABEL} stumbled over ${member.number}; it will be looked up.` };
    const other = takenBy(fault);
    return refusalOf(fault, other === undefined ? undefined : documentLink(appUrl, kind, other));
  }
  const read = documentRow.safeParse(verdict.entity);
  if (!read.success) return { state: 'unknown', why: `${LABEL}'s answer about ${member.number} cannot be read; it will be looked up.` };
  const total = fromJsonNumber(read.data.TotalAmt);
  if (!totalOf(member.body).equals(total)) {
    return {
      state: 'unknown',
      why: `${LABEL} made ${member.number} with a total of ${total}, not the one that was sent; it will be looked up.`,
    };
  }
  return { state: 'posted', externalId: read.data.Id, link: documentLink(appUrl, kind, read.data.Id) };
}

/** Documents with one of these numbers, in any case and voided ones too; deleted ones are gone for good. */
export async function findDocuments(
  client: QuickbooksClient,
  appUrl: string,
  kind: Kind,
  numbers: readonly string[],
): Promise<FoundDocument[]> {
  const wanted = [...new Set(numbers)];
  const rows: DocumentRow[] = [];
  for (let start = 0; start < wanted.length; start += NUMBERS_PER_REQUEST) {
    const list = wanted.slice(start, start + NUMBERS_PER_REQUEST).map(quoted);
    rows.push(...(await queryAll(client, ENTITY[kind], `DocNumber in (${list.join(',')})`, documentRow)));
  }
  const home = rows.every((row) => row.CurrencyRef) ? '' : homeCurrency(await readPreferences(client));
  return rows.map((row) => foundOf(kind, row, row.CurrencyRef?.value ?? home, appUrl));
}

function foundOf(kind: Kind, row: DocumentRow, currency: string, appUrl: string): FoundDocument {
  const marker = markersIn(row.PrivateNote).at(-1);
  return {
    externalId: row.Id,
    kind,
    number: row.DocNumber ?? '',
    contactExternalId: row.CustomerRef.value,
    currency,
    date: civilDate(row.TxnDate),
    total: Money.of(fromJsonNumber(row.TotalAmt), currency).toText(),
    ...(marker !== undefined && { marker }),
    voided: isVoided(row),
    link: documentLink(appUrl, kind, row.Id),
  };
}

/** A voided document stays, with nothing on it and this word in front of its note. */
export function isVoided(row: { TotalAmt: number; PrivateNote?: string | null | undefined }): boolean {
  return row.TotalAmt === 0 && /^voided\b/i.test(row.PrivateNote ?? '');
}
