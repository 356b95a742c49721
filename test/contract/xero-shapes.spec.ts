// Every request and answer between the connector and a Xero of ours against the type maps that xero-node's models carry: the
// package is generated from the vendor's published contract and lies in every clone, which the contract itself does not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomesOf } from '../support/batch-outcomes.js';
import * as models from 'xero-node/dist/gen/model/accounting/models.js';
import { XeroConnector } from '../../src/connectors/xero/xero.module.js';
import type { AccountingLedger, LedgerDocument } from '../../src/ports/accounting-ledger.js';
import { recordingProxy, type Exchange, type RecordingProxy } from '../support/recording-proxy.js';
import { connectedXero, ledgerDocument, xeroEnvironmentFor, type ConnectedXero } from '../support/xero.js';

interface Attribute {
  baseName: string;
  type: string;
}

/** On the wire and in no model; each was seen in recordings of the vendor or in the examples of its documentation. */
const BESIDE_THE_MODELS = new Set([
  'Id',
  'Status',
  'ProviderName',
  'DateTimeUTC',
  'ValidationErrors',
  'DateString',
  'DueDateString',
  'UpdatedDateUTCString',
  'ID',
]);

/** The models by name; enumerations have none of these maps and are text. */
function attributesOf(type: string): Attribute[] | undefined {
  const model = (models as unknown as Record<string, { getAttributeTypeMap?: () => Attribute[] } | undefined>)[type];
  return model?.getAttributeTypeMap?.();
}

/** Where a value is not what the type says, as a path and a sentence. */
function misfits(value: unknown, type: string, isAnswer: boolean, path = ''): string[] {
  if (value === null || value === undefined) return isAnswer ? [] : [`${path} is sent without a value`];
  const list = /^Array<(.+)>$/.exec(type)?.[1];
  if (list !== undefined) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item, index) => misfits(item, list, isAnswer, `${path}[${index}]`));
  }
  const attributes = attributesOf(type);
  if (attributes) return misfitsOfModel(value, attributes, isAnswer, path);
  const wanted = { number: 'number', boolean: 'boolean', object: 'object' }[type] ?? 'string';
  return typeof value === wanted ? [] : [`${path} is ${JSON.stringify(value)}, and ${type} on the wire is a ${wanted}`];
}

