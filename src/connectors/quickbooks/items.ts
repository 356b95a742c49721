import type { LedgerCategory, LedgerCode, LedgerLine, ReferenceIntent } from '../../ports/accounting-ledger.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { cut } from '../kit/plain-text.js';
import type { QuickbooksClient } from './client.js';
import type { CompanyLists } from './company-lists.js';
import { itemName } from './contact-card.js';
import { createEntries } from './list-entries.js';
import type { ItemRow } from './types.js';

export type ItemIntent = Extract<ReferenceIntent, { kind: 'item' }>;

type Outcomes = Map<string, WriteOutcome>;

const LONGEST_SKU = 100;
const SELLABLE = new Set(['Service', 'NonInventory', 'Inventory']);

const CATEGORY_NAMES: Readonly<Record<LedgerCategory, string>> = {
  service: 'Services',
  agreement: 'Agreements',
  product: 'Products',
  expense: 'Expenses',
  discount: 'Discounts',
  down_payment: 'Down payments',
  adjustment: 'Adjustments',
};

export const ROUNDING_NAME = 'Rounding';

/** The item that a line is sold as: its product where it has a code, else one for its category on the chosen account. */
export function itemIntent(line: Pick<LedgerLine, 'category' | 'itemCode'>, account: LedgerCode): ItemIntent {
  const { category, itemCode } = line;
  const code = itemCode?.trim() ?? '';
  if (code !== '' && itemName(code) !== '') {
    return { kind: 'item', key: `product/${code}`, name: code, category, mappedTo: account.code };
  }
  return categoryIntent(CATEGORY_NAMES[category], category, account);
}

export function roundingIntent(account: LedgerCode): ItemIntent {
  return categoryIntent(ROUNDING_NAME, 'adjustment', account);
}

/** The account is part of the key: after another one is chosen, another item is needed. */
function categoryIntent(name: string, category: LedgerCategory, account: LedgerCode): ItemIntent {
  return { kind: 'item', key: `${name}/${account.code}`, name: `${name} (${account.name})`, category, mappedTo: account.code };
}

/** Finds or creates the items; the bookkeeper's own item of that code is used with whatever account it has. */
export async function ensureItems(client: QuickbooksClient, lists: CompanyLists, intents: readonly ItemIntent[]): Promise<Outcomes> {
  await lists.items.refresh(client);
  const outcomes: Outcomes = new Map();
  const missing = settleKnown(lists, intents, outcomes);
  await createAll(client, lists, missing, outcomes);
  const taken = missing.filter(({ key }) => isNameTaken(outcomes.get(key)));
  if (taken.length > 0) {
    lists.items.distrust();
    await lists.items.refresh(client);
    await createAll(client, lists, settleKnown(lists, taken, outcomes), outcomes);
  }
  return outcomes;
}

function settleKnown(lists: CompanyLists, intents: readonly ItemIntent[], outcomes: Outcomes): ItemIntent[] {
  return intents.filter((intent) => {
    const found = lists.items.find((row) => isSellable(row) && fits(row, intent));
    if (found) outcomes.set(intent.key, { state: 'posted', externalId: found.Id });
    return !found;
  });
}

function fits(row: ItemRow, intent: ItemIntent): boolean {
  if (isProduct(intent)) return sameName(row.Sku, cut(intent.name, LONGEST_SKU)) || sameName(row.Name, itemName(intent.name));
  return row.IncomeAccountRef?.value === intent.mappedTo && namesOf(intent).some((name) => sameName(row.Name, name));
}

async function createAll(client: QuickbooksClient, lists: CompanyLists, missing: readonly ItemIntent[], outcomes: Outcomes): Promise<void> {
  const entries = missing.flatMap((intent) => {
    if (intent.mappedTo === undefined) {
      const cause = `No account is chosen for ${intent.category.replace('_', ' ')} lines. Choose one in the mapping and retry.`;
      outcomes.set(intent.key, { state: 'refused', cause, vendorCode: 'account_missing' });
      return [];
    }
    return [{ key: intent.key, entity: 'Item' as const, body: itemBody(lists, intent, intent.mappedTo) }];
  });
  for (const [key, outcome] of await createEntries(client, lists, entries)) outcomes.set(key, outcome);
}

function itemBody(lists: CompanyLists, intent: ItemIntent, account: string): Record<string, unknown> {
  return {
    Name: freeName(lists, intent),
    ...(isProduct(intent) && { Sku: cut(intent.name, LONGEST_SKU) }),
    Type: isProduct(intent) && intent.category === 'product' ? 'NonInventory' : 'Service',
    IncomeAccountRef: { value: account },
  };
}

/** The first name that nobody has; an item of that name on another account is left alone. */
function freeName(lists: CompanyLists, intent: ItemIntent): string {
  const names = namesOf(intent);
  return names.find((name) => !lists.items.find((row) => sameName(row.Name, name))) ?? names.at(-1) ?? intent.name;
}

function namesOf(intent: ItemIntent): string[] {
  if (isProduct(intent)) return [itemName(intent.name), itemName(`${cut(intent.name, 80)} (product)`)];
  const [short = ''] = intent.key.split('/');
  return [short, itemName(intent.name), itemName(`${short} (account ${intent.mappedTo ?? ''})`)];
}

function isProduct({ key }: ItemIntent): boolean {
  return key.startsWith('product/');
}

/** Categories and bundles carry the names of items but cannot stand on a line. */
function isSellable(row: ItemRow): boolean {
  return row.Active !== false && SELLABLE.has(row.Type ?? '');
}

function sameName(held: string | null | undefined, wanted: string): boolean {
  return (held ?? '').trim().toLowerCase() === wanted.toLowerCase();
}

function isNameTaken(outcome: WriteOutcome | undefined): boolean {
  return outcome?.state === 'refused' && outcome.vendorCode === 'name_taken';
}
