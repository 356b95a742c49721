import { escapeHtml } from '../kit/server.js';
import type { InvoiceDoc } from './documents.js';
import type { Psa } from './psa.js';

/** The plain list a person sees at `/`. */
export function invoicePage(psa: Psa): string {
  const invoices = psa.store.all<InvoiceDoc>('invoice');
  const rows = invoices.map(
    (invoice) =>
      `<tr>${[
        invoice.invoiceNumber,
        invoice.date.slice(0, 10),
        invoice.company.name,
        (invoice['location'] as { name: string } | undefined)?.name,
        invoice.type,
        invoice.status.name,
      ]
        .map((text) => `<td>${escapeHtml(text)}</td>`)
        .join(
          '',
        )}${[invoice.total, invoice.balance].map((value) => `<td class="n">${escapeHtml(amount(value, invoice))}</td>`).join('')}</tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>PSA sandbox</title>
<style>body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#1c2430}
table{border-collapse:collapse}td,th{padding:.25rem .75rem;border-bottom:1px solid #dde2ea;text-align:left}
.n{text-align:right;font-variant-numeric:tabular-nums}</style></head>
<body><h1>ConnectWise PSA sandbox</h1><p>Lumen IT, ${invoices.length} invoices. Invented data; nothing here is real.</p>
<table><thead><tr><th>Number</th><th>Date</th><th>Company</th><th>Location</th><th>Type</th><th>Status</th><th class="n">Total</th>
<th class="n">Balance</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></body></html>`;
}

function amount(value: number, invoice: InvoiceDoc): string {
  const formatted = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
  return `${formatted} ${String(invoice.currency['currencyCode'])}`;
}