function misfitsOfModel(value: unknown, attributes: readonly Attribute[], isAnswer: boolean, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`];
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = attributes.find(({ baseName }) => baseName === name);
    if (known) return misfits(inner, known.type, isAnswer, `${path}.${name}`);
    return isAnswer && BESIDE_THE_MODELS.has(name) ? [] : [`${path}.${name} is in no model`];
  });
}

/** `/api.xro/2.0/Invoices/{id}/Attachments/x.pdf` is answered with Attachments, `/Organisation` with Organisations. */
function typeOf(path: string): string {
  const words = path.replace('/api.xro/2.0/', '').split('/');
  if (words.includes('Attachments')) return 'Attachments';
  return words[0] === 'Organisation' ? 'Organisations' : (words[0] ?? '');
}

let xero: ConnectedXero;
let proxy: RecordingProxy;
let ledger: AccountingLedger;

beforeAll(async () => {
  xero = await connectedXero();
  proxy = await recordingProxy(xero.sandbox.url);
  const opened = new XeroConnector(xeroEnvironmentFor(xero.sandbox.url, { XERO_API_URL: proxy.url })).open(xero.context);
  if (!opened.ledger) throw new Error('Xero is a ledger');
  ledger = opened.ledger;
  await useEverything();
});
afterAll(async () => {
  proxy.close();
  await xero.close();
});

/** Everything that the port can do, once. */
async function useEverything(): Promise<void> {
  await ledger.profile();
  const codes = await ledger.codes();
  const address = { lines: ['1 High Street', 'Level 2'], city: 'Perth', state: 'WA', postcode: '6000', country: 'Australia' };
  const customer = {
    externalId: '7',
    name: 'A new one',
    email: 'a@b.example',
    phone: '1',
    taxId: '11',
    accountNumber: 'A',
    address,
    deleted: false,
  };
  const [ensured] = await ledger.ensure([{ kind: 'contact', key: 'k', marker: 'CS-C-7', customer }]);
  const contactExternalId = ensured?.outcome.state === 'posted' ? ensured.outcome.externalId : '';
  const post = async (kind: LedgerDocument['kind'], number: string): Promise<string> => {
    const { body } = ledger.prepare(ledgerDocument({ kind, number, contactExternalId }), ledger.suggestMapping(codes), codes, {});
    const [outcome] = await outcomesOf(ledger.send({ requestKey: `${kind}-${number}`, kind, members: [{ memberKey: 'm', number, body }] }));
    return outcome?.state === 'posted' ? outcome.externalId : '';
  };
  const file = { name: '1.pdf', contentType: 'application/pdf', bytes: Buffer.from('%PDF-1.7') };
  for (const kind of ['invoice', 'credit_note'] as const) {
    const externalId = await post(kind, `shape-${kind}`);
    await post(kind, `shape-${kind}`);
    await ledger.attach({ externalId, kind }, file);
    await ledger.find(kind, [`shape-${kind}`, 'with, a comma']);
  }
  await xero.control('/payments', { number: 'shape-invoice', amount: '10', date: '2026-11-20', reference: 'EFT 1' });
  let page = await ledger.settlements(undefined, '2020-01-01');
  while (page.more) page = await ledger.settlements(page.cursor, '2020-01-01');
}

const told = (exchange: Exchange) => `${exchange.method} ${exchange.path}`;
const json = (text: string): unknown => JSON.parse(text);

describe('the exchange with Xero', () => {
  it('was of every kind', () => {
    const kinds = new Set(proxy.exchanges.map(({ method, path }) => `${method} ${typeOf(path)}`));
    expect([...kinds].toSorted()).toEqual([
      'GET Accounts',
      'GET Contacts',
      'GET CreditNotes',
      'GET Invoices',
      'GET Organisations',
      'GET Payments',
      'GET TaxRates',
      'PUT Attachments',
      'PUT Contacts',
      'PUT CreditNotes',
      'PUT Invoices',
    ]);
  });

  it('would be seen to differ', () => {
    expect(misfits({ Invoices: [{ Type: 'ACCREC', Surprise: 1 }] }, 'Invoices', false)).toEqual(['.Invoices[0].Surprise is in no model']);
    expect(misfits({ Invoices: [{ LineItems: [{ Quantity: '1' }] }] }, 'Invoices', true)).toHaveLength(1);
    expect(misfits({ Invoices: [{ Contact: 'x' }] }, 'Invoices', true)).toEqual(['.Invoices[0].Contact is no object']);
    expect(misfits({ Invoices: [{ Reference: null }] }, 'Invoices', false)).toHaveLength(1);
  });

  it('asks in the words of the models, and in no others', () => {
    const asked = proxy.exchanges.filter(({ sent, path }) => sent !== '' && typeOf(path) !== 'Attachments');
    expect(asked.length).toBeGreaterThan(4);
    for (const exchange of asked)
      expect([told(exchange), misfits(json(exchange.sent), typeOf(exchange.path), false)]).toEqual([told(exchange), []]);
  });

  it('is answered in the words of the models', () => {
    for (const exchange of proxy.exchanges.filter(({ status }) => status === 200))
      expect([told(exchange), misfits(json(exchange.answered), typeOf(exchange.path), true)]).toEqual([told(exchange), []]);
  });

  it('always says how many places a price has where lines go out', () => {
    for (const { method, path, query } of proxy.exchanges)
      if (method === 'PUT' && /\/(?:Invoices|CreditNotes)$/.test(path))
        expect(Object.fromEntries(query)).toMatchObject({ summarizeErrors: 'false', unitdp: '4' });
  });
});
