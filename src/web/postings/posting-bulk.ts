import { Refusal } from '../../domain/refusal.js';

export interface BulkOutcome {
  done: number;
  /** One sentence for each reason, with how many it met. */
  problems: string[];
}

/** Does the same to each, one after another: what cannot be done with one leaves its neighbours alone. */
export async function forEach(ids: readonly string[], work: (id: string) => Promise<void>): Promise<BulkOutcome> {
  const refused = new Map<string, number>();
  let done = 0;
  for (const id of new Set(ids)) {
    try {
      await work(id);
      done += 1;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.set(error.message, (refused.get(error.message) ?? 0) + 1);
    }
  }
  return { done, problems: [...refused].map(([sentence, count]) => (count === 1 ? sentence : `${count}×: ${sentence}`)) };
}
