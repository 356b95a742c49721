import { isConnectorError } from '../../ports/connector-error.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { batchBody, batchVerdicts, MOST_PER_BATCH, type BatchMember, type BatchVerdict } from './batch.js';
import type { QuickbooksClient } from './client.js';
import { LABEL } from './descriptor.js';
import { isStumble } from './errors.js';
import type { CompanyLists } from './company-lists.js';
import { refusalOf } from './refusals.js';
import { customerRow, itemRow } from './types.js';

export interface NewEntry {
  key: string;
  entity: 'Customer' | 'Item';
  body: Record<string, unknown>;
}

/**
 * Creates customers or items, up to 30 in a request. No request key: names are unique anyway, and an entry that was
 * refused would be refused again under its key after it was mended.
 */
export async function createEntries(
  client: QuickbooksClient,
  lists: CompanyLists,
  entries: readonly NewEntry[],
): Promise<Map<string, WriteOutcome>> {
  const outcomes = new Map<string, WriteOutcome>();
  for (let start = 0; start < entries.length; start += MOST_PER_BATCH) {
    const chunk = entries.slice(start, start + MOST_PER_BATCH);
    const made = await createOnce(client, lists, chunk);
    chunk.forEach(({ key }, index) => outcomes.set(key, made[index] as WriteOutcome));
  }
  return outcomes;
}

async function createOnce(client: QuickbooksClient, lists: CompanyLists, entries: readonly NewEntry[]): Promise<WriteOutcome[]> {
  const members = entries.map(({ entity, body }, index): BatchMember => ({ bId: `n${index}`, entity, body: JSON.stringify(body) }));
  try {
    const verdicts = batchVerdicts(await client.batch(batchBody(members)), members);
    return members.map((member) => judge(lists, member, verdicts.get(member.bId)));
  } catch (error) {
    if (!isConnectorError(error) || error.kind !== 'outcome_unknown') throw error;
    distrustAll(lists);
    return members.map(() => ({ state: 'unknown', why: error.message }));
  }
}

function judge(lists: CompanyLists, member: BatchMember, verdict: BatchVerdict | undefined): WriteOutcome {
  if (verdict && 'fault' in verdict && !isStumble(verdict.fault)) return refusalOf(verdict.fault);
  const made = verdict && 'entity' in verdict ? remembered(lists, member.entity, verdict.entity) : undefined;
  if (made !== undefined) return { state: 'posted', externalId: made };
  distrustAll(lists);
  return { state: 'unknown', why: `${LABEL}'s answer does not say what became of this entry.` };
}

/** The id of what was made, which is put into its directory. */
function remembered(lists: CompanyLists, entity: BatchMember['entity'], made: unknown): string | undefined {
  if (entity === 'Customer') {
    const { data } = customerRow.safeParse(made);
    if (data) lists.customers.remember(data);
    return data?.Id;
  }
  const { data } = itemRow.safeParse(made);
  if (data) lists.items.remember(data);
  return data?.Id;
}

function distrustAll(lists: CompanyLists): void {
  lists.customers.distrust();
  lists.items.distrust();
}
