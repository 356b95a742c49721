import { escapeHtml } from '../kit/server.js';
import { balanceOf } from './documents/balance.js';
import type { Ledger } from './ledger.js';

const STYLE = `body{font:15px system-ui;margin:2rem auto;max-width:70rem;padding:0 1rem}table{border-collapse:collapse;width:100%;margin:0 0 2rem}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884}td.amount,th.amount{text-align:right;font-variant-numeric:tabular-nums}`;

/** What the books hold, newest first, for a person to read. */
export function ledgerPage(ledger: Ledger): string {
  const organisation = ledger.organisation();
  const contactName = (id: string) => ledger.contact(id)?.name ?? id;
  const documents = [...ledger.invoices(), ...ledger.creditNotes()]
    .toReversed()
    .map((document) => [
      document.number,
      document.type,
      contactName(document.contactId),
      document.date,
      document.status,
      document.currency,
      amount(document.total),
      amount(balanceOf(ledger, document).due),
    ]);
  const payments = ledger
    .payments()
    .toReversed()
    .map((payment) => [
      ledger.invoice(payment.invoiceId ?? '')?.number ?? ledger.creditNote(payment.creditNoteId ?? '')?.number ?? '',
      payment.date,
      payment.status,
      payment.reference ?? '',
      payment.id,
      amount(payment.amount),
    ]);
  const contacts = ledger
    .contacts()
    .map((contact) => [contact.name, contact.contactNumber ?? '', contact.emailAddress ?? '', contact.status]);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(organisation.name)} (sandbox ledger)</title><style>${STYLE}</style>
<h1>${escapeHtml(organisation.name)}</h1><p>Sandbox of the Xero Accounting API. Base currency ${escapeHtml(organisation.baseCurrency)}.</p>
${table('Invoices and credit notes', ['Number', 'Type', 'Contact', 'Date', 'Status', 'Currency', 'Total', 'Due'], documents, 2)}
${table('Payments', ['Document', 'Date', 'Status', 'Reference', 'PaymentID', 'Amount'], payments, 1)}
${table('Contacts', ['Name', 'ContactNumber', 'E-mail', 'Status'], contacts, 0)}</html>`;
}

/** The last `amounts` columns hold money. */
function table(title: string, heads: readonly string[], rows: readonly (readonly string[])[], amounts: number): string {
  const cell = (tag: 'th' | 'td', text: string, index: number) =>
    `<${tag}${index >= heads.length - amounts ? ' class="amount"' : ''}>${escapeHtml(text)}</${tag}>`;
  const line = (tag: 'th' | 'td', cells: readonly string[]) => `<tr>${cells.map((text, index) => cell(tag, text, index)).join('')}</tr>`;
  return `<h2>${escapeHtml(title)} (${rows.length})</h2><table>${line('th', heads)}${rows.map((row) => line('td', row)).join('\n')}</table>`;
}

/** Always two places, as text: the amounts are kept at two or fewer. */
function amount(value: string): string {
  const [whole = '0', cents = ''] = value.split('.');
  return `${whole}.${cents.padEnd(2, '0')}`;
}
