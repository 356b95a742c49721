import { SeededRandom } from '../../kit/random.js';
import type { SandboxStore } from '../../kit/store.js';
import type { InvoiceDoc } from '../documents.js';
import { billAgreements, seedAgreements } from './agreements.js';
import { closeOldest, startReviews } from './closing.js';
import { accounts, seedCompanies } from './companies.js';
import { storeDraft } from './draft.js';
import { SeedIds } from './ids.js';
import { writeInvoice } from './invoice-kinds.js';
import { seedMembers } from './people.js';
import { planMonth } from './plan.js';
import { plantMistake } from './plant.js';
import { seedRouting } from './routing.js';
import { seedSetup } from './setup.js';

const MONTHS = [0, 1, 2] as const;

/** Three months of Lumen IT: the same seed gives the same bytes. */
export function seedPsa(store: SandboxStore, seed: number): void {
  const random = new SeededRandom(seed);
  const ids = new SeedIds();
  const customers = accounts();
  store.put('_meta', 'callbackSecret', random.uuid());
  seedSetup(store);
  seedMembers(store);
  seedCompanies(store, random);
  const sold = seedAgreements(store, random, ids, customers);
  for (const month of MONTHS) {
    for (const slot of planMonth(month)) {
      const account = customers[slot.customer];
      if (!account) throw new Error(`the plan names customer ${slot.customer}`);
      const writing = { random, ids, slot, account, agreement: sold.find((agreement) => agreement.account.index === account.index) };
      const draft = writeInvoice(writing);
      plantMistake(writing, draft);
      storeDraft(store, draft);
    }
    billAgreements(store, random, ids, sold, month);
  }
  const invoices = () => store.all<InvoiceDoc>('invoice');
  closeOldest(
    store,
    ids,
    invoices().filter(({ date }) => date.startsWith('2026-08')),
  );
  startReviews(store, invoices());
  seedRouting(store, ids, invoices());
  store.put('_sequence', 'payment', ids.last('payment'));
  store.put('_sequence', 'routing', ids.last('routing'));
}
