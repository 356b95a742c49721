import { Decimal, roundToCurrency } from '../../../domain/money.js';
import { billableOf, dayOf, isHidden, money, plain, present, workOrderOf, type LineContext, type MappedLine } from './line.js';
import { linkTo } from './links.js';
import type { TimeRecord } from './records.js';

const ZERO = new Decimal(0);

/** Time: what the PSA worked out as charged, never the hours worked times the rate; covered and free work is at zero. */
export function timeLines(rows: readonly TimeRecord[], context: LineContext): MappedLine[] {
  return rows.filter((row) => !isHidden(row.billableOption)).map((row) => timeLine(row, context));
}

function timeLine(row: TimeRecord, context: LineContext): MappedLine {
  const billable = billableOf(row.billableOption);
  const hours = row.invoiceHours ?? ZERO;
  const exact = billable === 'billable' ? (row.extendedInvoiceAmount ?? hours.times(row.hourlyRate ?? ZERO)) : ZERO;
  const description = row.workRole?.name ?? row.workType?.name ?? 'Services';
  const { ticket } = row;
  return {
    exact,
    line: {
      key: `time:${row.id}`,
      kind: 'time',
      description,
      quantity: plain(hours),
      unit: 'hours',
      unitPrice: plain(rateOf(row, hours, exact, context.currency)),
      amount: money(exact, context.currency),
      taxable: context.rules.services,
      billable,
      hours: { worked: plain(row.actualHours), billed: plain(hours), covered: plain(row.agreementHours) },
      ...present({
        notes: row.notes,
        date: dayOf(row.timeStart, `time:${row.id}.timeStart`),
        person: row.member?.name ?? row.member?.identifier,
        workRole: row.workRole?.name,
        workType: row.workType?.name,
        workOrder: workOrderOf(row),
        agreementName: row.agreement?.name,
      }),
    },
    facts: {
      link: ticket ? linkTo(context.appUrl, 'ticket', ticket.id) : linkTo(context.appUrl, 'time', row.id),
      targetId: ticket ? `ticket:${ticket.id}` : `time:${row.id}`,
      ...(context.taxable && row.taxCode === undefined && { taxCodeMissing: true }),
    },
  };
}

/** Hours beyond what an agreement covers may have a rate of their own; the one that explains the amount is shown. */
function rateOf(row: TimeRecord, hours: Decimal, exact: Decimal, currency: string): Decimal {
  const rate = row.hourlyRate ?? ZERO;
  const explains = (candidate: Decimal) => roundToCurrency(hours.times(candidate), currency).equals(roundToCurrency(exact, currency));
  const { overageRate } = row;
  return overageRate && !overageRate.isZero() && !explains(rate) && explains(overageRate) ? overageRate : rate;
}
