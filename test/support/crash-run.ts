import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../sandbox/kit/random.js';
import { Money } from '../../src/domain/money.js';
import type { ListedInvoice } from '../../sandbox/tour/countersign.js';
import { pay } from '../../sandbox/tour/vendors.js';
import { booked, psaInvoices } from './books.js';
import { KillableApp } from './killable-app.js';

export interface CrashOptions {
  kills: number;
  /** One seed, one sequence of moments. */
  seed: number;
  perKill: number;
}

interface CrashedInvoice {
  number: string;
  ledger: string;
  state: string;
  total: string;
  /** What differs, in words; empty when everybody's books agree. */
  wrong: string[];
}

export interface CrashReport {
  kills: number;
  invoices: CrashedInvoice[];
  /** Documents in the ledgers that carry our mark, beyond those that were approved. */
  strangers: string[];
}

const SETTLE_PATIENCE_MS = 10 * 60_000;

/**
 * Approves invoices, kills the app with kill -9 at random moments between approve and settled, starts it again, lets the
 * clients pay, and in the end compares the three vendors with each other.
 */
export async function crashRun({ kills, seed, perKill }: CrashOptions): Promise<CrashReport> {
  const app = new KillableApp(mkdtempSync(join(tmpdir(), 'countersign-crash-')));
  const random = new SeededRandom(seed);
  try {
    await app.start();
    const chosen = await firstInvoices(app, kills * perKill);
    const work = new CrashWork(app, chosen);
    for (let kill = 0; kill < kills; kill += 1) {
      await work.approve(chosen.slice(kill * perKill, (kill + 1) * perKill));
      const moment = random.between(0, 13_000);
      await work.goOn(moment);
      await app.kill();
      console.log(`kill ${kill + 1} of ${kills}, ${moment} ms after approving; ${work.paid.size} paid so far`);
      await app.start();
    }
    await work.finish(SETTLE_PATIENCE_MS);
    return await compare(app, kills, chosen);
  } finally {
    await app.stop();
    rmSync(app.dataDir, { recursive: true, force: true });
  }
}

/** Both ledgers in turn, once the first pull is through the review rules. */
async function firstInvoices(app: KillableApp, count: number): Promise<ListedInvoice[]> {
  for (let waited = 0; waited < 580_000; waited += 500) {
    const all = (await app.client().invoices('in_review')).filter((invoice) => isPositive(invoice));
    const by = (ledger: string) => all.filter((invoice) => invoice.ledger === ledger);
    const [quickbooks, xero] = [by('quickbooks'), by('xero')];
    const turns = quickbooks.flatMap((invoice, index) => [invoice, ...(xero[index] ? [xero[index]] : [])]);
    if (turns.length >= count && (await app.client().invoices('draft')).length === 0) return turns.slice(0, count);
    await sleep(500);
  }
  throw new Error('The first pull did not bring enough invoices');
}

/** What people and vendors do while the app comes and goes. */
class CrashWork {
  readonly paid = new Set<string>();

  constructor(
    private readonly app: KillableApp,
    private readonly chosen: readonly ListedInvoice[],
  ) {}

  async approve(invoices: readonly ListedInvoice[]): Promise<void> {
    for (const { id } of invoices) await this.app.client().approve(id, (await this.app.client().document(id)).hash);
  }

  /** Clients pay what is in the ledgers and the schedules come round, for so long. */
  async goOn(milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    while (performance.now() < until) {
      await this.app.wake();
      await this.payPosted();
      await this.readLedgers();
      await sleep(Math.max(0, Math.min(1_500, until - performance.now())));
    }
  }

  async finish(patienceMs: number): Promise<void> {
    const until = performance.now() + patienceMs;
    while (performance.now() < until) {
      const settled = new Set((await this.app.client().invoices('settled')).map((invoice) => invoice.id));
      if (this.chosen.every((invoice) => settled.has(invoice.id))) return;
      await this.goOn(4_000);
    }
  }

  /** Once each, in full. */
  private async payPosted(): Promise<void> {
    for (const { id, number, total, ledger } of this.chosen) {
      if (this.paid.has(id) || !(await this.isBooked(number))) continue;
      await pay(this.app.vendorUrl(ledger ?? ''), number, Money.of(total.amount, total.currency), '2026-11-03');
      this.paid.add(id);
    }
  }

