import type { InvoiceLine, WorkOrder } from '../../../domain/invoice.js';
import type { HeadingView } from './view-types.js';

const CODES: Readonly<Record<WorkOrder['kind'], string>> = {
  ticket: '#',
  project: 'Project ',
  phase: 'Phase ',
  sales_order: 'Order ',
};

/** What a line is grouped under: its ticket or project, else its agreement, else nothing. */
export function headingOf(line: InvoiceLine): HeadingView | null {
  if (line.workOrder) return { code: `${CODES[line.workOrder.kind]}${line.workOrder.number}`, text: line.workOrder.summary };
  return line.agreementName ? { code: null, text: line.agreementName } : null;
}

/** Groups in order of first appearance, lines in their own order. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
}
