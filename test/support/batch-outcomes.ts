import type { BatchAnswer } from '../../src/ports/accounting-ledger.js';
import type { WriteOutcome } from '../../src/ports/outcome.js';

/** What became of each member; fails where the ledger refused the request as a whole. */
export async function outcomesOf(answer: Promise<BatchAnswer> | undefined): Promise<WriteOutcome[]> {
  const given = await answer;
  if (given?.state !== 'answered') throw new Error(`Each member should have been answered, and not: ${JSON.stringify(given)}`);
  return given.outcomes;
}
