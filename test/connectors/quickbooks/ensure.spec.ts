import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectedQuickbooks, type ConnectedQuickbooks, type HeldEntity } from '../../support/quickbooks.js';
import type { ReferenceIntent } from '../../../src/ports/accounting-ledger.js';
import { VENDOR_WITH_CUSTOMER_NAME } from '../../../sandbox/quickbooks/index.js';

let quickbooks: ConnectedQuickbooks;
beforeEach(async () => {
  quickbooks = await connectedQuickbooks();
});
afterEach(() => quickbooks.close());

const contact = (name: string, more: Record<string, unknown> = {}): ReferenceIntent => ({
  kind: 'contact',
  key: name,
  marker: `CS-C-${name.replace(/[^A-Za-z0-9]/g, '').slice(0, 20)}`,
  customer: { externalId: name, name, address: { lines: [] }, deleted: false, ...more },
});
const item = (name: string, more: Partial<Extract<ReferenceIntent, { kind: 'item' }>> = {}): ReferenceIntent => ({
  kind: 'item',
  key: `${name}/1`,
  name: `${name} (Services)`,
  category: 'service',
  mappedTo: '1',
  ...more,
});

async function ensured(...intents: ReferenceIntent[]): Promise<(string | undefined)[]> {
  const outcomes = await quickbooks.ledger.ensure(intents);
  return outcomes.map(({ outcome }) =>
    outcome.state === 'posted' ? outcome.externalId : outcome.state === 'refused' ? outcome.cause : outcome.why,
  );
}
async function rows(entity: string, where = 'Active in (true, false)'): Promise<HeldEntity[]> {
  const query = encodeURIComponent(`select * from ${entity} where ${where} maxresults 1000`);
  return (await quickbooks.api('GET', `/query?query=${query}`)).QueryResponse[entity] ?? [];
}
const held = async (entity: 'Customer' | 'Item', id: string | undefined) =>
  (await quickbooks.api('GET', `/${entity.toLowerCase()}/${id}`))[entity];
const deactivate = async (id: string) =>
  quickbooks.api('POST', '/customer', { Id: id, SyncToken: (await held('Customer', id)).SyncToken, sparse: true, Active: false });

