import { announceInvoice, type CallbackAction, type ChangeOrigin } from './callbacks.js';
import type { InvoiceDoc, PaymentDoc } from './documents.js';
import { paymentsOf, withPayments } from './totals.js';
import type { Psa } from './psa.js';

export interface Change {
  origin: ChangeOrigin;
  by: string;
  text: string;
}

/** Stores a changed invoice, stamps it, writes its audit trail and tells the callbacks. */
export function saveInvoice(psa: Psa, invoice: InvoiceDoc, change: Change, action: CallbackAction = 'updated'): InvoiceDoc {
  const stamped: InvoiceDoc = { ...invoice, _info: { ...invoice._info, lastUpdated: psa.timestamp(), updatedBy: change.by } };
  psa.store.put('invoice', stamped.id, stamped);
  recordAudit(psa, stamped.id, change);
  announceInvoice(psa, action, stamped, change.origin);
  return stamped;
}

export function deleteInvoice(psa: Psa, invoice: InvoiceDoc, change: Change): void {
  const gone = { ...invoice, _info: { ...invoice._info, updatedBy: change.by } };
  psa.store.transaction(() => {
    psa.store.delete('invoice', invoice.id);
    for (const kind of ['payment', 'routing', 'time', 'expense', 'product']) {
      for (const row of psa.store.all<PaymentDoc>(kind)) if (row.invoice?.id === invoice.id) psa.store.delete(kind, row.id);
    }
    recordAudit(psa, invoice.id, change);
  });
  announceInvoice(psa, 'deleted', gone, change.origin);
}

/** After a payment row came, changed or went: payments, credits and balance of the invoice and of every row follow. */
export function settle(psa: Psa, invoice: InvoiceDoc, change: Change): void {
  const rows = paymentsOf(psa.store, invoice.id);
  const settled = withPayments(invoice, rows);
  for (const row of rows) {
    psa.store.put('payment', row.id, { ...row, balance: 0, invoiceBalance: settled.balance, invoiceTotal: settled.total });
  }
  if (psa.options().childChangesBumpInvoice) saveInvoice(psa, settled, change);
  else psa.store.put('invoice', settled.id, settled);
}

function recordAudit(psa: Psa, invoiceId: number, change: Change): void {
  const id = psa.store.next('audit', 1);
  psa.store.put('audit', id, {
    id,
    recordId: invoiceId,
    type: 'Invoice',
    text: change.text,
    enteredDate: psa.timestamp(),
    enteredBy: change.by,
    auditType: 'Invoice',
    auditSubType: 'Record',
    auditSource: change.origin === 'api' ? 'API' : 'PSA',
  });
}
