import type { CivilDate } from '../../domain/civil-date.js';
import { Money } from '../../domain/money.js';
import type { Settlement } from '../../domain/payment.js';
import type { SettlementPage } from '../../ports/accounting-ledger.js';
import { z } from 'zod';
import { fromJsonNumber } from '../kit/money-border.js';
import { getInvoices, type XeroClient } from './client.js';
import { wireCivilDate, wireInstant } from './dates.js';
import {
  compareApplied,
  nextPosition,
  readCursor,
  STREAMS,
  type Applied,
  type SettlementCursor,
  type Stream,
} from './settlement-cursor.js';
import { creditNoteRow, invoiceRow, pageOf, paymentRow, type InvoiceRow, type PaymentRow } from './types.js';

const ORDER = 'UpdatedDateUTC ASC';
const SALES_PAYMENTS = new Set(['ACCRECPAYMENT', 'ARCREDITPAYMENT']);
const GONE = new Set(['VOIDED', 'DELETED']);

interface Found {
  settlements: Settlement[];
  voided: string[];
  /** Instants of change of the rows read. */
  changes: string[];
  pageSize: number;
}

/**
 * What happened to sales documents since the cursor: one page each of payments, credit notes and invoices per call, so
 * three requests when nothing is new. Prepayments and overpayments come with the invoices that they were applied to.
 */
export async function readSettlements(client: XeroClient, cursorText: string | undefined, from: CivilDate): Promise<SettlementPage> {
  const cursor = readCursor(cursorText, from);
  const streams = cursor.open.length > 0 ? cursor.open : STREAMS;
  const page: SettlementPage = { settlements: [], voidedDocuments: [], cursor: '', more: false };
  const open: Stream[] = [];
  for (const stream of streams) {
    const found = await READERS[stream](client, cursor);
    const next = nextPosition(cursor[stream], found.changes, found.pageSize);
    cursor[stream] = next.position;
    if (next.more) open.push(stream);
    page.settlements.push(...found.settlements);
    page.voidedDocuments.push(...found.voided);
  }
  return { ...page, cursor: JSON.stringify({ ...cursor, open }), more: open.length > 0 };
}

type Reader = (client: XeroClient, cursor: SettlementCursor) => Promise<Found>;

const READERS: Readonly<Record<Stream, Reader>> = { payments: readPayments, creditNotes: readCreditNotes, invoices: readInvoices };

async function readPayments(client: XeroClient, cursor: SettlementCursor): Promise<Found> {
  const pageSize = 1_000;
  const { since, page } = cursor.payments;
  const { Payments: rows } = await client.read('payments', pageOf('Payments', paymentRow), (api, tenantId) =>
    api.getPayments(tenantId, undefined, undefined, ORDER, page, pageSize, changedSince(since)),
  );
  const settlements: Settlement[] = [];
  for (const row of rows) if (SALES_PAYMENTS.has(row.PaymentType ?? '')) settlements.push(...(await paymentOf(client, row)));
  return { settlements, voided: [], changes: rows.map((row) => wireInstant(row.UpdatedDateUTC)), pageSize };
}

async function paymentOf(client: XeroClient, row: PaymentRow): Promise<Settlement[]> {
  const documentExternalId = row.Invoice?.InvoiceID ?? row.CreditNote?.CreditNoteID;
  if (!documentExternalId) return [];
  const currency = row.Invoice?.CurrencyCode ?? row.CreditNote?.CurrencyCode ?? (await currencyOfNote(client, documentExternalId));
  return [
    {
      kind: 'payment',
      externalId: row.PaymentID,
      documentExternalId,
      amount: moneyText(row.Amount ?? 0, currency),
      currency,
      date: wireCivilDate(row.Date),
      ...(row.Reference && { reference: row.Reference }),
      removed: row.Status === 'DELETED',
    },
  ];
}

