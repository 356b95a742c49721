import { describe, expect, it } from 'vitest';
import { INVOICE_EVENTS, INVOICE_STATES, INVOICE_TRANSITIONS, moveOf, transition } from './invoice-state.js';

describe('the states of an invoice', () => {
  it('go the usual way from draft to settled', () => {
    let state: (typeof INVOICE_STATES)[number] | undefined = 'draft';
    for (const event of ['checked', 'approved', 'posted', 'settled'] as const) state = state && transition(state, event);
    expect(state).toBe('settled');
  });

  it('never skip approval on the way into the ledger', () => {
    expect(INVOICE_TRANSITIONS.filter(([, to]) => to === 'posted').map(([from]) => from)).toEqual(['approved', 'settled']);
    expect(INVOICE_TRANSITIONS.filter(([, to]) => to === 'approved').map(([from]) => from)).toEqual(['in_review']);
  });

  it('come back to review from wherever a decision can be wrong, and never from the ledger without being voided there', () => {
    expect(
      INVOICE_TRANSITIONS.filter(([, to]) => to === 'in_review')
        .map(([from]) => from)
        .toSorted(),
    ).toEqual(['approved', 'draft', 'rejected', 'rejected', 'void']);
  });

  it.each(INVOICE_EVENTS)('change with "%s" from the states it names, and from no other', (event) => {
    const { from, to } = moveOf(event);
    for (const state of INVOICE_STATES) expect(transition(state, event)).toBe(from.includes(state) ? to : undefined);
  });

  it('have no event that leads from a state to itself', () => {
    expect(INVOICE_TRANSITIONS.filter(([from, to]) => from === to)).toEqual([]);
  });
});
