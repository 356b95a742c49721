import { z } from 'zod';
import { Amount } from './amount.js';

/** What a vendor's own books say of one document. */
export interface BookedInvoice {
  number: string;
  total: Amount;
  paid: Amount;
}

const amount = z.number().default(0);
const psaInvoice = z.object({
  invoiceNumber: z.string(),
  total: amount,
  payments: amount,
  currency: z.object({ currencyCode: z.string() }).optional(),
});
const qboDocument = z.object({
  _kind: z.string().optional(),
  DocNumber: z.string().optional(),
  TotalAmt: amount,
  Balance: amount,
  CurrencyRef: z.object({ value: z.string() }).optional(),
});
const xeroDocument = z.object({
  Type: z.string(),
  InvoiceNumber: z.string().optional(),
  CreditNoteNumber: z.string().optional(),
  Total: amount,
  AmountPaid: amount,
  CurrencyCode: z.string(),
});

export async function psaBooks(url: string): Promise<BookedInvoice[]> {
  return (await documents(url, psaInvoice)).map((invoice) => {
    const currency = invoice.currency?.currencyCode ?? 'USD';
    return { number: invoice.invoiceNumber, total: money(invoice.total, currency), paid: money(invoice.payments, currency) };
  });
}

export async function quickbooksBooks(url: string): Promise<BookedInvoice[]> {
  return (await documents(url, qboDocument)).map((document) => {
    const currency = document.CurrencyRef?.value ?? 'USD';
    const total = money(document.TotalAmt, currency);
    const credit = document._kind === 'CreditMemo';
    return {
      number: document.DocNumber ?? '',
      total: credit ? total.negated() : total,
      paid: credit ? Amount.of(0, currency) : total.minus(money(document.Balance, currency)),
    };
  });
}

export async function xeroBooks(url: string): Promise<BookedInvoice[]> {
  return (await documents(url, xeroDocument)).map((document) => {
    const total = money(document.Total, document.CurrencyCode);
    const credit = document.Type.endsWith('CREDIT');
    return {
      number: document.InvoiceNumber ?? document.CreditNoteNumber ?? '',
      total: credit ? total.negated() : total,
      paid: money(document.AmountPaid, document.CurrencyCode),
    };
  });
}

/** The client pays in full, entered by the ledger's bookkeeper. */
export async function pay(ledgerUrl: string, number: string, balance: { toText(): string }, date: string): Promise<void> {
  // The control route takes a JSON number, as a person's own script would send it.
  const body = `{"number":${JSON.stringify(number)},"amount":${balance.toText()},"date":"${date}"}`;
  const response = await fetch(`${ledgerUrl}/_sandbox/payments`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  if (!response.ok) throw new Error(`The ledger did not take the payment of ${number}: ${await response.text()}`);
}

async function documents<T>(url: string, shape: z.ZodType<T>): Promise<T[]> {
  const response = await fetch(`${url}/_sandbox/documents`);
  return z.array(shape).parse(await response.json());
}

function money(value: number, currency: string): Amount {
  return Amount.of(value, currency);
}
