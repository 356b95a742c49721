import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CUSTOMERS } from '../msp/msp.js';
import { ConnectedClient } from './connected-client.fixture.js';
import { VENDOR_WITH_CUSTOMER_NAME } from './seed.js';
import type { WireEntity } from './wire.fixture.js';

describe('the seeded company', () => {
  let client: ConnectedClient;
  beforeAll(async () => {
    client = await ConnectedClient.start();
  });
  afterAll(() => client.stop());

  it('knows the known customers of its office and no other', async () => {
    const { Customer } = (await client.query('select * from Customer maxresults 1000')).body.QueryResponse;
    const expected = CUSTOMERS.filter(({ office, knownToLedger }) => office === 'us' && knownToLedger).map(({ name }) => name);
    expect(Customer.map((customer) => customer.DisplayName)).toEqual(expected);
    const [taken] = CUSTOMERS.filter(({ name }) => name === VENDOR_WITH_CUSTOMER_NAME);
    expect(taken).toMatchObject({ office: 'us', knownToLedger: false });
  });

  it('has old documents in every state', async () => {
    const { Invoice } = (await client.query("select * from Invoice where DocNumber like 'OLD-%' orderby DocNumber")).body.QueryResponse;
    const [paid, open, partly, voided] = Invoice as [WireEntity, WireEntity, WireEntity, WireEntity];
    expect(paid.Balance).toBe(0);
    expect(open.Balance).toBe(open.TotalAmt);
    expect(partly.Balance).toBe(partly.TotalAmt - 100);
    expect(voided).toMatchObject({ TotalAmt: 0, PrivateNote: 'Voided' });
  });

  it('has its lists, an inactive account among them', async () => {
    const active = (await client.query('select count(*) from Account')).body.QueryResponse.totalCount;
    const all = (await client.query('select count(*) from Account where Active in (true, false)')).body.QueryResponse.totalCount;
    expect(all - active).toBe(1);
    expect((await client.get('/taxcode/TAX')).body.TaxCode.Id).toBe('TAX');
    expect((await client.get('/companyinfo/1')).body.CompanyInfo).toMatchObject({ CompanyName: 'Lumen IT LLC', Country: 'US' });
  });

  it('shows a page that escapes names and notes', async () => {
    await client.invoice('PAGE-1', 12.5, { PrivateNote: '<script>alert(1)</script>' });
    const html = await (await fetch(`${client.sandbox.url}/`)).text();
    expect(html).toContain('PAGE-1');
    expect(html).toContain('12.50');
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<Express>');
  });
});
