import { z } from 'zod';
import { faultOf, type Fault } from './errors.js';
import { faultBody } from './types.js';

export const MOST_PER_BATCH = 30;

/** One operation; `body` is JSON text and goes out as it is. */
export interface BatchMember {
  bId: string;
  entity: 'Invoice' | 'CreditMemo' | 'Customer' | 'Item';
  body: string;
}

/** The whole request, put together from frozen texts: the same members always give the same bytes. */
export function batchBody(members: readonly BatchMember[]): string {
  const items = members.map(({ bId, entity, body }) => `{"bId":${JSON.stringify(bId)},"operation":"create","${entity}":${body}}`);
  return `{"BatchItemRequest":[${items.join(',')}]}`;
}

export type BatchVerdict = { entity: unknown } | { fault: Fault };

const answerShape = z.object({ BatchItemResponse: z.array(z.unknown()) });
const itemShape = z.looseObject({ bId: z.string(), Fault: faultBody.nullish() });

/**
 * Verdicts by bId, in any order; a member that is not mentioned, or not readably, is missing. Each is read alone, so that
 * one that cannot be read does not take its neighbours along.
 */
export function batchVerdicts(answer: unknown, members: readonly BatchMember[]): Map<string, BatchVerdict> {
  const read = answerShape.safeParse(answer);
  const verdicts = new Map<string, BatchVerdict>();
  for (const raw of read.success ? read.data.BatchItemResponse : []) {
    const item = itemShape.safeParse(raw);
    const member = item.success ? members.find(({ bId }) => bId === item.data.bId) : undefined;
    if (!item.success || !member) continue;
    if (item.data.Fault) verdicts.set(member.bId, { fault: faultOf(item.data.Fault) });
    else if (item.data[member.entity] !== undefined) verdicts.set(member.bId, { entity: item.data[member.entity] });
  }
  return verdicts;
}
