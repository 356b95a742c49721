import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectedQuickbooks, type ConnectedQuickbooks } from '../../support/quickbooks.js';

let quickbooks: ConnectedQuickbooks;
beforeAll(async () => void (quickbooks = await connectedQuickbooks()));
afterEach(() => quickbooks.sandbox.faults.clear());
afterAll(() => quickbooks.close());

describe('sales taxes that the company does not show', () => {
  it.each([
    ['TaxCode', 404],
    ['TaxRate', 404],
    ['TaxCode', 400],
  ])('leave the accounts, and the two words that every company has: %s answered %i', async (list, status) => {
    const complete = await quickbooks.ledger.codes();
    await quickbooks.control('/faults', {
      match: { path: `^.*query.*${list.replace(/[tTcCrR]/g, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`)}` },
      mode: 'status',
      status,
    });
    const codes = await quickbooks.ledger.codes();
    expect(quickbooks.sandbox.faults.list()).toEqual([]);
    expect(codes.categories).toEqual(complete.categories);
    expect(codes.taxes.map(({ code }) => code)).toEqual(expect.arrayContaining(['TAX', 'NON']));
    expect(codes.notKnown).toMatch(/does not show its sales tax rates/);
    expect(complete.notKnown).toBeUndefined();
    expect(quickbooks.ledger.suggestMapping(codes).categories).toEqual(quickbooks.ledger.suggestMapping(complete).categories);
  });

  it('are no excuse for a vendor in trouble', async () => {
    await quickbooks.control('/faults', { match: { path: '^.*query.*[tT]ax[cC]ode' }, mode: 'status', status: 503 });
    await expect(quickbooks.ledger.codes()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
