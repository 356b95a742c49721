import type { BenchRow } from './row.js';

/** One row, one file. In the order of `npm run bench`; each brings its own database, vendors or browser. */
const ROWS: Readonly<Record<string, () => Promise<{ run(): Promise<BenchRow> }>>> = {
  'pdf-vs-chromium': () => import('./pdf-vs-chromium.js'),
  'requests-per-100-xero': () => import('./requests-per-100-xero.js'),
  'requests-per-100-quickbooks': () => import('./requests-per-100-quickbooks.js'),
  'intake-vs-insert': () => import('./intake-vs-insert.js'),
  'rls-inbox': () => import('./rls-inbox.js'),
  'tenant-tx-vs-bare': () => import('./tenant-tx-vs-bare.js'),
  'sealed-vs-plain-read': () => import('./sealed-vs-plain-read.js'),
  'session-vs-none': () => import('./session-vs-none.js'),
};

/** @param wanted names of rows; all when empty */
export async function bench(wanted: readonly string[]): Promise<BenchRow[]> {
  const unknown = wanted.filter((name) => !(name in ROWS));
  if (unknown.length > 0) throw new Error(`There is no row ${unknown.join(', ')}; there are ${Object.keys(ROWS).join(', ')}.`);
  const results: BenchRow[] = [];
  for (const [name, load] of Object.entries(ROWS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const row = await (await load()).run();
    console.log(line(row));
    results.push(row);
  }
  return results;
}

function line({ name, value, unit, baseline, ratio, target, ok }: BenchRow): string {
  const cells = [
    name.padEnd(30),
    `${figure(value)} ${unit}`.padEnd(24),
    baseline === null ? '' : `against ${figure(baseline)}`,
    ratio === null ? '' : `ratio ${figure(ratio)}`,
  ];
  return `${cells.map((cell, index) => cell.padEnd(index > 1 ? 18 : 0)).join('')}${target === null ? 'reported' : `${ok ? 'ok' : 'MISSED'} (${target})`}`;
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}
