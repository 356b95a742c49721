import { MSP } from '../msp/msp.js';
import { escapeHtml } from '../kit/server.js';
import type { Books } from './books.js';
import { decimalOf } from './money.js';

const SHOWN = 500;
const STYLE =
  'body{font:15px/1.45 system-ui;max-width:72rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%;margin-bottom:2rem}' +
  'th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}';

interface Column<T> {
  head: string;
  of(row: T): string | number | undefined;
  amount?: true;
}

/** What the company holds, newest first, for a person to read. */
export function page(books: Books): string {
  const title = `${MSP.offices.us.legalName} – QuickBooks Online (sandbox)`;
  const invoices = table('Invoices', books.all('Invoice'), [
    { head: 'Number', of: (invoice) => invoice.DocNumber },
    { head: 'Date', of: (invoice) => invoice.TxnDate },
    { head: 'Due', of: (invoice) => invoice.DueDate },
    { head: 'Customer', of: (invoice) => invoice.CustomerRef.name },
    { head: 'Total', amount: true, of: (invoice) => money(invoice.TotalAmt) },
    { head: 'Open', amount: true, of: (invoice) => money(invoice.Balance) },
    { head: 'Note', of: (invoice) => invoice.PrivateNote },
  ]);
  const credits = table('Credit memos', books.all('CreditMemo'), [
    { head: 'Number', of: (credit) => credit.DocNumber },
    { head: 'Date', of: (credit) => credit.TxnDate },
    { head: 'Customer', of: (credit) => credit.CustomerRef.name },
    { head: 'Total', amount: true, of: (credit) => money(credit.TotalAmt) },
    { head: 'Left', amount: true, of: (credit) => money(credit.RemainingCredit) },
  ]);
  const payments = table('Payments', books.all('Payment'), [
    { head: 'Id', of: (payment) => payment.Id },
    { head: 'Date', of: (payment) => payment.TxnDate },
    { head: 'Customer', of: (payment) => payment.CustomerRef.name },
    { head: 'For', of: (payment) => payment.Line.map((line) => numberOf(books, line.LinkedTxn[0])).join(', ') },
    { head: 'Amount', amount: true, of: (payment) => money(payment.TotalAmt) },
    { head: 'Unapplied', amount: true, of: (payment) => money(payment.UnappliedAmt) },
  ]);
  const customers = table('Customers', books.all('Customer'), [
    { head: 'Id', of: (customer) => customer.Id },
    { head: 'Name', of: (customer) => customer.DisplayName },
    { head: 'E-mail', of: (customer) => customer.PrimaryEmailAddr?.Address },
    { head: 'Balance', amount: true, of: (customer) => money(customer.Balance) },
  ]);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(title)}</h1>${invoices}${credits}${payments}${customers}</body></html>`;
}

function table<T>(title: string, rows: readonly T[], columns: readonly Column<T>[]): string {
  const head = columns.map((column) => `<th${cellClass(column)}>${escapeHtml(column.head)}</th>`).join('');
  const shown = rows.slice(-SHOWN).toReversed();
  const body = shown.map(
    (row) => `<tr>${columns.map((column) => `<td${cellClass(column)}>${escapeHtml(column.of(row))}</td>`).join('')}</tr>`,
  );
  return `<h2>${escapeHtml(title)} (${rows.length})</h2><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

function cellClass<T>(column: Column<T>): string {
  return column.amount ? ' class="n"' : '';
}

function money(amount: number): string {
  return decimalOf(amount).toFixed(2);
}

function numberOf(books: Books, link: { TxnId: string; TxnType: 'Invoice' | 'CreditMemo' } | undefined): string {
  if (!link) return '';
  return books.find(link.TxnType, link.TxnId)?.DocNumber ?? `${link.TxnType} ${link.TxnId}`;
}
