import { civilDate, type CivilDate } from '../../domain/civil-date.js';
import { Decimal, type DecimalText } from '../../domain/money.js';
import { ConnectorError, isConnectorError } from '../../ports/connector-error.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import type { PaymentIntent, PaymentSink, SinkPayment } from '../../ports/payment-sink.js';
import { fromJsonNumber, toJsonNumber } from '../kit/money-border.js';
import type { ConnectwiseClient, Row } from './client.js';
import { LABEL } from './descriptor.js';

/** One payment that we told the PSA about. */
interface Part {
  marker: string;
  amount: DecimalText;
  date: CivilDate;
}

const PART = /^(?<marker>[^@;]+)@(?<amount>-?\d+(?:\.\d+)?)@(?<date>\d{4}-\d{2}-\d{2})$/;

/** What we write on a row, so that our payments can be told apart even where several share one row. */
const noteOf = (parts: readonly Part[]): string => parts.map(partText).join(';');

/** Also names one payment for ever, whatever happens to the others on its row. */
const partText = ({ marker, amount, date }: Part): string => `${marker}@${amount}@${date}`;

/** Our parts of a row; none where somebody else wrote it. */
function partsOf(note: unknown): Part[] {
  if (typeof note !== 'string') return [];
  const found = note.split(';').map((text) => PART.exec(text)?.groups);
  return found.flatMap((groups) =>
    groups ? [{ marker: groups['marker'] ?? '', amount: groups['amount'] ?? '', date: groups['date'] ?? '' }] : [],
  );
}

function isSamePart(a: Part, b: Part): boolean {
  return a.marker === b.marker && a.date === b.date && new Decimal(a.amount).equals(b.amount);
}

function sumOf(parts: readonly Part[]): Decimal {
  return parts.reduce((total, part) => total.plus(part.amount), new Decimal(0));
}

/**
 * The free text of a payment row that carries our marker. The vendor documents no key for requests and no reference on a
 * payment; `source` is a plain text in its published model. Unverified against a live system: an installation that drops
 * it shows our payments as somebody else's, and then a payment whose outcome was unknown is left to a person.
 */
const NOTE_FIELD = 'source';
const ROW_FIELDS = `id,type,amount,paymentDate,${NOTE_FIELD}`;

interface PaymentRow {
  id: number;
  amount: Decimal;
  date: string;
  parts: Part[];
}

/**
 * What was paid, told to the PSA. Some installations take one payment row per invoice only: there our row is raised to
 * the sum, and taking one payment back lowers it again.
 */
export class ConnectwisePayments implements PaymentSink {
  constructor(private readonly client: ConnectwiseClient) {}

  async payments(invoiceExternalId: string): Promise<SinkPayment[]> {
    return (await this.rows(invoiceExternalId)).flatMap(paymentsOf);
  }

  async record(intent: PaymentIntent): Promise<WriteOutcome> {
    const part: Part = { marker: intent.marker, amount: new Decimal(intent.amount).toString(), date: intent.date };
    const rows = await this.rows(intent.invoiceExternalId);
    const known = rows.find((row) => row.parts.some((own) => isSamePart(own, part)));
    if (known) return { state: 'posted', externalId: idOf(known.id, part) };
    const body = {
      type: intent.kind === 'credit' ? 'Credit' : 'Payment',
      amount: toJsonNumber(part.amount),
      paymentDate: instantOf(part.date),
      [NOTE_FIELD]: noteOf([part]),
    };
    try {
      const created = (await this.client.write('POST', pathOf(intent.invoiceExternalId), body)) as { id?: unknown };
      if (typeof created.id === 'number') return { state: 'posted', externalId: idOf(created.id, part) };
      return { state: 'unknown', why: `${LABEL} took the payment but did not say under which id.` };
    } catch (error) {
      const isOneTooMany = isConnectorError(error) && error.kind === 'invalid' && rows.length > 0;
      return isOneTooMany ? this.addTo(intent.invoiceExternalId, rows, part, error) : failure(error);
    }
  }

  async remove(invoiceExternalId: string, paymentExternalId: string): Promise<WriteOutcome> {
    const posted: WriteOutcome = { state: 'posted', externalId: paymentExternalId };
    const row = (await this.rowsIfAny(invoiceExternalId)).find((candidate) => holds(candidate, paymentExternalId));
    if (!row) return posted;
    const rest = row.parts.filter((part) => idOf(row.id, part) !== paymentExternalId);
    if (rest.length > 0) return this.rewrite(invoiceExternalId, row, rest, paymentExternalId);
    try {
      await this.client.delete(`${pathOf(invoiceExternalId)}/${row.id}`);
      return posted;
    } catch (error) {
      return isConnectorError(error) && error.kind === 'not_found' ? posted : failure(error);
    }
  }