describe('contacts', () => {
  it('finds by name in any case, creates the rest in one request, and both again by memory', async () => {
    const all = [contact('HARBOR dental'), contact('New One'), contact('Acme: West\tCoast'), contact("O'Brien & Daughters Law")];
    const ids = await ensured(...all);
    expect(quickbooks.requests()).toEqual(['GET /query customer', 'POST /batch']);
    expect(await held('Customer', ids[0])).toMatchObject({ DisplayName: 'Harbor Dental' });
    expect(await held('Customer', ids[2])).toMatchObject({ DisplayName: 'Acme - West Coast', Notes: '[CS-C-AcmeWestCoast]' });
    expect(await held('Customer', ids[3])).toMatchObject({ DisplayName: "O'Brien & Daughters Law" });
    quickbooks.requests();
    expect(await ensured(...all)).toEqual(ids);
    expect(quickbooks.requests()).toEqual([]);
  });

  it('writes what it knows of a customer and leaves out what would be refused', async () => {
    const full = contact('Full House', {
      email: 'ap@full.example',
      phone: '555 0100',
      currency: 'USD',
      address: { lines: ['1 Main', 'Floor 2', 'c', 'd', 'e', 'f'], city: 'Tampa', state: 'FL', postcode: '33602', country: 'USA' },
    });
    const odd = contact('Odd House', { email: 'not an address', phone: '5'.repeat(31) });
    const [first, second] = await ensured(full, odd);
    expect(await held('Customer', first)).toMatchObject({
      CompanyName: 'Full House',
      PrimaryEmailAddr: { Address: 'ap@full.example' },
      PrimaryPhone: { FreeFormNumber: '555 0100' },
      BillAddr: {
        Line1: '1 Main',
        Line4: 'd',
        Line5: 'e, f',
        City: 'Tampa',
        CountrySubDivisionCode: 'FL',
        PostalCode: '33602',
        Country: 'USA',
      },
    });
    expect(await held('Customer', second)).not.toHaveProperty('PrimaryEmailAddr');
  });

  it('finds its own customer by the marker after it was renamed, also in another process', async () => {
    const [id = ''] = await ensured(contact('Before'));
    await quickbooks.api('POST', '/customer', { Id: id, SyncToken: '0', sparse: true, DisplayName: 'After' });
    const outcomes = await quickbooks.fresh().ensure([contact('Before')]);
    expect(outcomes[0]?.outcome).toMatchObject({ state: 'posted', externalId: id });
  });

  it('a name that a vendor has gets a suffix, says why, and is found again', async () => {
    const before = (await rows('Customer')).length;
    const [id] = await ensured(contact(VENDOR_WITH_CUSTOMER_NAME), contact('Neighbour'));
    expect(await held('Customer', id)).toMatchObject({
      DisplayName: `${VENDOR_WITH_CUSTOMER_NAME} (C)`,
      CompanyName: VENDOR_WITH_CUSTOMER_NAME,
      Notes: expect.stringMatching(/^\[CS-C-BlueHeronRealty\] A vendor or an employee in QuickBooks is called/) as string,
    });
    expect(await rows('Customer')).toHaveLength(before + 2);
    expect((await quickbooks.fresh().ensure([contact(VENDOR_WITH_CUSTOMER_NAME)]))[0]?.outcome).toMatchObject({ externalId: id });
    expect(await rows('Customer')).toHaveLength(before + 2);
  });

  it('adopts what somebody else created meanwhile instead of suffixing it', async () => {
    await ensured(contact('Harbor Dental'));
    const made = await quickbooks.api('POST', '/customer', { DisplayName: 'Quick Hands' });
    expect(await ensured(contact('Quick Hands'))).toEqual([made.Customer.Id]);
    expect(await rows('Customer', "DisplayName like 'Quick Hands%'")).toHaveLength(1);
  });

  it('gives up on a name whose suffix is taken too, and says so', async () => {
    await quickbooks.api('POST', '/customer', { DisplayName: `${VENDOR_WITH_CUSTOMER_NAME} (C)` });
    expect((await ensured(contact(VENDOR_WITH_CUSTOMER_NAME)))[0]).toContain('already has this name');
  });

  it('says what to do about an inactive customer of ours, and about no name', async () => {
    const [id = ''] = await ensured(contact('Sleeper'));
    await deactivate(id);
    const [sleeper, nameless] = await quickbooks.fresh().ensure([contact('Sleeper'), contact(' \t')]);
    expect(sleeper?.outcome).toMatchObject({ state: 'refused', vendorCode: 'contact_inactive' });
    expect(nameless?.outcome).toMatchObject({ state: 'refused', cause: expect.stringContaining('no name') as string });
  });

  it('two customers of one name share one, and one refused does not stop its neighbours', async () => {
    const [one, two, foreign, fine] = await quickbooks.ledger.ensure([
      contact('Twin'),
      { ...contact('twin'), key: 'other' },
      contact('Foreign', { currency: 'AUD' }),
      contact('Fine'),
    ]);
    expect(one?.outcome).toEqual(two?.outcome);
    expect(foreign?.outcome).toMatchObject({ state: 'refused', vendorCode: 'currency_not_enabled' });
    expect(fine?.outcome.state).toBe('posted');
  });

  it('knows nothing after a lost answer and finds them the next time', async () => {
    await quickbooks.control('/faults', { match: { path: '/batch' }, mode: 'drop-after-commit' });
    const [lost] = await quickbooks.ledger.ensure([contact('Lost')]);
    expect(lost?.outcome.state).toBe('unknown');
    const [id] = await ensured(contact('Lost'));
    expect(await held('Customer', id)).toMatchObject({ DisplayName: 'Lost' });
    expect(await rows('Customer', "DisplayName like 'Lost%'")).toHaveLength(1);
  });

  it('more than thirty new ones go in thirties', async () => {
    const ids = await ensured(...Array.from({ length: 31 }, (_, index) => contact(`Bulk ${index}`)));
    expect(new Set(ids).size).toBe(31);
    expect(quickbooks.requests()).toEqual(['GET /query customer', 'POST /batch', 'POST /batch']);
  });

  it('asks for changes only, once the list is a minute old', async () => {
    let now = Date.now();
    quickbooks.context.clock.now = () => new Date(now);
    await ensured(contact('Harbor Dental'));
    now += 61_000;
    const made = await quickbooks.api('POST', '/customer', { DisplayName: 'Newcomer' });
    quickbooks.sandbox.log.clear();
    expect(await ensured(contact('Newcomer'))).toEqual([made.Customer.Id]);
    const [request] = quickbooks.sandbox.log.list();
    expect(decodeURIComponent(request?.path ?? '')).toMatch(/MetaData\.LastUpdatedTime >= '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ'/);
  });
});

