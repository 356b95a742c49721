import { z } from 'zod';
import { fromJsonNumber } from '../../src/connectors/kit/money-border.js';
import { Money } from '../../src/domain/money.js';
import type { SandboxStore } from '../../sandbox/kit/store.js';

/** A sandbox by its address, in whatever process it runs. */
export interface Vendor {
  url: string;
}

interface InProcess extends Vendor {
  store: SandboxStore;
}

/** A document as a ledger's own books show it. Credit notes have a positive total there. */
export interface Booked {
  ledger: 'quickbooks' | 'xero';
  kind: 'invoice' | 'credit note';
  total: string;
  currency: string;
  /** Still to be paid. */
  open: string;
  attachments: number;
  voided: boolean;
}

const quickbooksDocument = z.object({
  _kind: z.enum(['Invoice', 'CreditMemo']),
  TotalAmt: z.number(),
  Balance: z.number(),
  CurrencyRef: z.object({ value: z.string() }),
  PrivateNote: z.string().default(''),
  _attachments: z.array(z.unknown()),
});

const xeroDocument = z.object({
  Type: z.string(),
  Status: z.string(),
  Total: z.number(),
  AmountDue: z.number().optional(),
  RemainingCredit: z.number().optional(),
  CurrencyCode: z.string(),
  /** Listed for invoices only. */
  Attachments: z.array(z.unknown()).optional(),
  HasAttachments: z.boolean(),
});

/** Every document under this number in both ledgers; one that is wanted there exactly once shows up once. */
export async function booked(sandboxes: Record<'quickbooks' | 'xero', Vendor>, number: string): Promise<Booked[]> {
  const quickbooks = z.array(quickbooksDocument).parse(await documents(sandboxes.quickbooks, number));
  const xero = z.array(xeroDocument).parse(await documents(sandboxes.xero, number));
  return [
    ...quickbooks.map((row): Booked => {
      const currency = row.CurrencyRef.value;
      return {
        ledger: 'quickbooks',
        kind: row._kind === 'Invoice' ? 'invoice' : 'credit note',
        total: text(row.TotalAmt, currency),
        currency,
        open: text(row.Balance, currency),
        attachments: row._attachments.length,
        voided: row.PrivateNote.startsWith('Voided'),
      };
    }),
    ...xero.map((row): Booked => ({
      ledger: 'xero',
      kind: row.Type === 'ACCREC' ? 'invoice' : 'credit note',
      total: text(row.Total, row.CurrencyCode),
      currency: row.CurrencyCode,
      open: text(row.AmountDue ?? row.RemainingCredit ?? 0, row.CurrencyCode),
      attachments: row.Attachments?.length ?? (row.HasAttachments ? 1 : 0),
      voided: row.Status === 'VOIDED' || row.Status === 'DELETED',
    })),
  ];
}

export interface PsaInvoice {
  status: string;
  closed: boolean;
  balance: string;
  payments: { type: string; amount: string; date: string; source: string }[];
}

const psaInvoice = z.object({
  status: z.object({ name: z.string(), isClosed: z.boolean() }),
  balance: z.number(),
  currency: z.object({ currencyCode: z.string() }),
  _payments: z.array(z.object({ type: z.string(), amount: z.number(), paymentDate: z.string(), source: z.string().default('') })),
});

export async function psaInvoices(sandboxes: Record<'connectwise', Vendor>, number: string): Promise<PsaInvoice[]> {
  const rows = z.array(psaInvoice).parse(await documents(sandboxes.connectwise, number));
  return rows.map((row) => {
    const currency = row.currency.currencyCode;
    return {
      status: row.status.name,
      closed: row.status.isClosed,
      balance: text(row.balance, currency),
      payments: row._payments.map((payment) => ({
        type: payment.type,
        amount: text(payment.amount, currency),
        date: payment.paymentDate.slice(0, 10),
        source: payment.source,
      })),
    };
  });
}

/** How many customers in a ledger carry our mark of this customer, archived ones included. */
export function contactsMarked(
  sandboxes: Record<'quickbooks' | 'xero', InProcess>,
  ledger: 'quickbooks' | 'xero',
  customerId: string,
): number {
  const rows = sandboxes[ledger].store.all(ledger === 'quickbooks' ? 'Customer' : 'contact');
  return rows.filter((row) => JSON.stringify(row).includes(`CS-${customerId}`)).length;
}

/** All customers are forgotten, so that each is created with its first invoice. Before anything was asked for. */
export function forgetContacts(sandboxes: Record<'quickbooks' | 'xero', InProcess>): void {
  for (const { Id } of sandboxes.quickbooks.store.all<{ Id: string }>('Customer')) sandboxes.quickbooks.store.delete('Customer', Id);
  for (const { id } of sandboxes.xero.store.all<{ id: string }>('contact')) sandboxes.xero.store.delete('contact', id);
}

async function documents(sandbox: Vendor, number: string): Promise<unknown> {
  return await (await fetch(`${sandbox.url}/_sandbox/documents?number=${encodeURIComponent(number)}`)).json();
}

function text(value: number, currency: string): string {
  return Money.of(fromJsonNumber(value), currency).toText();
}
