import { Decimal } from 'decimal.js';
import type { SeededRandom } from '../../kit/random.js';
import type { Ref } from '../documents.js';
import { toFloat } from '../money.js';
import type { SoldAgreement } from './agreements.js';
import { CABLE, CREDIT, HARDWARE, SERVER } from './catalogue.js';
import type { Account } from './companies.js';
import { startDraft, type Draft, type Header } from './draft.js';
import type { SeedIds } from './ids.js';
import { LONG_INVOICE, type InvoiceKind, type Slot } from './plan.js';
import { plantedRule } from './planted.js';
import { addBundle, addProduct } from './product-lines.js';
import { EXPENSE_NOTES } from './texts.js';
import { addExpense, addTime, newTicket, quarterHours, type Ticket } from './time-lines.js';

export interface Writing {
  random: SeededRandom;
  ids: SeedIds;
  slot: Slot;
  account: Account;
  agreement: SoldAgreement | undefined;
}

const NONE = new Decimal(0);

/** Writes one invoice of the kind that the plan asks for. */
export function writeInvoice(writing: Writing): Draft {
  return WRITERS[writing.slot.kind](writing);
}

const WRITERS: Record<InvoiceKind, (writing: Writing) => Draft> = {
  time: timeInvoice,
  products: productInvoice,
  misc: miscInvoice,
  progress: progressInvoice,
  creditMemo: creditMemo,
  downPayment: downPayment,
  consolidated: consolidatedInvoice,
  covered: coveredInvoice,
};

function start({ random, account, slot }: Writing, type: string, header: Partial<Header> = {}): Draft {
  return startDraft(random, account, { type, number: slot.number, date: slot.date, ...header });
}

const ticketHeader = (ticket: Ticket): Record<string, unknown> => ({
  applyToType: 'Ticket',
  applyToId: ticket.id,
  ticket,
  reference: ticket.summary.slice(0, 50),
});

function timeInvoice(writing: Writing): Draft {
  const { random, ids, slot } = writing;
  const first = newTicket(random, ids);
  const draft = start(writing, 'Standard', {
    fields: { ...ticketHeader(first), ...(random.chance(0.2) && { customerPO: `PO-${random.between(1_000, 9_999)}` }) },
  });
  if (slot.number === LONG_INVOICE.number) return longInvoice(writing, draft);
  addTicketTime(writing, draft, first, random.between(1, 4));
  if (random.chance(0.4)) addTicketTime(writing, draft, newTicket(random, ids), random.between(1, 3));
  if (random.chance(0.25)) addOrdinaryExpense(writing, draft, first);
  if (random.chance(0.25)) addProduct(draft, ids, random.pick(HARDWARE), { quantity: random.between(1, 2), extra: { ticket: first } });
  if (random.chance(0.08)) draft.invoice.serviceAdjustmentAmount = -25;
  return draft;
}

/** Part of the work may be covered by the customer's agreement, wholly or up to the hours that were left. */
function addTicketTime({ random, ids, agreement }: Writing, draft: Draft, ticket: Ticket, entries: number): void {
  for (let entry = 0; entry < entries; entry += 1) {
    const worked = quarterHours(random, 2, 16);
    const share = entry > 0 && agreement ? random.next() : 1;
    const covered = share < 0.15 ? worked : share < 0.4 ? Decimal.min(worked, quarterHours(random, 1, 4)) : NONE;
    addTime(draft, random, ids, ticket, { worked, covered }, covered.gt(0) ? agreement?.reference : undefined);
  }
}

function addOrdinaryExpense({ random, ids }: Writing, draft: Draft, ticket: Ticket): void {
  const type = random.pick(['Mileage', 'Parking', 'Meals']);
  const amount = new Decimal(random.between(900, 18_000)).div(100).toString();
  addExpense(draft, random, ids, type, amount, EXPENSE_NOTES[type] ?? '', ticket);
}

function longInvoice({ random, ids }: Writing, draft: Draft): Draft {
  let ticket = newTicket(random, ids);
  for (let entry = 0; entry < LONG_INVOICE.entries; entry += 1) {
    if (entry % 8 === 7) ticket = newTicket(random, ids);
    addTime(draft, random, ids, ticket, { worked: quarterHours(random, 1, 8), covered: NONE });
  }
  draft.invoice['reference'] = 'Office move, all tickets';
  return draft;
}

