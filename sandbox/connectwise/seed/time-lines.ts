import { Decimal } from 'decimal.js';
import type { SeededRandom } from '../../kit/random.js';
import type { Doc, Ref } from '../documents.js';
import { toFloat } from '../money.js';
import { addDays, at, midnight } from './calendar.js';
import { invoiceReference, type Draft } from './draft.js';
import { memberReference } from './people.js';
import type { SeedIds } from './ids.js';
import { NOTES, TICKETS } from './texts.js';

export interface Ticket {
  id: number;
  summary: string;
}

/** Hours of one entry: worked, and the part that the agreement covers. */
export interface Hours {
  worked: Decimal;
  covered: Decimal;
}

const ROLES = {
  us: { engineer: [11, 'Engineer', '150.00'], senior: [12, 'Senior Engineer', '185.00'] },
  au: { engineer: [11, 'Engineer', '165.00'], senior: [12, 'Senior Engineer', '210.00'] },
} as const;
const WORK_TYPES = [
  { id: 3, name: 'Regular' },
  { id: 3, name: 'Regular' },
  { id: 3, name: 'Regular' },
  { id: 4, name: 'Remote' },
  { id: 5, name: 'After Hours' },
] as const;

export function newTicket(random: SeededRandom, ids: SeedIds): Ticket {
  return { id: ids.next('ticket'), summary: random.pick(TICKETS) };
}

export const quarterHours = (random: SeededRandom, low: number, high: number): Decimal => new Decimal(random.between(low, high)).div(4);

/** A time entry for work between three and twenty-eight days before the invoice; `invoiceHours` × rate is what it costs. */
export function addTime(draft: Draft, random: SeededRandom, ids: SeedIds, ticket: Ticket | undefined, hours: Hours, agreement?: Ref): Doc {
  const { account, date } = draft;
  const [roleId, roleName, rate] = random.chance(0.3) ? ROLES[account.office.key].senior : ROLES[account.office.key].engineer;
  const engineer = memberReference(random.pick(account.office.engineers));
  const billed = hours.worked.minus(hours.covered);
  const day = addDays(date, -random.between(3, 28));
  const start = random.between(0, 16) * 15 + (account.office.key === 'us' ? 13 * 60 : 0);
  const end = start + hours.worked.times(60).toNumber();
  const workType = random.pick(WORK_TYPES);
  const entry: Doc = {
    id: ids.next('time'),
    company: account.company,
    ...(ticket && { chargeToId: ticket.id, chargeToType: 'ServiceTicket' }),
    member: engineer,
    locationId: account.office.location.id,
    businessUnitId: 10,
    location: account.office.location,
    department: { id: 10, name: 'Services' },
    workType: { ...workType, utilizationFlag: true },
    workRole: { id: roleId, name: roleName },
    ...(agreement && { agreement, agreementType: agreement['type'] }),
    timeStart: at(day, start),
    timeEnd: at(day, end),
    hoursDeduct: 0,
    actualHours: hours.worked.toNumber(),
    billableOption: 'Billable',
    notes: random.pick(NOTES),
    ...(random.chance(0.2) && { internalNotes: 'Old controller goes back to the distributor' }),
    addToDetailDescriptionFlag: false,
    addToInternalAnalysisFlag: false,
    addToResolutionFlag: true,
    emailResourceFlag: false,
    emailContactFlag: false,
    emailCcFlag: false,
    hoursBilled: hours.worked.toNumber(),
    invoiceHours: billed.toNumber(),
    enteredBy: engineer.identifier,
    dateEntered: at(day, end + 11),
    invoice: invoiceReference(draft),
    mobileGuid: random.uuid(),
    hourlyRate: toFloat(rate),
    overageRate: hours.covered.gt(0) ? toFloat(rate) : 0,
    agreementHours: hours.covered.toNumber(),
    agreementAmount: toFloat(hours.covered.times(rate)),
    invoiceReady: 1,
    timeSheet: { id: 5_120 + random.between(0, 20), name: `Week of ${day}` },
    status: billed.isZero() ? 'BilledAgreement' : 'Billed',
    ...(ticket && { ticket, ticketBoard: 'Service', ticketStatus: 'Closed' }),
    invoiceFlag: true,
    extendedInvoiceAmount: toFloat(billed.times(rate)),
    locationName: account.office.location.name,
    ...(draft.invoice.taxCode && { taxCode: draft.invoice.taxCode }),
    customFields: [],
    _info: { lastUpdated: draft.invoice._info.lastUpdated, updatedBy: 'dana' },
  };
  draft.time.push(entry);
  return entry;
}

/** Expenses are billed at what they cost. */
export function addExpense(
  draft: Draft,
  random: SeededRandom,
  ids: SeedIds,
  typeName: string,
  amount: string,
  notes: string,
  ticket?: Ticket,
): Doc {
  const { account, date } = draft;
  const types = ['Mileage', 'Parking', 'Meals', 'Airfare'];
  const value = toFloat(amount);
  const entry: Doc = {
    id: ids.next('expense'),
    company: account.company,
    ...(ticket && { chargeToId: ticket.id, chargeToType: 'ServiceTicket', ticket }),
    type: { id: 2 + types.indexOf(typeName), name: typeName },
    member: memberReference(random.pick(account.office.engineers)),
    paymentMethod: { id: 1, name: 'Personal Cash' },
    classification: { id: 1, name: 'Reimbursable' },
    amount: value,
    billableOption: 'Billable',
    date: midnight(addDays(date, -random.between(3, 20))),
    locationId: account.office.location.id,
    businessUnitId: 10,
    notes,
    invoiceAmount: value,
    billAmount: value,
    agreementAmount: 0,
    taxes: [],
    invoice: invoiceReference(draft),
    currency: account.office.currency,
    status: 'Billed',
    customFields: [],
    _info: { lastUpdated: draft.invoice._info.lastUpdated, updatedBy: 'dana' },
  };
  draft.expenses.push(entry);
  return entry;
}
