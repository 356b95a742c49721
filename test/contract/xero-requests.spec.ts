// Every body that the connector sends to Xero against the component schemas of the vendor's published OpenAPI file, which
// lies beside the checkout and not in it: without the file these tests are skipped, and say so.
import { existsSync, readFileSync } from 'node:fs';
import { outcomesOf } from '../support/batch-outcomes.js';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { connectedXero, ledgerDocument, type ConnectedXero } from '../support/xero.js';
import type { LedgerDocument, LedgerLine } from '../../src/ports/accounting-ledger.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const specification = join(root, '..', 'shared', 'contracts', 'xero_accounting.yaml');
const isThere = existsSync(specification);

type Schema = Record<string, unknown>;

/** Properties that a schema does not name become errors: the vendor drops them without a word. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const schema = value as Schema;
  // A reference stands alone: its neighbours (a repeated type) are ignored by every reader of this version of OpenAPI.
  if (typeof schema['$ref'] === 'string') return { $ref: schema['$ref'] };
  const copy = Object.fromEntries(Object.entries(schema).map(([key, inner]) => [key, closed(inner)]));
  const isObjectSchema = typeof schema['properties'] === 'object' && schema['properties'] !== null && !('name' in schema && 'in' in schema);
  return isObjectSchema ? { ...copy, additionalProperties: false } : copy;
}

function validators(): (name: string, body: unknown) => string[] {
  const file = parse(readFileSync(specification, 'utf8')) as { components: { schemas: Schema } };
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'xero', components: { schemas: closed(file.components.schemas) } });
  return (name, body) => {
    const validate = ajv.compile({ $ref: `xero#/components/schemas/${name}` });
    validate(body);
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
  };
}

const line = (more: Partial<LedgerLine>): LedgerLine => ({
  description: 'Labour',
  quantity: '1',
  unitPrice: '100',
  amount: '100.00',
  taxable: true,
  category: 'service',
  ...more,
});

const DOCUMENTS: [name: string, more: Partial<LedgerDocument>][] = [
  ['a plain one', {}],
  ['one with its marker in the reference', { link: 'http://localhost/1' }],
  [
    'one with every sort of line',
    {
      lines: [
        line({ quantity: '3', unitPrice: '33.33' }),
        line({ quantity: '-1', unitPrice: '20', amount: '-20.00', category: 'discount' }),
        line({ quantity: '1.5', unitPrice: '180', amount: '0.00', taxable: false }),
        line({ quantity: '0', unitPrice: '0', amount: '0.00', description: 'A note' }),
        line({ quantity: '1.33333', unitPrice: '15', amount: '20.00', category: 'product' }),
      ],
    },
  ],
];

describe.skipIf(!isThere)('bodies to Xero (skipped without the published OpenAPI file)', () => {
  let xero: ConnectedXero;
  let errorsIn: ReturnType<typeof validators>;
  beforeAll(async () => {
    xero = await connectedXero();
    errorsIn = validators();
  });
  afterAll(() => xero.close());

  it('the schemas refuse what they do not name, so that these tests can fail', () => {
    expect(errorsIn('Invoices', { Invoices: [{ Type: 'ACCREC', Contact: {}, LineItems: [], Surprise: 1 }] })).not.toEqual([]);
    expect(errorsIn('Invoices', { Invoices: [{ Type: 'ACCREC', Contact: {}, LineItems: [{ Quantity: '1' }] }] })).not.toEqual([]);
  });

  it.each(DOCUMENTS)('%s is an Invoice and a CreditNote, and the ledger takes both', async (name, more) => {
    const codes = await xero.ledger.codes();
    const customer = { externalId: '1', name: 'Wattle Street Medical', address: { lines: [] }, deleted: false };
    const [ensured] = await xero.ledger.ensure([{ kind: 'contact', key: 'k', marker: 'CS-C-1', customer }]);
    const contactExternalId = ensured?.outcome.state === 'posted' ? ensured.outcome.externalId : '';
    for (const kind of ['invoice', 'credit_note'] as const) {
      const document = ledgerDocument({ ...more, kind, number: `${kind} ${name}`, contactExternalId });
      const { body, number } = xero.ledger.prepare(document, xero.ledger.suggestMapping(codes), codes, {});
      xero.sandbox.log.clear();
      const outcomes = await outcomesOf(
        xero.ledger.send({
          requestKey: `${kind} ${name}`.slice(0, 36),
          kind,
          members: [{ memberKey: 'm', number, body }],
        }),
      );
      expect(outcomes).toMatchObject([{ state: 'posted' }]);
      const [sent] = xero.sandbox.log.list({ method: 'PUT' });
      expect(errorsIn(kind === 'invoice' ? 'Invoices' : 'CreditNotes', JSON.parse(sent?.body ?? ''))).toEqual([]);
    }
  });

  it('a new customer is a Contact', async () => {
    const address = { lines: ['1', '2', '3', '4', '5'], city: 'Perth', state: 'WA', postcode: '6000', country: 'Australia' };
    const customer = {
      externalId: '2',
      name: 'New <Co> ☕',
      email: 'a@b.example',
      phone: '1',
      taxId: '11',
      accountNumber: 'A',
      address,
      deleted: false,
    };
    xero.sandbox.log.clear();
    const [ensured] = await xero.ledger.ensure([{ kind: 'contact', key: 'k', marker: 'CS-C-2', customer }]);
    expect(ensured?.outcome.state).toBe('posted');
    const [sent] = xero.sandbox.log.list({ method: 'PUT', path: '/Contacts' });
    expect(errorsIn('Contacts', JSON.parse(sent?.body ?? ''))).toEqual([]);
  });
});

it.skipIf(isThere)(`is skipped: ${specification} is not there`, () => undefined);
