import { describe, expect, it } from 'vitest';
import { aTicket, aTimeEntry } from '../../../../test/support/invoices.js';
import { reviewFacts } from '../../../../test/support/review-facts.js';
import type { InvoiceLine } from '../../invoice.js';
import { ticketWithoutNotes } from './ticket-without-notes.js';

const ticket = aTicket('48213', 'Printer offline');
const check = (...lines: InvoiceLine[]) =>
  ticketWithoutNotes.check(reviewFacts({ lines }, { lineFacts: { 'time:2': { link: 'https://psa.example/t/2' } } }));

describe('a ticket', () => {
  it('that is billed and never says what was done is a warning, once, at the first charged entry', () => {
    const free = aTimeEntry(1, { workOrder: ticket, billable: 'no_charge' });
    expect(check(free, aTimeEntry(2, { workOrder: ticket }), aTimeEntry(3, { workOrder: ticket, notes: ' \n' }))).toEqual([
      {
        rule: 'ticket-without-notes',
        severity: 'warning',
        title: 'No notes',
        message: 'Ticket #48213 (Printer offline) is billed and no time entry says what was done. Ask Dana Whitfield to add a note.',
        lineKey: 'time:2',
        target: 'ticket:48213',
        link: 'https://psa.example/t/2',
        revealsCost: false,
      },
    ]);
  });

  it('asks the engineer where nobody is named', () => {
    expect(check(aTimeEntry(4, { workOrder: ticket, person: undefined }))[0]?.message).toContain('Ask the engineer to add a note.');
  });

  it('with one note on any entry, charged or free, is enough', () => {
    expect(
      check(aTimeEntry(1, { workOrder: ticket, billable: 'no_charge', notes: 'Called.' }), aTimeEntry(2, { workOrder: ticket })),
    ).toEqual([]);
  });

  it('that costs the client nothing is left alone', () => {
    expect(check(aTimeEntry(1, { workOrder: ticket, covered: '1.00' }))).toEqual([]);
    expect(check(aTimeEntry(1, { workOrder: ticket, billable: 'no_charge' }))).toEqual([]);
  });

  it('is looked at by its own number', () => {
    const found = check(aTimeEntry(1, { workOrder: ticket }), aTimeEntry(2, { workOrder: aTicket('7', 'VPN'), notes: 'Done.' }));
    expect(found.map(({ target }) => target)).toEqual(['ticket:48213']);
  });

  it('is what it is about, and neither projects nor time without an order nor other lines', () => {
    expect(check(aTimeEntry(1), aTimeEntry(2, { workOrder: { ...ticket, kind: 'project' } }))).toEqual([]);
    expect(check({ ...aTimeEntry(3, { workOrder: ticket }), kind: 'product' })).toEqual([]);
    expect(check()).toEqual([]);
  });
});