  private async isBooked(number: string): Promise<boolean> {
    return (await booked(ledgersOf(this.app), number)).length > 0;
  }

  /** A run that lives already is the answer. */
  private async readLedgers(): Promise<void> {
    const client = this.app.client();
    for (const { id, connector } of await client.connections()) if (connector !== 'connectwise') await client.startRun(id);
  }
}

function ledgersOf(app: KillableApp): Record<'quickbooks' | 'xero', { url: string }> {
  return { quickbooks: { url: app.vendorUrl('quickbooks') }, xero: { url: app.vendorUrl('xero') } };
}

async function compare(app: KillableApp, kills: number, chosen: readonly ListedInvoice[]): Promise<CrashReport> {
  const states = new Map<string, string>();
  for (const { id, number } of chosen) states.set(number, (await app.client().invoice(id)).state);
  const invoices: CrashedInvoice[] = [];
  for (const { number, total, ledger } of chosen) {
    const state = states.get(number) ?? '';
    invoices.push({ number, ledger: ledger ?? '', state, total: total.amount, wrong: await differences(app, number, total.amount, state) });
  }
  const numbers = new Set(chosen.map((invoice) => invoice.number));
  return { kills, invoices, strangers: (await marked(app)).filter((number) => !numbers.has(number)) };
}

async function differences(app: KillableApp, number: string, total: string, state: string): Promise<string[]> {
  const wrong: string[] = [];
  const held = await booked(ledgersOf(app), number);
  const psa = await psaInvoices({ connectwise: { url: app.vendorUrl('connectwise') } }, number);
  const [document] = held;
  const [told] = psa;
  if (held.length !== 1) wrong.push(`${held.length} documents`);
  if (document && document.total !== total) wrong.push(`total ${document.total} in the ledger`);
  if (document && document.open !== '0.00') wrong.push(`${document.open} open in the ledger`);
  if (document && document.attachments !== 1) wrong.push(`${document.attachments} files`);
  if (told?.status !== 'Ready to Send') wrong.push(`status ${told?.status ?? 'none'}`);
  if (told?.payments.length !== 1) wrong.push(`${told?.payments.length ?? 0} payments in the PSA`);
  if (told?.balance !== '0.00') wrong.push(`balance ${told?.balance ?? 'none'} in the PSA`);
  if (state !== 'settled') wrong.push(state);
  return wrong;
}

/** Numbers of all documents in both ledgers that carry our mark, as often as they occur. */
async function marked(app: KillableApp): Promise<string[]> {
  const numbers: string[] = [];
  for (const { url } of Object.values(ledgersOf(app))) {
    const rows = (await (await fetch(`${url}/_sandbox/documents`)).json()) as Record<string, unknown>[];
    for (const row of rows)
      if (/CS-[0-9a-f]{8}-/.test(JSON.stringify(row)))
        numbers.push(String(row['DocNumber'] ?? row['InvoiceNumber'] ?? row['CreditNoteNumber']));
  }
  return numbers;
}

function isPositive({ total }: ListedInvoice): boolean {
  return Money.of(total.amount, total.currency).isPositive();
}

/** As a person reads it. */
export function crashTable({ kills, invoices, strangers }: CrashReport): string {
  const good = invoices.filter(({ wrong }) => wrong.length === 0).length;
  const rows = ['quickbooks', 'xero'].map((ledger) => {
    const all = invoices.filter((invoice) => invoice.ledger === ledger);
    const settled = all.filter(({ wrong }) => wrong.length === 0).length;
    return `${ledger.padEnd(12)} ${String(all.length).padStart(8)} ${String(settled).padStart(16)} ${String(all.length - settled).padStart(10)}`;
  });
  return [
    `${kills} × kill -9, ${invoices.length} invoices, ${good} of them once and to the cent in all three systems`,
    'ledger       invoices  once everywhere  different',
    ...rows,
    ...invoices.filter(({ wrong }) => wrong.length > 0).map(({ number, ledger, wrong }) => `  ${number} (${ledger}): ${wrong.join(', ')}`),
    `documents of ours that nobody approved: ${strangers.length === 0 ? 'none' : strangers.join(', ')}`,
  ].join('\n');
}
