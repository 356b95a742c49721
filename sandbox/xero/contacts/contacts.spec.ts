import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CUSTOMERS } from '../../msp/msp.js';
import { connectedSandbox, type TestClient } from '../test-client.fixture.js';
import type { Json, Wire } from '../wire.fixture.js';

let client: TestClient;
const put = (contact: Json, query = '') => client.api('PUT', `/Contacts${query}`, contact);
const post = (contact: Json) => client.api('POST', '/Contacts', { Contacts: [contact] });
const only = (answer: { json: Wire }) => answer.json['Contacts'][0] as Wire;
const complaint = (answer: { json: Wire }) => answer.json.Elements[0]?.ValidationErrors[0]?.Message;

beforeAll(async () => void (client = await connectedSandbox()));
afterAll(() => client.close());

describe('contacts', () => {
  it('know the Australian customers of old by name only', async () => {
    const contacts = (await client.api('GET', '/Contacts?page=1')).json['Contacts'] as Json[];
    const names = contacts.map((contact) => contact['Name']);
    for (const customer of CUSTOMERS.filter(({ office }) => office === 'au')) {
      expect(names.includes(customer.name.replace(/[<>]/g, ''))).toBe(customer.knownToLedger);
    }
    expect(contacts.every((contact) => contact['ContactNumber'] === undefined)).toBe(true);
    expect(contacts[0]?.['Addresses']).toHaveLength(2);
    expect(contacts[0]?.['Phones']).toHaveLength(4);
  });

  it('have unique names, numbers and account numbers; the refusal shows what was sent', async () => {
    const created = only(await put({ Name: 'Acme Pty Ltd', ContactNumber: 'cust-41', AccountNumber: 'A1' }));
    const twice = await put({ ContactNumber: 'cust-42', Name: 'ACME Pty Ltd', Addresses: [{ AddressType: 'STREET', City: 'Perth' }] });
    expect(twice.status).toBe(400);
    expect(twice.json['Elements'][0]).toMatchObject({
      ContactID: '00000000-0000-0000-0000-000000000000',
      HasValidationErrors: true,
      Addresses: [{ AddressType: 'STREET', City: 'Perth', ValidationErrors: [] }],
    });
    expect(complaint(twice)).toBe(
      'The contact name ACME Pty Ltd is already assigned to another contact. The contact name must be unique across all active contacts.',
    );
    expect(complaint(await put({ Name: 'Other', ContactNumber: 'cust-41' }))).toContain('cust-41');
    expect(complaint(await put({ Name: 'Other', AccountNumber: 'A1' }))).toContain('Account Number');
    expect(only(await post({ ContactNumber: 'cust-41', EmailAddress: 'x@acme.example' }))).toMatchObject({
      ContactID: created['ContactID'],
      Name: 'Acme Pty Ltd',
    });
    expect(only(await post({ Name: 'Acme Pty Ltd', ContactNumber: 'cust-43' }))).toMatchObject({
      ContactID: created['ContactID'],
      ContactNumber: 'cust-43',
    });
    expect(only(await client.api('GET', '/Contacts/cust-43'))).toMatchObject({ EmailAddress: 'x@acme.example' });
  });

  it.each([[''], [' led by a space'], ['two  spaces'], ['angle <brackets>'], ['n'.repeat(256)]])('refuse the name "%s"', async (Name) => {
    expect((await put({ Name })).status).toBe(400);
  });

  it('disappear from lists when archived and cannot be edited then; their name is free', async () => {
    const { ContactID } = only(await put({ Name: 'Gone Pty Ltd' }));
    await post({ ContactID, ContactStatus: 'ARCHIVED' });
    expect((await client.api('GET', `/Contacts?IDs=${ContactID}`)).json['Contacts']).toEqual([]);
    expect((await client.api('GET', `/Contacts?IDs=${ContactID}&includeArchived=true`)).json['Contacts']).toHaveLength(1);
    expect(complaint(await post({ ContactID, EmailAddress: 'late@gone.example' }))).toContain('matched an archived contact');
    expect((await put({ Name: 'Gone Pty Ltd' })).status).toBe(200);
  });

  it('point to the winner of a merge', async () => {
    const loser = only(await put({ Name: 'Loser' }))['ContactID'];
    const winner = only(await put({ Name: 'Winner' }))['ContactID'];
    await client.control('/merge', { loser, winner });
    expect(only(await client.api('GET', `/Contacts/${loser}`))).toMatchObject({ ContactStatus: 'ARCHIVED', MergedToContactID: winner });
  });

  it('are found by where and by search', async () => {
    const where = encodeURIComponent('Name=="kookaburra freight pty ltd"');
    expect((await client.api('GET', `/Contacts?where=${where}`)).json['Contacts']).toHaveLength(1);
    expect((await client.api('GET', '/Contacts?searchTerm=kookaburra&page=1')).json['pagination']['itemCount']).toBe(1);
    expect((await client.api('GET', '/Contacts?summaryOnly=true')).json['Contacts'][0]).not.toHaveProperty('Addresses');
  });

  it('carry on past a bad neighbour', async () => {
    const answer = await client.api('PUT', '/Contacts?summarizeErrors=false', { contacts: [{ Name: 'Good One' }, { Name: '<bad>' }] });
    expect(answer.status).toBe(200);
    expect(answer.json['Contacts'].map((contact) => contact['StatusAttributeString'])).toEqual(['OK', 'ERROR']);
  });
});
