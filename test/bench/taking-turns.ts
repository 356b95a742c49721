import { median } from './row.js';

const ROUNDS = 5;

export interface Sides {
  ours(turn: number): Promise<void>;
  baseline(turn: number): Promise<void>;
  /** What comes before a turn and does not count. */
  before?: (side: 'ours' | 'baseline') => Promise<void>;
}

/**
 * Milliseconds per turn of both sides, which take turns one by one and lead alternately. Median of 5 rounds; a round is
 * the median of its turns, so that what another program did in between counts for neither side.
 */
export async function timeInTurns(sides: Sides, turns: number): Promise<{ ours: number; baseline: number }> {
  await round(sides, turns);
  const rounds = [];
  for (let count = 0; count < ROUNDS; count += 1) rounds.push(await round(sides, turns));
  return { ours: median(rounds.map((one) => one.ours)), baseline: median(rounds.map((one) => one.baseline)) };
}

async function round(sides: Sides, turns: number): Promise<{ ours: number; baseline: number }> {
  const times = { ours: [] as number[], baseline: [] as number[] };
  for (let turn = 0; turn < turns; turn += 1) {
    for (const side of turn % 2 === 0 ? (['ours', 'baseline'] as const) : (['baseline', 'ours'] as const)) {
      await sides.before?.(side);
      const start = performance.now();
      await sides[side](turn);
      times[side].push(performance.now() - start);
    }
  }
  return { ours: median(times.ours), baseline: median(times.baseline) };
}
