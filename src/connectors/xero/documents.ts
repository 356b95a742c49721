import { z } from 'zod';
import { Money } from '../../domain/money.js';
import type { BatchAnswer, FoundDocument, LedgerDocument, OutgoingBatch } from '../../ports/accounting-ledger.js';
import { isConnectorError } from '../../ports/connector-error.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { fromJsonNumber } from '../kit/money-border.js';
import { getInvoices, type XeroClient } from './client.js';
import { wireCivilDate } from './dates.js';
import { LABEL } from './descriptor.js';
import { vendorWords } from './errors.js';
import { markerOf } from './marker.js';
import { faultsOf, refusalOf } from './refusals.js';
import { documentRow, pageOf, verdict, type DocumentRow, type Verdict } from './types.js';

type Kind = LedgerDocument['kind'];

const PLURAL = { invoice: 'Invoices', credit_note: 'CreditNotes' } as const;
/** Decimal places of a price; without saying so Xero rounds to two. */
const UNIT_PLACES = 4;
const NO_ID = '00000000-0000-0000-0000-000000000000';
/** Numbers per look-up; longer lists make the address too long. */
const NUMBERS_PER_REQUEST = 40;

/** Where people look at a document in Xero. */
function documentLink(appUrl: string, kind: Kind, externalId: string): string {
  const page = kind === 'invoice' ? 'View.aspx?InvoiceID' : 'ViewCreditNote.aspx?creditNoteID';
  return `${appUrl}/AccountsReceivable/${page}=${externalId}`;
}

/** The whole request, put together from the frozen members: the same batch always gives the same bytes. */
function batchBody({ kind, members }: Pick<OutgoingBatch, 'kind' | 'members'>): string {
  return `{"${PLURAL[kind]}":[${members.map((member) => member.body).join(',')}]}`;
}

export async function sendDocuments(client: XeroClient, appUrl: string, batch: OutgoingBatch): Promise<BatchAnswer> {
  const { kind, requestKey } = batch;
  try {
    // What the SDK would serialise is not sent: the text of the batch was frozen before it was committed.
    const answer = await client.send(batchBody(batch), (api, tenantId) =>
      kind === 'invoice'
        ? api.createInvoices(tenantId, {}, false, UNIT_PLACES, requestKey)
        : api.createCreditNotes(tenantId, {}, false, UNIT_PLACES, requestKey),
    );
    if (answer.status === 200) return { state: 'answered', outcomes: outcomesOf(batch, elementsOf(batch.kind, answer.body), appUrl) };
    return answerToRefusedRequest(batch, answer.status, answer.body);
  } catch (error) {
    if (!isConnectorError(error) || error.kind !== 'outcome_unknown') throw error;
    return nobodyKnows(batch, error.message);
  }
}

/** Every element stands for itself; one that is not answered, or a list that is none, leaves its member unknown. */
function outcomesOf(batch: OutgoingBatch, elements: readonly Verdict[], appUrl: string): WriteOutcome[] {
  return batch.members.map((member) => {
    const element = elementNumbered(batch.kind, elements, member.number);
    if (!element) return { state: 'unknown', why: `${LABEL}'s answer does not mention ${member.number}; it will be looked up.` };
    const faults = faultsOf(element);
    if (faults) return refusalOf(faults);
    const externalId = batch.kind === 'invoice' ? element.InvoiceID : element.CreditNoteID;
    if (!externalId || externalId === NO_ID)
      return { state: 'unknown', why: `${LABEL} gave ${member.number} no id; it will be looked up.` };
    return { state: 'posted', externalId, link: documentLink(appUrl, batch.kind, externalId) };
  });
}

/**
 * The whole request was turned down. Elements that are named with their faults are refused; whether their neighbours were
 * saved is not known. A key that was used before says nothing about this batch. Anything else was never processed.
 */
function answerToRefusedRequest(batch: OutgoingBatch, status: number, body: unknown): BatchAnswer {
  if (status === 404) {
    const which = batch.members.length === 1 ? 'this document' : 'a document in this batch';
    const cause = `${LABEL} does not know the customer of ${which}. Retry, so that customers are looked up again.`;
    return { state: 'turned_down', refusal: { state: 'refused', cause, vendorCode: 'contact_unknown' } };
  }
  const words = vendorWords(body);
  const failed = failedElements(body);
  if (failed.length === 0) {
    if (/idempotency key/i.test(words ?? ''))
      return nobodyKnows(batch, `${LABEL} has seen this request's key before; its documents will be looked up.`);
    return { state: 'turned_down', refusal: refusalOf(words === undefined ? [] : [words]) };
  }
  const outcomes = batch.members.map((member): WriteOutcome => {
    const element = elementNumbered(batch.kind, failed, member.number);
    if (element) return refusalOf(faultsOf(element) ?? []);
    return { state: 'unknown', why: `${LABEL} refused another document of the request; this one will be looked up.` };
  });
  return { state: 'answered', outcomes };
}

