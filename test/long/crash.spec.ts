/** Goal: as test/journey/crash.spec.ts, fifty times and from a seed of the day: CRASH_KILLS and CRASH_SEED choose others. */
import { expect, it } from 'vitest';
import { crashRun, crashTable } from '../support/crash-run.js';

const kills = Number.parseInt(process.env['CRASH_KILLS'] ?? '50', 10);
const seed = Number.parseInt(process.env['CRASH_SEED'] ?? new Date().toISOString().slice(0, 10).replaceAll('-', ''), 10);

it(`loses and doubles nothing over ${kills} kills, seed ${seed}`, async () => {
  const report = await crashRun({ kills, seed, perKill: 3 });
  console.log(crashTable(report));
  expect(report.invoices.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
  expect(report.strangers).toEqual([]);
});
