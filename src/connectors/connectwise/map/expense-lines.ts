import { Decimal } from '../../../domain/money.js';
import { billableOf, dayOf, isHidden, money, plain, present, workOrderOf, type LineContext, type MappedLine } from './line.js';
import { linkTo } from './links.js';
import type { ExpenseRecord } from './records.js';

const ZERO = new Decimal(0);

export function expenseLines(rows: readonly ExpenseRecord[], context: LineContext): MappedLine[] {
  return rows.filter((row) => !isHidden(row.billableOption)).map((row) => expenseLine(row, context));
}

/** An expense at what goes on the invoice, which may be less or more than what was spent. */
function expenseLine(row: ExpenseRecord, context: LineContext): MappedLine {
  const billable = billableOf(row.billableOption);
  const exact = billable === 'billable' ? (row.invoiceAmount ?? row.billAmount ?? row.amount ?? ZERO) : ZERO;
  return {
    exact,
    line: {
      key: `expense:${row.id}`,
      kind: 'expense',
      description: row.type?.name ?? 'Expense',
      quantity: '1',
      unitPrice: plain(exact),
      amount: money(exact, context.currency),
      taxable: context.rules.expenses,
      billable,
      ...present({
        notes: row.notes,
        date: dayOf(row.date, `expense:${row.id}.date`),
        person: row.member?.name ?? row.member?.identifier,
        workOrder: workOrderOf(row),
        agreementName: row.agreement?.name,
      }),
    },
    facts: { link: linkTo(context.appUrl, 'expense', row.id), targetId: `expense:${row.id}` },
  };
}
