import type { ReferenceIntent } from '../../ports/accounting-ledger.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import type { QuickbooksClient } from './client.js';
import type { CompanyLists } from './company-lists.js';
import { customerCard, displayName, nameKey, suffixed } from './contact-card.js';
import { LABEL } from './descriptor.js';
import { createEntries } from './list-entries.js';
import { markersIn } from './marker.js';

export type ContactIntent = Extract<ReferenceIntent, { kind: 'contact' }>;

type Outcomes = Map<string, WriteOutcome>;

/** Finds each customer by our marker in its notes, then by its name among the active ones, and creates the rest in one request. */
export async function ensureContacts(client: QuickbooksClient, lists: CompanyLists, intents: readonly ContactIntent[]): Promise<Outcomes> {
  await lists.customers.refresh(client);
  const outcomes: Outcomes = new Map();
  const missing = settleKnown(lists, intents, outcomes);
  await createAll(client, lists, missing, displayName, outcomes);
  const taken = missing.filter((intent) => isNameTaken(outcomes.get(intent.key)));
  if (taken.length > 0) {
    // Either somebody made the customer since we looked, or the name belongs to a vendor or an employee.
    lists.customers.distrust();
    await lists.customers.refresh(client);
    await createAll(client, lists, settleKnown(lists, taken, outcomes), suffixed, outcomes);
  }
  return outcomes;
}

/** Puts down what the directory knows and returns the customers that have to be created. */
function settleKnown(lists: CompanyLists, intents: readonly ContactIntent[], outcomes: Outcomes): ContactIntent[] {
  return intents.filter((intent) => {
    const known = lookUp(lists, intent);
    if (known) outcomes.set(intent.key, known);
    return !known;
  });
}

function lookUp({ customers }: CompanyLists, { customer, marker }: ContactIntent): WriteOutcome | undefined {
  const wanted = nameKey(customer.name);
  if (wanted === '') {
    return { state: 'refused', cause: `The customer has no name that ${LABEL} could take. Give it one in the PSA and retry.` };
  }
  const ours = customers.find((row) => row.Active !== false && markersIn(row.Notes).includes(marker));
  const found = ours ?? customers.find((row) => row.Active !== false && nameKey(row.DisplayName ?? '') === wanted);
  if (found) return { state: 'posted', externalId: found.Id };
  const retired = customers.find((row) => row.Active === false && markersIn(row.Notes).includes(marker));
  if (!retired) return undefined;
  const cause = `The customer is inactive in ${LABEL}. Make it active there, or take our mark out of its notes, and retry.`;
  return { state: 'refused', cause, vendorCode: 'contact_inactive' };
}

/** Customers whose names QuickBooks would take for one share the contact of the first. */
async function createAll(
  client: QuickbooksClient,
  lists: CompanyLists,
  missing: readonly ContactIntent[],
  nameOf: (name: string) => string,
  outcomes: Outcomes,
): Promise<void> {
  const firsts = new Map<string, ContactIntent>();
  for (const intent of missing) if (!firsts.has(nameKey(intent.customer.name))) firsts.set(nameKey(intent.customer.name), intent);
  const entries = [...firsts.values()].map(({ key, customer, marker }) => {
    return { key, entity: 'Customer' as const, body: customerCard(customer, marker, nameOf(customer.name)) };
  });
  const made = await createEntries(client, lists, entries);
  for (const intent of missing) {
    const outcome = made.get(firsts.get(nameKey(intent.customer.name))?.key ?? '');
    if (outcome) outcomes.set(intent.key, outcome);
  }
}

function isNameTaken(outcome: WriteOutcome | undefined): boolean {
  return outcome?.state === 'refused' && outcome.vendorCode === 'name_taken';
}
