import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Amount } from './amount.js';
import { Countersign, readDemo, type Demo, type ListedInvoice, type WholeInvoice } from './countersign.js';
import { eachOf, Progress } from './progress.js';
import { printReport } from './report.js';
import { pay, psaBooks, quickbooksBooks, xeroBooks, type BookedInvoice } from './vendors.js';

const DATA_DIR = resolve(process.env['DATA_DIR'] ?? '.data');
const LAUNCHER = fileURLToPath(new URL('../../../start.mjs', import.meta.url));
/** Longer than the slowest ledger needs for a month at its own pace. */
const PATIENCE_MS = 15 * 60_000;

/** The whole job in a terminal: pull, flags, render, approve the clean ones, post to both ledgers, pay, settle, compare. */
async function tour(): Promise<number> {
  const { demo, stop } = await running();
  try {
    return await walk(demo);
  } finally {
    await stop();
  }
}

/** What already runs on this DATA_DIR, or a start of our own that ends with the tour. */
async function running(): Promise<{ demo: Demo; stop: () => Promise<void> }> {
  const before = readDemo(DATA_DIR);
  if (before && (await new Countersign(before.url, '').ready())) return { demo: before, stop: async () => undefined };
  const progress = new Progress('Starting Countersign', undefined);
  const child = spawn(process.execPath, [LAUNCHER], { env: { ...process.env, DATA_DIR }, stdio: ['ignore', 'ignore', 'inherit'] });
  const demo = await started(child);
  progress.end(demo.url);
  return { demo, stop: () => stopped(child) };
}

async function started(child: ChildProcess): Promise<Demo> {
  for (let waited = 0; waited < 120_000; waited += 250) {
    if (child.exitCode !== null) throw new Error('Countersign did not start; the line above says why.');
    const demo = readDemo(DATA_DIR);
    if (demo && (await new Countersign(demo.url, '').ready())) return demo;
    await sleep(250);
  }
  throw new Error('Countersign did not become ready within two minutes.');
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
}

/** `--limit 20`: only so many of the clean invoices, spread over the month. */
const LIMIT = Number.parseInt(parseArgs({ options: { limit: { type: 'string', default: '100000' } } }).values.limit, 10);

async function walk(demo: Demo): Promise<number> {
  const app = new Countersign(demo.url, demo.apiKeys['owner'] ?? '');
  const ledgers = { quickbooks: demo.sandbox['quickbooks'] ?? '', xero: demo.sandbox['xero'] ?? '' };
  await pull(app);
  const clean = spread(await findClean(app), LIMIT);
  await renderAndApprove(app, clean);
  await posted(app, clean);
  await payAll(app, ledgers, clean);
  await settle(app, clean);
  return await compare(app, demo, ledgers, clean);
}

async function pull(app: Countersign): Promise<void> {
  const source = (await app.connections()).find((connection) => connection.connector === 'connectwise');
  if (!source) throw new Error('The sandbox is not connected.');
  const progress = new Progress('Reading the PSA', undefined);
  let run = await app.startRun(source.id);
  while (run.state === 'queued' || run.state === 'running') {
    progress.to(run.fetched, run.expected ? `of ${run.expected}` : '');
    await sleep(300);
    run = await app.run(run.id);
  }
  if (run.state !== 'succeeded') throw new Error(`Reading the PSA ${run.state}: ${run.problem ?? ''}`);
  // The rules run right behind the reading.
  for (let waited = 0; waited < 60_000 && (await app.invoices('draft')).length > 0; waited += 500) await sleep(500);
  progress.end(`${(await app.invoices()).length} invoices are here, ${run.fetched} of them read just now, ${run.setAside} set aside`);
}

async function findClean(app: Countersign): Promise<WholeInvoice[]> {
  const inReview = await app.invoices('in_review');
  const progress = new Progress('Looking at the flags', inReview.length);
  const found: WholeInvoice[] = [];
  await eachOf(inReview, 4, async ({ id }) => {
    found.push(await app.invoice(id));
    progress.step();
  });
  const clean = found.filter((invoice) => invoice.flags.every((flag) => flag.severity === 'info'));
  const rules = new Map<string, number>();
  for (const flag of found.flatMap((invoice) => invoice.flags)) rules.set(flag.rule, (rules.get(flag.rule) ?? 0) + 1);
  progress.end(`${clean.length} of ${found.length} are clean; ${[...rules].map(([rule, count]) => `${count} × ${rule}`).join(', ')}`);
  return clean;
}

