import type { TestingModule } from '@nestjs/testing';
import { expect } from 'vitest';
import { Money } from '../../src/domain/money.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { openStages, type Billing, type OpenedBilling } from './billing.js';
import { booked, contactsMarked, psaInvoices } from './books.js';
import { Died, MortalTransaction } from './killable-process.js';

export interface Crash {
  /** The transaction at which the process dies, counted from the approval. */
  at: number;
  when: 'before' | 'after';
}

/** From approval to settled, in one process: approve, post, attach, tell the status, be paid, read it, tell the PSA. */
async function wholeWay(billing: Billing, ledger: 'quickbooks' | 'xero', number: string): Promise<void> {
  await billing.approveForGood(number);
  await billing.send(ledger);
  await billing.send('connectwise');
  await payOnce(billing, ledger, number);
  await billing.run(ledger, 'settle');
  await billing.send('connectwise');
}

/** The client pays what is open, entered by the ledger's bookkeeper; this is not our process and never dies. */
async function payOnce(billing: Billing, ledger: 'quickbooks' | 'xero', number: string): Promise<void> {
  const [held] = await booked(billing.sandboxes, number);
  if (!held || held.open === '0.00') return;
  await billing.control(ledger, '/payments', { number, amount: held.open, date: '2026-11-03' });
}

/** Lets one invoice go its way in a process that dies on it, lets another process finish, and compares everybody's books. */
export async function crashOn(opened: OpenedBilling, ledger: 'quickbooks' | 'xero', number: string, crash: Crash): Promise<boolean> {
  const { billing, database, environment } = opened;
  const mortal = await openStages(database, environment, billing.clock, MortalTransaction);
  const died = await runToDeath(mortal, billing.in(mortal), ledger, number, crash);
  await mortal.close();
  // Leases, requests on the wire and batches of the dead run out.
  billing.clock.advance(200_000);
  const invoice = await billing.invoice(number);
  if (invoice.state === 'in_review') await billing.approveForGood(number);
  await billing.drain();
  await payOnce(billing, ledger, number);
  billing.clock.advance(2_000);
  await billing.run(ledger, 'settle');
  await billing.drain();
  await expectExactlyOne(billing, ledger, number);
  return died;
}

async function runToDeath(
  module: TestingModule,
  billing: Billing,
  ledger: 'quickbooks' | 'xero',
  number: string,
  { at, when }: Crash,
): Promise<boolean> {
  const transactions = module.get<TenantTransaction, MortalTransaction>(TenantTransaction);
  await billing.render(number);
  transactions.dieAt(at, when);
  try {
    await wholeWay(billing, ledger, number);
  } catch (error) {
    if (!(error instanceof Died) && !transactions.isDead) throw error;
  }
  return transactions.isDead;
}

/** One document, one file beside it, one customer, one status, one payment, and the same amounts everywhere. */
async function expectExactlyOne(billing: Billing, ledger: 'quickbooks' | 'xero', number: string): Promise<void> {
  const invoice = await billing.invoice(number);
  const total = Money.of(invoice.total, invoice.currency).toText();
  const held = await booked(billing.sandboxes, number);
  expect(held).toEqual([{ ledger, kind: 'invoice', total, currency: invoice.currency, open: '0.00', attachments: 1, voided: false }]);
  expect(contactsMarked(billing.sandboxes, ledger, invoice.customerId)).toBe(1);
  const [psa, ...others] = await psaInvoices(billing.sandboxes, number);
  expect(others).toEqual([]);
  expect(psa).toMatchObject({ status: 'Ready to Send', balance: '0.00', payments: [{ type: 'Payment', amount: total }] });
  expect(psa?.payments).toHaveLength(1);
  expect(invoice.state).toBe('settled');
  const live = (await billing.postings(number)).filter(({ state }) => state !== 'skipped');
  expect(live.map(({ operation, state }) => `${operation} ${state}`).toSorted()).toEqual([
    'attachment posted',
    'document posted',
    'payment posted',
    'status posted',
  ]);
}
