/**
 * Goal: killed with kill -9 at random moments between approve and settled, no document, payment or status is lost or doubled
 * in any of the three vendors. The real launcher, PostgreSQL, vendors and browser; `npm run test:long` does it fifty times.
 */
import { expect, it } from 'vitest';
import { crashRun, crashTable } from '../support/crash-run.js';

it('loses and doubles nothing over four kills', async () => {
  const report = await crashRun({ kills: 4, seed: 20_261_121, perKill: 2 });
  console.log(crashTable(report));
  expect(report.invoices.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
  expect(report.strangers).toEqual([]);
});