/** A refund names its credit note without the currency in some answers. */
async function currencyOfNote(client: XeroClient, id: string): Promise<string> {
  const shape = pageOf('CreditNotes', z.object({ CurrencyCode: z.string() })).refine((body) => body.CreditNotes.length === 1);
  const { CreditNotes } = await client.read('credit note', shape, (api, tenantId) => api.getCreditNote(tenantId, id));
  return CreditNotes[0]?.CurrencyCode ?? '';
}

async function readCreditNotes(client: XeroClient, cursor: SettlementCursor): Promise<Found> {
  const pageSize = 200;
  const { since, page } = cursor.creditNotes;
  const { CreditNotes: rows } = await client.read('credit notes', pageOf('CreditNotes', creditNoteRow), (api, tenantId) =>
    api.getCreditNotes(tenantId, undefined, 'Type=="ACCRECCREDIT"', ORDER, page, undefined, pageSize, changedSince(since)),
  );
  const settlements = rows.flatMap((note) => {
    const now: Applied = {};
    for (const allocation of GONE.has(note.Status) ? [] : (note.Allocations ?? [])) {
      if (allocation.IsDeleted) continue;
      const { InvoiceID } = allocation.Invoice;
      const id = allocation.AllocationID ?? `${note.CreditNoteID}:${InvoiceID}`;
      now[id] = [InvoiceID, moneyText(allocation.Amount, note.CurrencyCode), note.CurrencyCode, wireCivilDate(allocation.Date)];
    }
    const reference = note.CreditNoteNumber ?? undefined;
    return compareApplied(cursor, note.CreditNoteID, now).map((settlement) => ({ ...settlement, ...(reference && { reference }) }));
  });
  return {
    settlements,
    voided: rows.filter((note) => GONE.has(note.Status)).map((note) => note.CreditNoteID),
    changes: rows.map((note) => wireInstant(note.UpdatedDateUTC)),
    pageSize,
  };
}

async function readInvoices(client: XeroClient, cursor: SettlementCursor): Promise<Found> {
  const pageSize = 1_000;
  const { since, page } = cursor.invoices;
  const { Invoices: rows } = await client.read('invoices', pageOf('Invoices', invoiceRow), (api, tenantId) =>
    getInvoices(api, tenantId, { where: 'Type=="ACCREC"', order: ORDER, page, pageSize, summaryOnly: true, ...changedSince(since) }),
  );
  return {
    settlements: rows.flatMap((invoice) => compareApplied(cursor, invoice.InvoiceID, receivedBefore(invoice))),
    voided: rows.filter((invoice) => GONE.has(invoice.Status)).map((invoice) => invoice.InvoiceID),
    changes: rows.map((invoice) => wireInstant(invoice.UpdatedDateUTC)),
    pageSize,
  };
}

function receivedBefore(invoice: InvoiceRow): Applied {
  if (GONE.has(invoice.Status)) return {};
  const prepaid = (invoice.Prepayments ?? []).map((row) => [row.PrepaymentID, row] as const);
  const overpaid = (invoice.Overpayments ?? []).map((row) => [row.OverpaymentID, row] as const);
  const applied: Applied = {};
  for (const [id, row] of [...prepaid, ...overpaid]) {
    if (row.AppliedAmount === undefined || row.AppliedAmount === null) continue;
    const amount = moneyText(row.AppliedAmount, invoice.CurrencyCode);
    applied[`${id}:${invoice.InvoiceID}`] = [invoice.InvoiceID, amount, invoice.CurrencyCode, wireCivilDate(row.Date ?? invoice.Date)];
  }
  return applied;
}

/** As text: the SDK's own argument is a `Date`, which goes out with a fraction that the header does not know. */
function changedSince(since: string): { headers: Record<string, string> } {
  return { headers: { 'If-Modified-Since': since } };
}

function moneyText(amount: number, currency: string): string {
  return Money.of(fromJsonNumber(amount), currency).toText();
}
