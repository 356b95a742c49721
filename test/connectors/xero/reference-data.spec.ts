import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomesOf } from '../../support/batch-outcomes.js';
import { connectedXero, ledgerDocument, type ConnectedXero } from '../../support/xero.js';
import { ROUNDING_NAME, suggestMapping } from '../../../src/connectors/xero/code-choice.js';
import { missingScopes } from '../../../src/connectors/xero/ledger.js';

let xero: ConnectedXero;
beforeAll(async () => void (xero = await connectedXero()));
afterAll(() => xero.close());

describe('the organisation', () => {
  it('says what it is called, and counts in what', async () => {
    expect(await xero.ledger.profile()).toEqual({ name: 'Lumen IT Pty Ltd', country: 'AU', currency: 'AUD', blockers: [] });
  });

  it('says until when its books are locked, by the later of both locks and in its own calendar', async () => {
    await xero.control('/options', { periodLockDate: '2026-10-31', endOfYearLockDate: '2026-06-30' });
    expect((await xero.ledger.profile()).lockedUntil).toBe('2026-10-31');
    await xero.control('/options', { periodLockDate: null, endOfYearLockDate: null });
  });

  it("reports the day's budget after every call", async () => {
    xero.context.pacer.budgets.length = 0;
    await xero.ledger.profile();
    await xero.ledger.find('invoice', ['1']);
    const [first = 0, second = 0] = xero.context.pacer.budgets;
    expect(first - second).toBe(1);
  });
});

describe('the codes', () => {
  it('offer what sales can be booked to, revenue first, and hide the rest', async () => {
    const codes = await xero.ledger.codes();
    const active = codes.categories.filter((code) => code.active).map((code) => code.code);
    expect(active.slice(0, 4)).toEqual(['200', '210', '220', '230']);
    expect(active).not.toEqual(expect.arrayContaining(['090', '610', '240', '860']));
    expect(codes.categories).toContainEqual({ code: '860', name: ROUNDING_NAME, active: false });
    expect(codes.taxes).toContainEqual({ code: 'OUTPUT', name: 'GST on Income', rate: '10', active: true });
    expect(codes.taxes.filter((tax) => tax.active).map((tax) => tax.code)).not.toEqual(expect.arrayContaining(['INPUT', 'TAX001']));
  });

  it('suggest a mapping that posts', async () => {
    const mapping = xero.ledger.suggestMapping(await xero.ledger.codes());
    expect(mapping).toEqual({
      categories: {
        service: '200',
        agreement: '210',
        product: '220',
        expense: '230',
        discount: '200',
        down_payment: '850',
        adjustment: '200',
      },
      taxes: { taxable: 'OUTPUT', exempt: 'EXEMPTOUTPUT' },
    });
    expect(suggestMapping({ categories: [], taxes: [] })).toEqual({ categories: {}, taxes: {} });
  });

  it('are enough for a rounding line that the ledger takes', async () => {
    const codes = await xero.ledger.codes();
    const customer = { externalId: '1', name: 'Wattle Street Medical', address: { lines: [] }, deleted: false };
    const [ensured] = await xero.ledger.ensure([{ kind: 'contact', key: 'k', marker: 'CS-C-1', customer }]);
    const contactExternalId = ensured?.outcome.state === 'posted' ? ensured.outcome.externalId : '';
    const lines = [
      { description: 'Thirds', quantity: '3', unitPrice: '33.33', amount: '100.00', taxable: true, category: 'service' as const },
    ];
    const { body } = xero.ledger.prepare(ledgerDocument({ contactExternalId, lines }), xero.ledger.suggestMapping(codes), codes, {});
    const [sent] = await outcomesOf(
      xero.ledger.send({ requestKey: 'r', kind: 'invoice', members: [{ memberKey: 'm', number: '1042', body }] }),
    );
    expect(sent).toMatchObject({ state: 'posted' });
    expect(await xero.documents('1042')).toMatchObject([{ SubTotal: 100, TotalTax: 10, Total: 110 }]);
  });
});

describe('the check', () => {
  it('is well, and says of what', async () => {
    expect(await xero.ledger.check()).toEqual({ ok: true, sentence: 'Connected to Lumen IT Pty Ltd.', missing: [] });
  });

  it('reports a vendor that is offline instead of failing', async () => {
    xero.sandbox.faults.plan({ match: { path: '/Organisation' }, mode: 'status', status: 503, delayMs: 0, count: 1 });
    expect(await xero.ledger.check()).toMatchObject({ ok: false, sentence: expect.stringContaining('offline') as string });
  });

  const token = (scope: unknown) => `h.${Buffer.from(JSON.stringify({ scope })).toString('base64url')}.s`;
  it.each([
    [token(['accounting.invoices', 'accounting.contacts']), ['accounting.payments', 'accounting.settings.read', 'accounting.attachments']],
    [token('accounting.transactions accounting.contacts accounting.settings accounting.attachments'), []],
    [
      token([]),
      ['accounting.invoices', 'accounting.payments', 'accounting.contacts', 'accounting.settings.read', 'accounting.attachments'],
    ],
    ['opaque', []],
    ['', []],
  ])('of a token like %s misses %o', (accessToken, missing) => {
    expect(missingScopes(accessToken)).toEqual(missing);
  });

  it('of a missing scope says what to grant', async () => {
    const grants = xero.sandbox.store.all<{ id: string; scopes: string[] }>('oauth-grant');
    for (const grant of grants)
      xero.sandbox.store.put('oauth-grant', grant.id, { ...grant, scopes: ['offline_access', 'accounting.settings.read'] });
    await expect(xero.ledger.find('invoice', ['1'])).rejects.toMatchObject({ kind: 'forbidden' });
    await xero.context.credentials.renew(await xero.context.credentials.current());
    const report = await xero.ledger.check();
    expect(report.ok).toBe(false);
    expect(report.missing.map(({ permission }) => permission)).toContain('accounting.invoices');
  });
});
