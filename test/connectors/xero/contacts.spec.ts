import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectedXero, type ConnectedXero } from '../../support/xero.js';
import type { Customer } from '../../../src/domain/customer.js';
import type { ReferenceIntent } from '../../../src/ports/accounting-ledger.js';
import type { WriteOutcome } from '../../../src/ports/outcome.js';
import { contactCard, contactName, contactNumber } from '../../../src/connectors/xero/contact-card.js';

let xero: ConnectedXero;
beforeAll(async () => void (xero = await connectedXero()));
afterAll(() => xero.close());
beforeEach(() => void xero.requests());

const customer = (name: string, more: Partial<Customer> = {}): Customer => ({
  externalId: name,
  name,
  address: { lines: ['1 Collins St', 'Level 2'], city: 'Melbourne', state: 'VIC', postcode: '3000', country: 'Australia' },
  deleted: false,
  ...more,
});
const intent = (marker: string, who: Customer | string): ReferenceIntent => ({
  kind: 'contact',
  key: marker,
  marker,
  customer: typeof who === 'string' ? customer(who) : who,
});
const ensure = async (...intents: ReferenceIntent[]): Promise<WriteOutcome[]> =>
  (await xero.ledger.ensure(intents)).map(({ outcome }) => outcome);
const idOf = (outcome: WriteOutcome | undefined): string =>
  outcome?.state === 'posted' ? outcome.externalId : `not posted: ${JSON.stringify(outcome)}`;

interface HeldContact {
  ContactID: string;
  ContactNumber?: string;
  Name: string;
  AccountNumber?: string;
  EmailAddress?: string;
  Addresses: Record<string, string>[];
}
async function held(id: string): Promise<HeldContact> {
  const { accessToken = '' } = await xero.context.credentials.current();
  const headers = { authorization: `Bearer ${accessToken}`, 'xero-tenant-id': xero.context.externalAccountId, accept: 'application/json' };
  const answer = await fetch(`${xero.sandbox.url}/api.xro/2.0/Contacts/${id}`, { headers });
  return ((await answer.json()) as { Contacts: [HeldContact] }).Contacts[0];
}
/** Makes the connector forget what it has read, as another process would not know it. */
let ahead = 0;
const afterAWhile = () => {
  ahead += 120_000;
  xero.context.clock.now = () => new Date(Date.now() + ahead);
};

describe('a customer', () => {
  it('that the ledger knows by name is adopted, brackets and case aside, and its number is left alone', async () => {
    const [red, coral] = await ensure(intent('CS-C-red', 'RED GUM  Timber <Trade>'), intent('CS-C-coral', 'Coral Sea Tours 🐠'));
    expect((await held(idOf(red))).Name).toBe('Red Gum Timber Trade');
    expect((await held(idOf(coral))).Name).toBe('Coral Sea Tours 🐠');
    expect((await held(idOf(red))).ContactNumber).toBeUndefined();
    expect(xero.requests().filter((request) => request.startsWith('PUT'))).toEqual([]);
  });

  it('that it does not know is created with our number, and found by it when renamed', async () => {
    const newcomer = customer('Bondi  "Physio" & <Pilates> ☕', { accountNumber: 'AU2008', email: 'ap@bondi.example', phone: '02 1' });
    const [made] = await ensure(intent('CS-C-bondi', newcomer));
    expect(await held(idOf(made))).toMatchObject({
      Name: 'Bondi "Physio" & Pilates ☕',
      ContactNumber: 'CS-C-bondi',
      AccountNumber: 'AU2008',
      EmailAddress: 'ap@bondi.example',
      Addresses: expect.arrayContaining([
        expect.objectContaining({ AddressType: 'POBOX', AddressLine1: '1 Collins St', AddressLine2: 'Level 2', Country: 'Australia' }),
      ]) as unknown,
    });
    const [again] = await ensure(intent('CS-C-bondi', 'Bondi Physio (renamed)'));
    expect(again).toEqual(made);
  });

  it('comes with neighbours in one request, and a bad one does not stop them', async () => {
    const outcomes = await ensure(intent('CS-C-n1', 'Neighbour One'), intent('CS-C-n2', ' <> '), intent('CS-C-n3', 'Neighbour Three'));
    expect(outcomes.map((outcome) => outcome.state)).toEqual(['posted', 'refused', 'posted']);
    expect(xero.requests()).toEqual(['PUT /Contacts']);
  });

  it('whose name is another one to us and the same to the ledger shares its contact', async () => {
    const [first, second] = await ensure(intent('CS-C-t1', 'Twins  Pty'), intent('CS-C-t2', 'TWINS PTY'));
    expect(idOf(second)).toBe(idOf(first));
  });

  it('gets an account number only when nobody has it', async () => {
    const [first, second] = await ensure(
      intent('CS-C-a1', customer('Account One', { accountNumber: 'ACC-1' })),
      intent('CS-C-a2', customer('Account Two', { accountNumber: 'ACC-1' })),
    );
    expect((await held(idOf(first))).AccountNumber).toBe('ACC-1');
    expect((await held(idOf(second))).AccountNumber).toBeUndefined();
  });

  it('that was merged away leads to the one that stayed, and an archived one is for a person', async () => {
    const [loser, winner] = await ensure(intent('CS-C-loser', 'Loser Ltd'), intent('CS-C-winner', 'Winner Ltd'));
    await xero.control('/merge', { loser: idOf(loser), winner: idOf(winner) });
    afterAWhile();
    expect(idOf((await ensure(intent('CS-C-loser', 'Loser Ltd')))[0])).toBe(idOf(winner));
    const contact = xero.sandbox.store.get<object>('contact', idOf(winner)) ?? {};
    xero.sandbox.store.put('contact', idOf(winner), { ...contact, status: 'ARCHIVED', updatedAt: new Date().toISOString() });
    afterAWhile();
    expect(await ensure(intent('CS-C-winner', 'Winner Ltd'))).toMatchObject([{ state: 'refused', vendorCode: 'contact_archived' }]);
  });
});

