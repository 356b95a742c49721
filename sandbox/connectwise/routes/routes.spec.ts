import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Doc } from '../documents.js';
import * as models from '../models.js';
import type { Model } from '../models.js';
import { SpecClient } from '../spec-client.fixture.js';

let psa: SpecClient;
beforeAll(async () => void (psa = await SpecClient.start()));
afterAll(() => psa.stop());

describe('every table', () => {
  it.each([
    '/finance/invoices',
    '/finance/invoices/5202/routings',
    '/finance/billingStatuses',
    '/finance/billingTerms',
    '/finance/billingSetups',
    '/finance/taxCodes',
    '/finance/taxCodes/13/taxCodeLevels',
    '/finance/currencies',
    '/finance/agreements',
    '/finance/agreements/types',
    '/finance/agreements/88/additions',
    '/finance/agreements/88/adjustments',
    '/time/entries',
    '/expense/entries',
    '/procurement/products',
    '/company/companies',
    '/company/companies/250/sites',
    '/company/contacts',
    '/system/members',
    '/system/info/members',
    '/system/locations',
  ])('%s lists, counts and shows one', async (path) => {
    const list = await psa.get<Doc[]>(path, { pageSize: '1000', conditions: 'lastUpdated > [2019-01-01] or id > 0' });
    expect(list.status).toBe(200);
    expect(list.body.length).toBeGreaterThan(0);
    expect((await psa.get(`${path}/count`)).body['count']).toBeGreaterThanOrEqual(list.body.length);
    const [first] = list.body;
    expect((await psa.get(`${path}/${first?.id}`)).body).toEqual(first);
    expect((await psa.get(`${path}/987654321`)).status).toBe(404);
  });

  it('shows members by identifier too', async () => {
    expect((await psa.get('/system/members/Dana')).body).toMatchObject({ identifier: 'dana', primaryEmail: 'dana@lumen.example' });
  });

  it('gives one invoice with all that prints on it', async () => {
    const [bundle] = (
      await psa.get<{ id: number; invoice: { id: number } }[]>('/procurement/products', {
        conditions: 'productClass = "Bundle"',
        pageSize: '1',
      })
    ).body;
    const components = await psa.get<Doc[]>(`/procurement/products/${bundle?.id}/components`);
    expect(components.body).toHaveLength(3);
    const info = await psa.get<Record<string, Doc[]>>(`/finance/info/invoice/${bundle?.invoice.id}`);
    expect(info.body['products']?.map(({ id }) => id)).toContain(bundle?.id);
    expect(info.body['bundledComponentsInfo']).toEqual(expect.arrayContaining(components.body));
    const [agreement] = (await psa.get<Doc[]>('/finance/invoices', { conditions: 'type = "Agreement"', pageSize: '1', page: '2' })).body;
    const billed = await psa.get<{ agreementBillingInfo: { agreementAmount: number; parentRecId?: number }[]; timeEntries: Doc[] }>(
      `/finance/info/invoice/${agreement?.id}`,
    );
    expect(billed.body.agreementBillingInfo).toMatchObject([{ agreementRecId: 89 }, { parentRecId: 89 }]);
    expect(billed.body.timeEntries.every((entry) => entry['extendedInvoiceAmount'] === 0 && Number(entry['agreementHours']) > 0)).toBe(
      true,
    );
  });
});

const STORED: Record<string, Model> = {
  invoice: models.Invoice,
  routing: models.InvoiceRouting,
  payment: models.InvoicePayment,
  billingStatus: models.BillingStatus,
  billingTerms: models.BillingTerms,
  billingSetup: models.BillingSetup,
  taxCode: models.TaxCode,
  currency: models.Currency,
  agreement: models.Agreement,
  agreementType: models.AgreementType,
  addition: models.Addition,
  adjustment: models.Adjustment,
  time: models.TimeEntry,
  expense: models.ExpenseEntry,
  product: models.ProductItem,
  component: models.ProductComponent,
  company: models.Company,
  site: models.CompanySite,
  contact: models.Contact,
  member: models.Member,
  location: models.Location,
};
const TYPES: Record<string, string> = { s: 'string', i: 'number', d: 'number', b: 'boolean', t: 'string', r: 'object', a: 'object' };

describe('the seeded records', () => {
  it.each(Object.entries(STORED))('%s rows have only fields of their model, of its kinds', (kind, model) => {
    for (const row of psa.sandbox.store.all<Doc>(kind)) {
      for (const [name, value] of Object.entries(row)) {
        if (name === '_sandbox') continue;
        expect([name, model.fields.has(name)]).toEqual([name, true]);
        expect([name, typeof value]).toEqual([name, TYPES[model.fields.get(name)?.kind ?? '']]);
      }
    }
  });
});
