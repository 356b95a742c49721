import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectedXero, type ConnectedXero } from '../../support/xero.js';

let xero: ConnectedXero;
beforeAll(async () => void (xero = await connectedXero()));
afterEach(() => xero.sandbox.faults.clear());
afterAll(() => xero.close());

const fail = (path: string, status: number) => xero.control('/faults', { match: { path }, mode: 'status', status });

describe('tax rates that the organisation does not show', () => {
  it('leave the accounts, and say what cannot be mapped', async () => {
    const complete = await xero.ledger.codes();
    await fail('/TaxRates', 404);
    const codes = await xero.ledger.codes();
    expect(codes.categories).toEqual(complete.categories);
    expect([codes.taxes, codes.notKnown]).toEqual([[], expect.stringContaining('no tax can be mapped')]);
    expect(complete.notKnown).toBeUndefined();
  });

  it('are no excuse for a vendor in trouble', async () => {
    await fail('/TaxRates', 503);
    await expect(xero.ledger.codes()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
