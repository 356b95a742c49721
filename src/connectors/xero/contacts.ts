import type { Contact } from 'xero-node/dist/gen/model/accounting/contact.js';
import type { ReferenceIntent, ReferenceOutcome } from '../../ports/accounting-ledger.js';
import { isConnectorError } from '../../ports/connector-error.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import type { XeroClient } from './client.js';
import { accountNumberOf, contactCard, contactName, contactNumber, nameKey } from './contact-card.js';
import type { ContactDirectory } from './contact-directory.js';
import { LABEL } from './descriptor.js';
import { refusalOf } from './refusals.js';
import { contactVerdict, pageOf, type ContactVerdict } from './types.js';

const MOST_PER_REQUEST = 50;
const NO_ID = '00000000-0000-0000-0000-000000000000';

export type ContactIntent = Extract<ReferenceIntent, { kind: 'contact' }>;

/** Finds each customer by our number, then by its name among the active contacts, and creates the rest in one request. */
export async function ensureContacts(
  client: XeroClient,
  directory: ContactDirectory,
  intents: readonly ContactIntent[],
  now: Date,
): Promise<ReferenceOutcome[]> {
  await directory.refresh(client, now);
  const outcomes = new Map<string, WriteOutcome>();
  const missing = settleKnown(directory, intents, outcomes);
  await createAll(client, directory, missing, outcomes);
  const beaten = missing.filter((intent) => wasBeaten(outcomes.get(intent.key)));
  if (beaten.length > 0) {
    // Somebody else made the contact since we looked: look once more instead of asking a person.
    directory.distrust();
    await directory.refresh(client, now);
    settleKnown(directory, beaten, outcomes);
  }
  return intents.map(({ key }) => ({ key, outcome: outcomes.get(key) ?? { state: 'unknown', why: 'It was not answered.' } }));
}

/** Puts down what the directory knows and returns the customers that have to be created. */
function settleKnown(directory: ContactDirectory, intents: readonly ContactIntent[], outcomes: Map<string, WriteOutcome>): ContactIntent[] {
  return intents.filter((intent) => {
    const known = lookUp(directory, intent);
    if (known) outcomes.set(intent.key, known);
    return !known;
  });
}

/** An adopted contact keeps whatever ContactNumber it has: another program may live by it. */
function lookUp(directory: ContactDirectory, intent: ContactIntent): WriteOutcome | undefined {
  if (contactName(intent.customer.name) === '') {
    return { state: 'refused', cause: `The customer has no name that ${LABEL} could take. Give it one in the PSA and retry.` };
  }
  const byNumber = directory.byNumber(contactNumber(intent.marker));
  const found = typeof byNumber === 'object' ? byNumber : directory.byName(intent.customer.name);
  if (found) return { state: 'posted', externalId: found.id };
  return byNumber === 'archived' ? refusalOf([`The contact ${intent.customer.name} matched an archived contact.`]) : undefined;
}

/** Customers that Xero would take for one, because their names are alike to it, share the contact of the first. */
async function createAll(
  client: XeroClient,
  directory: ContactDirectory,
  missing: readonly ContactIntent[],
  outcomes: Map<string, WriteOutcome>,
): Promise<void> {
  const byName = new Map<string, ContactIntent[]>();
  for (const intent of missing) {
    const key = nameKey(intent.customer.name);
    byName.set(key, [...(byName.get(key) ?? []), intent]);
  }
  const groups = [...byName.values()];
  for (let start = 0; start < groups.length; start += MOST_PER_REQUEST) {
    const chunk = groups.slice(start, start + MOST_PER_REQUEST);
    const made = await createOnce(
      client,
      directory,
      chunk.flatMap((group) => group[0] ?? []),
    );
    chunk.forEach((group, index) => group.forEach((intent) => outcomes.set(intent.key, made[index] as WriteOutcome)));
  }
}

/** No request key here: it would be stored with an error in it, and number and name are unique in Xero anyway. */
async function createOnce(client: XeroClient, directory: ContactDirectory, intents: readonly ContactIntent[]): Promise<WriteOutcome[]> {
  const contacts = cardsOf(directory, intents);
  try {
    const shape = pageOf('Contacts', contactVerdict);
    const { Contacts: answered } = await client.change('contacts', shape, (api, tenantId) =>
      api.createContacts(tenantId, { contacts }, false),
    );
    return contacts.map((card) =>
      judge(
        directory,
        card,
        answered.find((contact) => contact.ContactNumber === card.contactNumber),
      ),
    );
  } catch (error) {
    if (!isConnectorError(error) || error.kind !== 'outcome_unknown') throw error;
    directory.distrust();
    return contacts.map(() => ({ state: 'unknown', why: error.message }));
  }
}

function cardsOf(directory: ContactDirectory, intents: readonly ContactIntent[]): Contact[] {
  const taken = new Set<string>();
  return intents.map(({ customer, marker }) => {
    const accountNumber = accountNumberOf(customer);
    const isFree = accountNumber !== undefined && !taken.has(accountNumber) && !directory.hasAccountNumber(accountNumber);
    if (isFree) taken.add(accountNumber);
    return contactCard(customer, marker, isFree ? accountNumber : undefined);
  });
}

function judge(directory: ContactDirectory, card: Contact, answer: ContactVerdict | undefined): WriteOutcome {
  if (!answer) {
    directory.distrust();
    return { state: 'unknown', why: `${LABEL}'s answer does not mention this customer.` };
  }
  const words = (answer.ValidationErrors ?? []).flatMap(({ Message }) => Message ?? []);
  const { ContactID: id } = answer;
  if (words.length > 0 || answer.HasValidationErrors || answer.StatusAttributeString === 'ERROR' || !id || id === NO_ID) {
    return refusalOf(words);
  }
  directory.remember({ id, name: card.name ?? '', number: card.contactNumber ?? '', accountNumber: card.accountNumber });
  return { state: 'posted', externalId: id };
}

function wasBeaten(outcome: WriteOutcome | undefined): boolean {
  return outcome?.state === 'refused' && /^contact_(name|number)_taken$/.test(outcome.vendorCode ?? '');
}