describe('a request for customers', () => {
  it.each(['drop-after-commit', 'malformed', 'timeout'] as const)(
    '(%s) leaves them unknown, and asking again makes none twice',
    async (mode) => {
      const asked = [intent(`CS-C-${mode}-1`, `Lost ${mode} 1`), intent(`CS-C-${mode}-2`, `Lost ${mode} 2`)];
      xero.sandbox.faults.plan({ match: { method: 'PUT', path: '/Contacts' }, mode, status: 503, delayMs: 0, count: 1 });
      const ledger = mode === 'timeout' ? xero.hasty() : xero.ledger;
      expect((await ledger.ensure(asked)).map(({ outcome }) => outcome)).toMatchObject([{ state: 'unknown' }, { state: 'unknown' }]);
      xero.requests();
      const again = await ledger.ensure(asked);
      expect(again.map(({ outcome }) => outcome.state)).toEqual(['posted', 'posted']);
      expect(xero.requests()).toEqual(mode === 'timeout' ? ['GET /Contacts', 'PUT /Contacts'] : ['GET /Contacts']);
    },
  );

  it('looks once more when somebody else was faster', async () => {
    await ensure(intent('CS-C-first', 'Warm Up Ltd'));
    const other = xero.connector.open({ ...xero.context, apiAddress: `${xero.sandbox.url}/` }).ledger;
    const [made] = (await other?.ensure([intent('CS-C-race', 'Race Ltd')])) ?? [];
    xero.requests();
    expect(await ensure(intent('CS-C-race', 'Race Ltd'))).toEqual([made?.outcome]);
    expect(xero.requests()).toEqual(['PUT /Contacts', 'GET /Contacts']);
  });

  it('is not sent while nothing is missing, and reads only changes after a minute', async () => {
    await ensure(intent('CS-C-calm', 'Calm Ltd'));
    xero.requests();
    await ensure(intent('CS-C-calm', 'Calm Ltd'));
    expect(xero.requests()).toEqual([]);
    afterAWhile();
    await ensure(intent('CS-C-calm', 'Calm Ltd'));
    const [read] = xero.sandbox.log.list();
    expect(read?.headers['if-modified-since']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  });

  it('for items is answered, though nothing here needs them', async () => {
    const item: ReferenceIntent = { kind: 'item', key: 'i', name: 'Labour', category: 'service', mappedTo: undefined };
    expect(await xero.ledger.ensure([item])).toMatchObject([{ key: 'i', outcome: { state: 'refused' } }]);
    expect(xero.requests()).toEqual([]);
  });
});

describe('what is sent of a customer', () => {
  it.each([
    ['  Acme   Pty\u00a0 Ltd ', 'Acme Pty Ltd'],
    ['<b>Acme</b> & Sons', 'bAcme/b & Sons'],
    ['A <> B', 'A B'],
    ['Acme\n\tPty', 'Acme Pty'],
    ['Cafe\u0301 ☕', 'Café ☕'],
    [`${'x'.repeat(254)}🐠`, 'x'.repeat(254)],
    ['<>', ''],
  ])('the name %j is %j', (name, sent) => {
    expect(contactName(name)).toBe(sent);
  });

  it('leaves out what the ledger would choke on', () => {
    const card = contactCard(
      customer('Acme', {
        email: 'no address',
        phone: '1'.repeat(60),
        taxId: ' ',
        address: { lines: ['1', '2', '3', '4', '5'], country: 'Côte d’Ivoire' },
      }),
      'CS-1',
      undefined,
    );
    expect(card).toEqual({
      name: 'Acme',
      contactNumber: 'CS-1',
      addresses: [{ addressType: 'POBOX', addressLine1: '1', addressLine2: '2', addressLine3: '3', addressLine4: '4, 5' }],
    });
  });

  it('keeps markers of up to 50 characters, and tells longer ones apart', () => {
    const long = 'CS-'.padEnd(60, 'a');
    expect(contactNumber('x'.repeat(50))).toBe('x'.repeat(50));
    expect(contactNumber(long)).toHaveLength(50);
    expect(contactNumber(long)).not.toBe(contactNumber(`${long.slice(0, 59)}b`));
  });
});