function elementsOf(kind: Kind, body: unknown): Verdict[] {
  return looseList(body, PLURAL[kind]);
}

function failedElements(body: unknown): Verdict[] {
  return looseList(body, 'Elements');
}

/** An element that cannot be read must not take its neighbours along, so each is read alone. */
function looseList(body: unknown, name: string): Verdict[] {
  const list = z.object({ [name]: z.array(z.unknown()) }).safeParse(body);
  if (!list.success) return [];
  return (list.data[name] ?? []).flatMap((element) => verdict.safeParse(element).data ?? []);
}

function elementNumbered(kind: Kind, elements: readonly Verdict[], number: string): Verdict | undefined {
  return elements.find((element) => (kind === 'invoice' ? element.InvoiceNumber : element.CreditNoteNumber) === number);
}

function nobodyKnows(batch: OutgoingBatch, why: string): BatchAnswer {
  return { state: 'answered', outcomes: batch.members.map(() => ({ state: 'unknown', why })) };
}

/** Documents with one of these numbers, in any case and any state. */
export async function findDocuments(client: XeroClient, appUrl: string, kind: Kind, numbers: readonly string[]): Promise<FoundDocument[]> {
  const found: FoundDocument[] = [];
  for (const query of queriesFor(kind, [...new Set(numbers)])) {
    const rows = await documentsBy(client, kind, query);
    found.push(...rows.filter((row) => isSale(row)).map((row) => foundOf(kind, row, appUrl)));
  }
  return found;
}

interface NumberFilter {
  where?: string;
  numbers?: string[];
}

/** A comma splits the list whatever is done to it, so numbers with commas are asked for in a filter, as all credit notes are. */
function queriesFor(kind: Kind, numbers: readonly string[]): NumberFilter[] {
  if (kind === 'credit_note') return chunks(numbers).map((chunk) => ({ where: equalsAny('CreditNoteNumber', chunk) }));
  const plain = numbers.filter((number) => !number.includes(','));
  const withComma = numbers.filter((number) => number.includes(','));
  return [
    ...chunks(plain).map((chunk) => ({ numbers: chunk })),
    ...chunks(withComma).map((chunk) => ({ where: equalsAny('InvoiceNumber', chunk) })),
  ];
}

function equalsAny(field: string, numbers: readonly string[]): string {
  return numbers.map((number) => `${field}=="${number.replace(/["\\]/g, '\\$&')}"`).join(' OR ');
}

function chunks(numbers: readonly string[]): string[][] {
  const count = Math.ceil(numbers.length / NUMBERS_PER_REQUEST);
  return Array.from({ length: count }, (_, index) => numbers.slice(index * NUMBERS_PER_REQUEST, (index + 1) * NUMBERS_PER_REQUEST));
}

async function documentsBy(client: XeroClient, kind: Kind, { where, numbers }: NumberFilter): Promise<DocumentRow[]> {
  const pageSize = 1_000;
  const rows: DocumentRow[] = [];
  for (let page = 1; ; page += 1) {
    const shape = pageOf(PLURAL[kind], documentRow);
    const body = await client.read(PLURAL[kind], shape, (api, tenantId) =>
      kind === 'invoice'
        ? getInvoices(api, tenantId, { where, numbers, page, pageSize, unitdp: UNIT_PLACES })
        : api.getCreditNotes(tenantId, undefined, where, undefined, page, UNIT_PLACES, pageSize),
    );
    const onPage: DocumentRow[] = body[PLURAL[kind]];
    rows.push(...onPage);
    if (onPage.length < pageSize) return rows;
  }
}

/** Bills of suppliers may carry the same numbers; they are none of ours. */
function isSale(row: DocumentRow): boolean {
  return row.Type === 'ACCREC' || row.Type === 'ACCRECCREDIT';
}

function foundOf(kind: Kind, row: DocumentRow, appUrl: string): FoundDocument {
  const externalId = (kind === 'invoice' ? row.InvoiceID : row.CreditNoteID) ?? '';
  const marker = markerOf(row);
  return {
    externalId,
    kind,
    number: (kind === 'invoice' ? row.InvoiceNumber : row.CreditNoteNumber) ?? '',
    contactExternalId: row.Contact.ContactID,
    currency: row.CurrencyCode,
    date: wireCivilDate(row.Date),
    total: Money.of(fromJsonNumber(row.Total), row.CurrencyCode).toText(),
    ...(marker !== undefined && { marker }),
    voided: row.Status === 'VOIDED' || row.Status === 'DELETED',
    link: documentLink(appUrl, kind, externalId),
  };
}