function productInvoice(writing: Writing): Draft {
  const { random, ids, slot } = writing;
  const order = ids.next('order');
  const draft = start(writing, 'Standard', {
    fields: {
      applyToType: 'SalesOrder',
      applyToId: order,
      salesOrder: { id: order, identifier: `SO-${order}` } satisfies Ref,
      reference: `Sales order SO-${order}`,
      customerPO: `PO-${random.between(1_000, 9_999)}`,
    },
  });
  if (slot.appliesDownPayment) {
    addProduct(draft, ids, SERVER, { quantity: 1 });
    draft.invoice.downpaymentApplied = downPaymentAmount(slot.position - 4).toNumber();
    draft.invoice.downpaymentPreviouslyTaxedFlag = true;
    draft.invoice['topComment'] = `Thank you. Your down payment ${slot.appliesDownPayment} is taken off below.`;
  }
  for (let count = random.between(1, 4); count > 0; count -= 1) {
    addProduct(draft, ids, random.pick(HARDWARE), { quantity: random.between(1, 6), ...(random.chance(0.15) && { discount: '0.03' }) });
  }
  if (random.chance(0.3)) addBundle(draft, random, ids, random.between(1, 4));
  if (random.chance(0.3)) addProduct(draft, ids, CABLE, { quantity: new Decimal(random.between(9, 90)).div(2) });
  return draft;
}

const SPECIAL = { specialInvoiceFlag: true };

function miscInvoice(writing: Writing): Draft {
  const { random, ids, slot } = writing;
  const amount = toFloat(new Decimal(random.between(40, 320)).times('5.55'));
  const reference = random.pick([
    'Domain renewals',
    'Conference room rental',
    'Training day "Security basics"',
    'Decommissioning & disposal',
  ]);
  const draft = start(writing, 'Miscellaneous', {
    fields: { ...SPECIAL, reference },
    ...(slot.position % 2 === 1 && { headerService: String(amount) }),
  });
  if (slot.position % 2 === 0)
    addProduct(draft, ids, random.pick(HARDWARE), { quantity: random.between(1, 3), productClass: 'NonInventory' });
  return draft;
}

const PROGRESS_STEP = '2400.00';

/** A fixed fee billed in thirds: the header carries the fee so far, less what was billed before; time is listed at no value. */
function progressInvoice(writing: Writing): Draft {
  const { random, ids, slot, account } = writing;
  const step = new Decimal(PROGRESS_STEP).times(1 + (slot.position % 3)).times(account.office.priceFactor);
  const project = { id: 700 + slot.position, name: 'Migration to the cloud' };
  const draft = start(writing, 'Progress', {
    headerService: step.times(slot.month + 1).toString(),
    fields: {
      applyToType: 'Project',
      applyToId: project.id,
      project,
      phase: { id: 1_700 + slot.position, name: ['Design', 'Build', 'Hand-over'][slot.month] ?? 'Build' },
      previousProgressApplied: toFloat(step.times(slot.month)),
      reference: 'Migration to the cloud',
    },
  });
  for (let entries = random.between(1, 3); entries > 0; entries -= 1) {
    const entry = addTime(draft, random, ids, undefined, { worked: quarterHours(random, 4, 24), covered: NONE });
    const charge = { chargeToId: project.id, chargeToType: 'ProjectTicket', project };
    Object.assign(entry, charge, { invoiceHours: 0, extendedInvoiceAmount: 0 });
  }
  return draft;
}

/** Money given back has a negative total, unless somebody forgot the sign. */
function creditMemo(writing: Writing): Draft {
  const { random, ids, slot } = writing;
  const reference = `Credit for ${Number(slot.number) - random.between(3, 40)}`;
  const draft = start(writing, 'CreditMemo', { fields: { ...SPECIAL, reference, topComment: 'This amount is credited to your account.' } });
  const sign = plantedRule(slot.number) === 'credit-memo-positive' ? 1 : -1;
  addProduct(draft, ids, CREDIT, { quantity: sign * random.between(1, 3), productClass: 'NonInventory' });
  return draft;
}

const downPaymentAmount = (position: number): Decimal => new Decimal(250 + position * 10);

function downPayment(writing: Writing): Draft {
  const amount = downPaymentAmount(writing.slot.position);
  return start(writing, 'DownPayment', {
    headerService: amount.toString(),
    fields: {
      reference: 'Down payment for new server',
      remainingDownpayment: writing.slot.month === 2 ? amount.toNumber() : 0,
    },
  });
}

function consolidatedInvoice(writing: Writing): Draft {
  const { random, ids } = writing;
  const draft = start(writing, 'Consolidated', { fields: { applyToType: 'All', reference: 'All work and products of the month' } });
  const tickets = [newTicket(random, ids), newTicket(random, ids)];
  for (const ticket of tickets) addTicketTime(writing, draft, ticket, 3);
  for (let count = 0; count < 3; count += 1) addProduct(draft, ids, random.pick(HARDWARE), { quantity: random.between(1, 4) });
  return draft;
}

/** Everything was covered by the agreement: the invoice says what was done and asks for nothing. */
function coveredInvoice(writing: Writing): Draft {
  const { random, ids, agreement } = writing;
  const ticket = newTicket(random, ids);
  const draft = start(writing, 'Standard', { fields: ticketHeader(ticket) });
  for (let entry = 0; entry < 3; entry += 1) {
    const worked = quarterHours(random, 2, 10);
    addTime(draft, random, ids, ticket, { worked, covered: worked }, agreement?.reference);
  }
  return draft;
}
