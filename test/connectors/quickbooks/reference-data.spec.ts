import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectedQuickbooks, type ConnectedQuickbooks } from '../../support/quickbooks.js';

let quickbooks: ConnectedQuickbooks;
beforeAll(async () => {
  quickbooks = await connectedQuickbooks();
});
afterAll(() => quickbooks.close());
beforeEach(() => void quickbooks.requests());

describe('the company', () => {
  it('says who it is, in what currency, and that it can be posted to', async () => {
    expect(await quickbooks.ledger.profile()).toEqual({ name: 'Lumen IT LLC', country: 'US', currency: 'USD', blockers: [] });
    expect(quickbooks.requests()).toEqual(['GET /companyinfo', 'GET /preferences']);
  });

  it('stops everything while it numbers documents itself, and says where to change that', async () => {
    await quickbooks.control('/options', { customTxnNumbers: false, bookCloseDate: '2026-01-31' });
    const profile = await quickbooks.ledger.profile();
    expect(profile.lockedUntil).toBe('2026-01-31');
    expect(profile.blockers).toEqual([expect.stringContaining('Custom transaction numbers') as string]);
    expect(await quickbooks.ledger.check()).toMatchObject({ ok: false, sentence: profile.blockers[0] });
    await quickbooks.control('/options', { customTxnNumbers: true, bookCloseDate: null });
    expect(await quickbooks.ledger.check()).toEqual({ ok: true, sentence: 'Connected to Lumen IT LLC.', missing: [] });
  });

  it('reports trouble instead of throwing it', async () => {
    await quickbooks.control('/faults', { match: { path: '/companyinfo' }, mode: 'status', status: 403 });
    expect(await quickbooks.ledger.check()).toMatchObject({ ok: false, sentence: expect.stringContaining('Reconnect') as string });
  });
});

describe('the codes', () => {
  it('are its income accounts, inactive ones marked, and its taxes with their rates', async () => {
    const codes = await quickbooks.ledger.codes();
    expect(codes.categories.map(({ name, active }) => [name, active])).toEqual([
      ['Services', true],
      ['Managed Services', true],
      ['Hardware Sales', true],
      ['Reimbursed Expenses', true],
      ['Discounts given', true],
      ['Consulting Income (deleted)', false],
    ]);
    expect(codes.taxes).toEqual([
      { code: 'TAX', name: 'Taxable', active: true },
      { code: 'NON', name: 'Not taxable', rate: '0', active: true },
      { code: '2', name: 'Hillsborough County, FL', rate: '7.5', active: true },
    ]);
  });

  it('suggest a mapping by the names of accounts', async () => {
    const { ledger } = quickbooks;
    const codes = await ledger.codes();
    const { categories, taxes } = ledger.suggestMapping(codes);
    const named = Object.entries(categories).map(([category, code]) => [
      category,
      codes.categories.find((account) => account.code === code)?.name,
    ]);
    expect(Object.fromEntries(named)).toEqual({
      service: 'Services',
      agreement: 'Managed Services',
      product: 'Hardware Sales',
      expense: 'Reimbursed Expenses',
      discount: 'Discounts given',
      down_payment: 'Services',
      adjustment: 'Services',
    });
    expect(taxes).toEqual({ taxable: 'TAX', exempt: 'NON' });
  });

  it('suggest a named rate where the company does not find it by itself', async () => {
    await quickbooks.control('/options', { partnerTaxEnabled: false });
    expect(quickbooks.ledger.suggestMapping(await quickbooks.ledger.codes()).taxes).toEqual({ taxable: '2', exempt: 'NON' });
    await quickbooks.control('/options', { partnerTaxEnabled: true });
    expect(quickbooks.ledger.suggestMapping({ categories: [], taxes: [] })).toEqual({
      categories: {},
      taxes: { taxable: 'TAX', exempt: 'NON' },
    });
  });
});