describe('items', () => {
  it('uses the item of that name on that account, and makes one where the account is another', async () => {
    const [services, elsewhere] = await ensured(
      item('Services'),
      item('Services', { key: 'Services/3', name: 'Services (Hardware Sales)', mappedTo: '3' }),
    );
    expect(await held('Item', services)).toMatchObject({ Name: 'Services', IncomeAccountRef: { value: '1' } });
    expect(await held('Item', elsewhere)).toMatchObject({
      Name: 'Services (Hardware Sales)',
      IncomeAccountRef: { value: '3' },
      Type: 'Service',
    });
    expect(quickbooks.requests()).toContain('POST /batch');
  });

  it('finds a product by its code or its name, whatever its account, and makes it as a product', async () => {
    const made = await quickbooks.api('POST', '/item', {
      Name: 'Router',
      Sku: 'rt-9',
      Type: 'NonInventory',
      IncomeAccountRef: { value: '3' },
    });
    const product = (code: string): ReferenceIntent => item(code, { key: `product/${code}`, name: code, category: 'product' });
    const [bySku, byName, created] = await ensured(product('RT-9'), product('hardware'), product('HP:840'));
    expect(bySku).toBe(made.Item.Id);
    expect(await held('Item', byName)).toMatchObject({ Name: 'Hardware' });
    expect(await held('Item', created)).toMatchObject({ Name: 'HP - 840', Sku: 'HP:840', Type: 'NonInventory' });
    expect((await quickbooks.fresh().ensure([product('HP:840')]))[0]?.outcome).toMatchObject({ externalId: created });
  });

  it('takes another name when somebody just took the first', async () => {
    await ensured(item('Services'));
    await quickbooks.api('POST', '/item', { Name: 'Agreements', Type: 'Service', IncomeAccountRef: { value: '3' } });
    const [id] = await ensured(item('Agreements'));
    expect(await held('Item', id)).toMatchObject({ Name: 'Agreements (Services)', IncomeAccountRef: { value: '1' } });
  });

  it('says when no account is chosen, or one that cannot be', async () => {
    const [none, wrong] = await quickbooks.ledger.ensure([
      item('Nowhere', { mappedTo: undefined }),
      item('Wrong', { key: 'Wrong/6', mappedTo: '6' }),
    ]);
    expect(none?.outcome).toMatchObject({ state: 'refused', vendorCode: 'account_missing' });
    expect(wrong?.outcome).toMatchObject({ state: 'refused', vendorCode: 'account_invalid' });
  });

  it('nothing asked is nothing sent, and the same key twice is one item', async () => {
    expect(await quickbooks.ledger.ensure([])).toEqual([]);
    const [one, two] = await ensured(item('Expenses X'), item('Expenses X'));
    expect(one).toBe(two);
    expect(await rows('Item', "Name like 'Expenses X%'")).toHaveLength(1);
  });
});
