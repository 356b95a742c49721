import type { InvoiceLine } from '../../invoice.js';
import { Decimal } from '../../money.js';
import type { Finding, ReviewRule } from '../rule.js';

/** A ticket is billed and none of its time says what was done: the client will ask. */
export const ticketWithoutNotes: ReviewRule = {
  key: 'ticket-without-notes',
  label: 'Billed ticket without notes',
  check({ content, context }) {
    const tickets = new Map<string, InvoiceLine[]>();
    for (const line of content.lines) {
      if (line.kind !== 'time' || line.workOrder?.kind !== 'ticket') continue;
      tickets.set(line.workOrder.number, [...(tickets.get(line.workOrder.number) ?? []), line]);
    }
    return [...tickets].flatMap(([number, lines]): Finding[] => {
      const charged = lines.filter((line) => new Decimal(line.amount).gt(0));
      const first = charged[0];
      if (!first || lines.some((line) => line.notes?.trim())) return [];
      const link = context.lineFacts[first.key]?.link;
      return [
        {
          rule: 'ticket-without-notes',
          severity: 'warning',
          title: 'No notes',
          message:
            `Ticket #${number} (${first.workOrder?.summary ?? ''}) is billed and no time entry says what was done. Ask ` +
            `${first.person ?? 'the engineer'} to add a note.`,
          lineKey: first.key,
          target: `ticket:${number}`,
          ...(link && { link }),
          revealsCost: false,
        },
      ];
    });
  },
};
