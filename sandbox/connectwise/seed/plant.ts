import { Decimal } from 'decimal.js';
import type { Doc } from '../documents.js';
import { addDays } from './calendar.js';
import type { Draft } from './draft.js';
import type { Writing } from './invoice-kinds.js';
import { plantedRule, PLANTED_WORK_TYPE, type PlantedRule } from './planted.js';
import { amounts } from './product-lines.js';
import { EXPENSE_NOTES, KEYWORD_NOTES, THIN_NOTES } from './texts.js';
import { addExpense, addTime } from './time-lines.js';

/** Puts the mistake that the plan names into a clean invoice. Agreement amounts and the sign of credit memos are written elsewhere. */
export function plantMistake(writing: Writing, draft: Draft): void {
  const rule = plantedRule(writing.slot.number);
  if (rule) MISTAKES[rule]?.(draft, writing);
}

const MISTAKES: Partial<Record<PlantedRule, (draft: Draft, writing: Writing) => void>> = {
  'product-below-cost': (draft) => reprice(firstProduct(draft), '0.92'),
  'product-thin-margin': (draft) => reprice(firstProduct(draft), '1.09'),
  'ticket-without-notes': (draft) => {
    const ticket = ticketOf(firstTime(draft));
    for (const entry of draft.time) if (ticketOf(entry) === ticket) delete entry['notes'];
  },
  'thin-notes': (draft) => {
    draft.time.forEach((entry, index) => {
      if (index < THIN_NOTES.length) entry['notes'] = THIN_NOTES[index];
    });
  },
  'non-billable-time': (draft, { random, ids, slot }) => {
    const ticket = firstTime(draft)['ticket'] as { id: number; summary: string };
    const entry = addTime(draft, random, ids, ticket, { worked: new Decimal('1.5'), covered: new Decimal(0) });
    const billableOption = slot.month === 1 ? 'NoCharge' : 'DoNotBill';
    Object.assign(entry, { billableOption, hoursBilled: 0, invoiceHours: 0, extendedInvoiceAmount: 0 });
  },
  'stale-time': (draft) => {
    const entry = firstTime(draft);
    const day = addDays(draft.date, -97);
    for (const field of ['timeStart', 'timeEnd', 'dateEntered']) entry[field] = day + String(entry[field]).slice(10);
  },
  'flagged-work-type': (draft) => {
    firstTime(draft)['workType'] = { id: 9, name: PLANTED_WORK_TYPE, utilizationFlag: false };
  },
  'no-tax-code': (draft) => {
    delete draft.invoice.taxCode;
    for (const line of [...draft.time, ...draft.products]) delete line['taxCode'];
  },
  'product-not-taxable': (draft) => {
    firstProduct(draft)['taxableFlag'] = false;
  },
  'large-expense': (draft, { random, ids, slot }) => {
    addExpense(draft, random, ids, 'Airfare', slot.month === 1 ? '842.60' : '1215.00', EXPENSE_NOTES['Airfare'] ?? '');
  },
  keyword: (draft, { slot }) => {
    firstTime(draft)['notes'] = KEYWORD_NOTES[slot.month === 1 ? 0 : 1];
  },
};

function firstTime(draft: Draft): Doc {
  const [entry] = draft.time;
  if (!entry) throw new Error(`invoice ${draft.number} has no time to plant a mistake in`);
  return entry;
}

function firstProduct(draft: Draft): Doc {
  const [product] = draft.products;
  if (!product) throw new Error(`invoice ${draft.number} has no product to plant a mistake in`);
  return product;
}

const ticketOf = (entry: Doc): number | undefined => (entry['ticket'] as Doc | undefined)?.id;

/** Sells at that multiple of the cost. */
function reprice(product: Doc, multipleOfCost: string): void {
  const cost = new Decimal(product['cost'] as number);
  const price = cost.times(multipleOfCost).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
  const derived = amounts(new Decimal(product['quantity'] as number), price, cost);
  Object.assign(product, derived, { listPrice: derived['price'], calculatedPrice: derived['price'], discount: 0 });
}