  /** Our own row only: somebody else's payment is not ours to change. */
  private async addTo(invoiceId: string, rows: readonly PaymentRow[], part: Part, refusal: ConnectorError): Promise<WriteOutcome> {
    const own = rows.find((row) => row.parts.length > 0 && sumOf(row.parts).equals(row.amount));
    if (!own)
      return refused(refusal, `${LABEL} takes no further payment on this invoice. Enter it there by hand, on the payment that is there.`);
    return this.rewrite(invoiceId, own, [...own.parts, part], idOf(own.id, part));
  }

  private async rewrite(invoiceId: string, row: PaymentRow, parts: readonly Part[], externalId: string): Promise<WriteOutcome> {
    const latest =
      parts
        .map(({ date }) => date)
        .toSorted()
        .at(-1) ?? row.date;
    const path = `${pathOf(invoiceId)}/${row.id}`;
    try {
      await this.client.write('PATCH', path, [
        { op: 'replace', path: 'amount', value: toJsonNumber(sumOf(parts)) },
        { op: 'replace', path: 'paymentDate', value: instantOf(latest) },
        { op: 'replace', path: NOTE_FIELD, value: noteOf(parts) },
      ]);
    } catch (error) {
      return failure(error);
    }
    // The vendor answers 200 to patches that it did not apply.
    const after = (await this.rows(invoiceId)).find(({ id }) => id === row.id);
    if (after?.amount.equals(sumOf(parts)) && noteOf(after.parts) === noteOf(parts)) return { state: 'posted', externalId };
    return { state: 'unknown', why: `${LABEL} answered that the payment was changed, but shows another amount.` };
  }

  private async rows(invoiceId: string): Promise<PaymentRow[]> {
    return (await this.client.list(pathOf(invoiceId), { fields: ROW_FIELDS })).map(rowOf);
  }

  /** An invoice that is gone holds no payments. */
  private async rowsIfAny(invoiceId: string): Promise<PaymentRow[]> {
    try {
      return await this.rows(invoiceId);
    } catch (error) {
      if (isConnectorError(error) && error.kind === 'not_found') return [];
      throw error;
    }
  }
}

function rowOf(row: Row): PaymentRow {
  const { id } = row;
  const date = row['paymentDate'];
  if (typeof row['amount'] !== 'number' || typeof date !== 'string') {
    throw new ConnectorError('unreadable', `${LABEL} holds a payment (${id}) without an amount or a date.`, { status: 200 });
  }
  return { id, amount: new Decimal(fromJsonNumber(row['amount'])), date: civilDate(date), parts: partsOf(row[NOTE_FIELD]) };
}

/** A row of ours that a person has changed since is theirs: then it is told as it stands. */
function paymentsOf(row: PaymentRow): SinkPayment[] {
  if (row.parts.length > 0 && sumOf(row.parts).equals(row.amount)) {
    return row.parts.map((part) => ({ externalId: idOf(row.id, part), amount: part.amount, date: part.date, marker: part.marker }));
  }
  return [{ externalId: String(row.id), amount: row.amount.toString(), date: row.date }];
}

function holds(row: PaymentRow, externalId: string): boolean {
  return String(row.id) === externalId || row.parts.some((part) => idOf(row.id, part) === externalId);
}

const idOf = (rowId: number, part: Part): string => `${rowId}/${partText(part)}`;
const pathOf = (invoiceId: string): string => `/finance/invoices/${invoiceId}/payments`;
const instantOf = (date: string): string => `${date}T00:00:00Z`;

/** What a failed write means; failures after which nothing was written are thrown on. */
function failure(error: unknown): WriteOutcome {
  if (!isConnectorError(error)) throw error;
  if (error.kind === 'outcome_unknown') return { state: 'unknown', why: error.message };
  if (error.kind === 'not_found') return refused(error, `The invoice no longer exists in ${LABEL}, so the payment cannot be told there.`);
  if (error.kind === 'invalid')
    return refused(error, `${LABEL} did not take the payment. Enter it there by hand, or correct what it says and retry.`);
  throw error;
}

function refused(error: ConnectorError, cause: string): WriteOutcome {
  const { vendorWords, vendorCode } = error.details;
  return { state: 'refused', cause, ...(vendorWords !== undefined && { vendorWords }), ...(vendorCode !== undefined && { vendorCode }) };
}
