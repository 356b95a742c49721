import type { Router } from 'express';
import { wireDate } from '../dates.js';
import { readElement } from '../elements.js';
import { historyInput } from '../inputs.js';
import type { Ledger } from '../ledger.js';
import { notFound, notModelled } from '../problem.js';
import type { HistoryRecord } from '../records.js';
import { byIdOrNumber } from './credit-notes.js';
import { invoiceByIdOrNumber } from './invoices.js';
import { elementsOf, route } from './route.js';

/** Notes on a document; they can be added and read, never changed. */
export function historyRoutes(router: Router, ledger: Ledger): void {
  router.get(
    '/:endpoint/:id/History',
    route(ledger, [], ({ param }) => {
      const id = subject(ledger, param('endpoint'), param('id'));
      return { plural: 'HistoryRecords', items: ledger.historyOf(id).map(historyView) };
    }),
  );
  router.put(
    '/:endpoint/:id/History',
    route(ledger, [], ({ request, param }) => {
      const id = subject(ledger, param('endpoint'), param('id'));
      const inputs = elementsOf(request, 'HistoryRecords').map((element) => readElement(historyInput, element, request));
      const notes = ledger.transaction(() => inputs.map(({ Details }) => ledger.note(id, 'Note', Details)));
      return { plural: 'HistoryRecords', items: notes.map(historyView) };
    }),
  );
}

function subject(ledger: Ledger, endpoint: string, id: string): string {
  switch (endpoint.toLowerCase()) {
    case 'invoices':
      return invoiceByIdOrNumber(ledger, id).id;
    case 'creditnotes':
      return byIdOrNumber(ledger, id).id;
    case 'contacts':
    case 'payments': {
      const record = endpoint.toLowerCase() === 'contacts' ? ledger.contact(id) : ledger.payment(id);
      if (!record) throw notFound();
      return record.id;
    }
    default:
      throw notModelled(`the history of ${endpoint}`);
  }
}

function historyView(record: HistoryRecord): Record<string, unknown> {
  return { Changes: record.changes, DateUTC: wireDate(record.at), User: 'System Generated', Details: record.details };
}
