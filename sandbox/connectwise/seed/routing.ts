import type { SandboxStore } from '../../kit/store.js';
import type { InvoiceDoc } from '../documents.js';
import type { SeedIds } from './ids.js';
import { memberReference } from './people.js';
import { OFFICES } from './setup.js';

/** Half of the open invoices name who should look at them, one in six a second person too. */
export function seedRouting(store: SandboxStore, ids: SeedIds, invoices: readonly InvoiceDoc[]): void {
  for (const invoice of invoices.filter(({ status, id }) => !status.isClosed && id % 2 === 0)) {
    const { reviewers } = invoice.locationId === 1 ? OFFICES.us : OFFICES.au;
    const first = invoice.id / 2;
    const wanted = invoice.id % 6 === 0 ? 2 : 1;
    for (let place = 0; place < wanted; place += 1) {
      const id = ids.next('routing');
      store.put('routing', id, {
        id,
        invoice: { id: invoice.id, identifier: invoice.invoiceNumber },
        sequenceNumber: place + 1,
        member: memberReference(reviewers[(first + place) % reviewers.length] ?? 'dana'),
        reviewedFlag: false,
        _info: { lastUpdated: invoice._info.lastUpdated, updatedBy: 'dana' },
      });
    }
  }
}
