import type { BenchRow } from './row.js';

/** One row, one file. In the order of `npm run bench`; each brings its own database, vendors or browser. */
const ROWS: Readonly<Record<string, () => Promise<{ run(): Promise<BenchRow> }>>> = {
  'pdf-vs-chromium': () => import('./pdf-vs-chromium.js'),
  'requests-per-100-xero': () => import('./requests-per-100-xero.js'),
  'requests-per-100-quickbooks': () => import('./requests-per-100-quickbooks.js'),
  'intake-vs-insert': () => import('./intake-vs-insert.js'),
  'rls-inbox': () => import('./rls-inbox.js'),
  'rls-hot-queries': () => import('./rls-hot-queries.js'),
  'tenant-tx-vs-bare': () => import('./tenant-tx-vs-bare.js'),
  'sealed-vs-plain-read': () => import('./sealed-vs-plain-read.js'),
  'session-vs-none': () => import('./session-vs-none.js'),
};

/** Too long to wait for every time: `npm run bench:long`, or by name. */
const LONG_ROWS: typeof ROWS = {
  'pooled-transactions': () => import('./pooled-transactions.js'),
};

/** @param wanted names of rows of either kind; all of one kind when empty */
export async function bench(wanted: readonly string[], { long = false } = {}): Promise<BenchRow[]> {
  const every = { ...ROWS, ...LONG_ROWS };
  const unknown = wanted.filter((name) => !(name in every));
  if (unknown.length > 0) throw new Error(`There is no row ${unknown.join(', ')}; there are ${Object.keys(every).join(', ')}.`);
  const results: BenchRow[] = [];
  for (const [name, load] of Object.entries(wanted.length > 0 ? every : long ? LONG_ROWS : ROWS)) {
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