function spread<T>(items: readonly T[], limit: number): T[] {
  const step = Math.max(1, Math.floor(items.length / limit));
  return items.filter((_, index) => index % step === 0).slice(0, limit);
}

async function renderAndApprove(app: Countersign, invoices: readonly WholeInvoice[]): Promise<void> {
  const folder = join(DATA_DIR, 'tour');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const progress = new Progress('Rendering and approving', invoices.length);
  await eachOf(invoices, 3, async ({ id, number }) => {
    const { bytes, hash } = await app.document(id);
    writeFileSync(join(folder, `${number.replace(/[^\w.-]/g, '-')}.pdf`), bytes);
    await app.approve(id, hash);
    progress.step();
  });
  progress.end(`${invoices.length} PDFs in ${folder}`);
}

async function posted(app: Countersign, invoices: readonly WholeInvoice[]): Promise<void> {
  await until('Posting to both ledgers', invoices, async () => [...(await app.invoices('posted')), ...(await app.invoices('settled'))]);
}

async function payAll(app: Countersign, ledgers: Record<string, string>, invoices: readonly WholeInvoice[]): Promise<void> {
  const mine = new Set(invoices.map((invoice) => invoice.id));
  const open = (await app.invoices('posted')).filter(
    (invoice) => mine.has(invoice.id) && Amount.of(invoice.total.amount, invoice.total.currency).isPositive,
  );
  const progress = new Progress('Clients pay', open.length);
  const today = new Date().toISOString().slice(0, 10);
  await eachOf(open, 4, async ({ number, total, ledger }) => {
    await pay(ledgers[ledger ?? ''] ?? '', number, Amount.of(total.amount, total.currency), today);
    progress.step();
  });
  progress.end(`${open.length} payments entered in the ledgers`);
}

async function settle(app: Countersign, invoices: readonly WholeInvoice[]): Promise<void> {
  for (const connection of await app.connections()) if (connection.connector !== 'connectwise') await app.startRun(connection.id);
  const payable = invoices.filter(({ total }) => !Amount.of(total.amount, total.currency).isNegative);
  await until('Settling in the PSA', payable, () => app.invoices('settled'));
}

/** Asks until all of these are among what is asked for. */
async function until(label: string, wanted: readonly WholeInvoice[], ask: () => Promise<ListedInvoice[]>): Promise<void> {
  const progress = new Progress(label, wanted.length);
  const ids = new Set(wanted.map((invoice) => invoice.id));
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(1_000)) {
    const there = (await ask()).filter((invoice) => ids.has(invoice.id)).length;
    progress.to(there);
    if (there === ids.size) return progress.end(`${there} of ${ids.size}`);
  }
  progress.end('not all of them arrived in time');
}

async function compare(
  app: Countersign,
  demo: Demo,
  ledgers: { quickbooks: string; xero: string },
  invoices: readonly WholeInvoice[],
): Promise<number> {
  const numbers = new Set(invoices.map((invoice) => invoice.number));
  const ours = [...(await app.invoices('posted')), ...(await app.invoices('settled'))].filter((invoice) => numbers.has(invoice.number));
  const only = (books: readonly BookedInvoice[]): BookedInvoice[] => books.filter((invoice) => numbers.has(invoice.number));
  const differences = printReport([
    { system: 'ConnectWise', invoices: only(await psaBooks(demo.sandbox['connectwise'] ?? '')) },
    { system: 'Countersign', invoices: ours.map(asBooked) },
    { system: 'QuickBooks and Xero', invoices: only([...(await quickbooksBooks(ledgers.quickbooks)), ...(await xeroBooks(ledgers.xero))]) },
  ]);
  console.log(`\nDifferences: ${differences.length}`);
  for (const { currency, what, by } of differences) console.log(`  ${currency} ${what}: ${by}`);
  return differences.length === 0 ? 0 : 1;
}

function asBooked({ number, total, balance }: ListedInvoice): BookedInvoice {
  const whole = Amount.of(total.amount, total.currency);
  const open = Amount.of(balance.amount, balance.currency);
  return { number, total: whole, paid: whole.isNegative ? Amount.of(0, total.currency) : whole.minus(open) };
}

process.exitCode = await tour();
