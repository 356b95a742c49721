// Every request and answer between the connector and a QuickBooks of ours against shapes that are written down here: the SDK
// carries no maps that could be read at run time.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomesOf } from '../support/batch-outcomes.js';
import { z } from 'zod';
import { QuickbooksConnector } from '../../src/connectors/quickbooks/quickbooks.module.js';
import type { AccountingLedger } from '../../src/ports/accounting-ledger.js';
import { connectedQuickbooks, quickbooksEnvironmentFor, readyToPrepare, type ConnectedQuickbooks } from '../support/quickbooks.js';
import { recordingProxy, type Exchange, type RecordingProxy } from '../support/recording-proxy.js';

/*
 * Sources. [d] node-quickbooks 2.0.50, `index.d.ts`: the entities' fields and their types, BatchItemRequest, QueryCriteria.
 * [r] its README: batch (30 items; create, update, delete, query), changeDataCapture (entities, since), upload, query operators.
 * [v] the vendor's reference of each entity, for the fields that [d] leaves to "any" and for lengths.
 * Requests are closed: a field that neither names is a mistake of ours. Answers are open, and what they name has these types.
 */
const text = (most: number) => z.string().min(1).max(most);
const ref = z.strictObject({ value: z.string().min(1), name: z.string().optional() }); // [d] Ref
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/); // [v] date
const money = z.number().refine((amount) => /^-?\d+(?:\.\d{1,7})?$/.test(String(amount)), 'is no amount');

const line = z.strictObject({
  LineNum: z.number().int().positive(), // [v]
  Description: text(4_000), // [d] Invoice.Line
  Amount: money, // [d]
  DetailType: z.literal('SalesItemLineDetail'), // [d]
  SalesItemLineDetail: z.strictObject({
    ItemRef: ref, // [d]
    Qty: z.number(), // [d]
    UnitPrice: money, // [d]
    TaxCodeRef: z.strictObject({ value: z.enum(['TAX', 'NON']) }), // [d] [v] in the US
    ServiceDate: day.optional(), // [v]
  }),
});

const document = {
  CustomerRef: ref, // [d]
  CurrencyRef: ref, // [d]
  DocNumber: text(21), // [d] [v]
  TxnDate: day, // [d]
  PrivateNote: text(4_000), // [d] [v]
  CustomerMemo: z.strictObject({ value: text(1_000) }).optional(), // [v]
  Line: z.array(line).min(1).max(750), // [d] [v]
  TxnTaxDetail: z.strictObject({ TxnTaxCodeRef: ref.optional(), TotalTax: money }).optional(), // [v]
};
const invoice = z.strictObject({ ...document, DueDate: day }); // [d] Invoice
const creditMemo = z.strictObject(document); // [d] CreditMemo: no due date

const customer = z.strictObject({
  DisplayName: text(500), // [d] [v]
  CompanyName: text(100), // [d]
  PrintOnCheckName: text(110), // [v]
  PrimaryEmailAddr: z.strictObject({ Address: text(100) }).optional(), // [r] its first example
  PrimaryPhone: z.strictObject({ FreeFormNumber: text(30) }).optional(), // [v]
  CurrencyRef: ref.optional(), // [d]
  BillAddr: z.partialRecord(
    z.enum(['Line1', 'Line2', 'Line3', 'Line4', 'Line5', 'City', 'CountrySubDivisionCode', 'PostalCode', 'Country']),
    z.string(),
  ),
  Notes: text(2_000), // [v]
});
const item = z.strictObject({
  Name: text(100).regex(/^[^:\t\n]+$/), // [d] [v]
  Type: z.enum(['Service', 'NonInventory']), // [d] [v]
  Sku: text(100).optional(), // [v]
  IncomeAccountRef: ref, // [v]
});

const batchItem = z.union([
  z.strictObject({ bId: text(10), operation: z.literal('create'), Invoice: invoice }),
  z.strictObject({ bId: text(10), operation: z.literal('create'), CreditMemo: creditMemo }),
  z.strictObject({ bId: text(10), operation: z.literal('create'), Customer: customer }),
  z.strictObject({ bId: text(10), operation: z.literal('create'), Item: item }),
]); // [d] BatchItemRequest
const batch = z.strictObject({ BatchItemRequest: z.array(batchItem).min(1).max(30) }); // [r]

const stamped = { Id: z.string(), SyncToken: z.string(), MetaData: z.looseObject({ LastUpdatedTime: z.iso.datetime({ offset: true }) }) };
const sold = {
  ...stamped,
  CustomerRef: ref,
  TotalAmt: z.number(),
  DocNumber: z.string().optional(),
  TxnDate: day,
  PrivateNote: z.string().optional(),
  Line: z.array(z.looseObject({ Amount: z.number().optional(), DetailType: z.string() })),
};
/** [d] what each entity's interface names. */
const ENTITIES: Readonly<Record<string, z.ZodType>> = {
  Account: z.looseObject({ ...stamped, Name: z.string(), AccountType: z.string(), Active: z.boolean(), Classification: z.string() }),
  Attachable: z.looseObject({ ...stamped, FileName: z.string().optional() }),
  CompanyInfo: z.looseObject({ CompanyName: z.string() }),
  CreditMemo: z.looseObject(sold),
  Customer: z.looseObject({ ...stamped, DisplayName: z.string(), CompanyName: z.string().optional() }),
  Invoice: z.looseObject({ ...sold, Balance: z.number(), DueDate: day }),
  Item: z.looseObject({ ...stamped, Name: z.string(), Type: z.string() }),
  Payment: z.looseObject({ ...stamped, CustomerRef: ref, TotalAmt: z.number() }),
  Preferences: z.looseObject({}),
  TaxCode: z.looseObject({ Id: z.string(), Name: z.string() }),
  TaxRate: z.looseObject({ Id: z.string(), Name: z.string() }),
};
const gone = z.looseObject({ Id: z.string(), status: z.literal('Deleted') });

/** Where rows stand in an answer: a single entity, a query, a batch, or the feed of changes. */
function rowsIn(answer: unknown): [entity: string, row: unknown][] {
  const { QueryResponse, BatchItemResponse, AttachableResponse, CDCResponse, ...rest } = answer as Record<string, never>;
  const listed = (found: object | undefined): [string, unknown][] =>
    Object.entries(found ?? {}).flatMap(([entity, rows]) =>
      Array.isArray(rows) ? rows.map((row): [string, unknown] => [entity, row]) : [],
    );
  const changes = ((CDCResponse ?? []) as { QueryResponse: object[] }[]).flatMap((response) => response.QueryResponse.flatMap(listed));
  const members = ([...(BatchItemResponse ?? []), ...(AttachableResponse ?? [])] as object[]).flatMap((member) => Object.entries(member));
  return [...listed(QueryResponse), ...changes, ...members, ...Object.entries(rest)].filter(([entity]) => entity in ENTITIES);
}

let quickbooks: ConnectedQuickbooks;
let proxy: RecordingProxy;

beforeAll(async () => {
  quickbooks = await connectedQuickbooks();
  proxy = await recordingProxy(quickbooks.sandbox.url);
  const environment = quickbooksEnvironmentFor(quickbooks.sandbox.url, { QUICKBOOKS_API_URL: proxy.url });
  const { ledger } = new QuickbooksConnector(environment).open(quickbooks.context);
  if (!ledger) throw new Error('QuickBooks is a ledger');
  await useEverything(ledger);
});
afterAll(async () => {
  proxy.close();
  await quickbooks.close();
});

/** Everything that the port can do, once. */
async function useEverything(ledger: AccountingLedger): Promise<void> {
  await ledger.profile();
  const { prepare } = await readyToPrepare(ledger);
  const address = { lines: ['1 Main St', 'Suite 2'], city: 'Tampa', state: 'FL', postcode: '33601', country: 'USA' };
  const anew = { externalId: '7', name: 'A new one', email: 'a@b.example', phone: '1', currency: 'USD', address, deleted: false };
  await ledger.ensure([{ kind: 'contact', key: 'n', marker: 'CS-C-7', customer: anew }]);
  const product = {
    description: 'Switch',
    quantity: '2',
    unitPrice: '50',
    amount: '100.00',
    taxable: true,
    category: 'product',
    itemCode: 'SW-9',
  } as const;
  const file = { name: '1.pdf', contentType: 'application/pdf', bytes: Buffer.from('%PDF-1.7') };
  for (const kind of ['invoice', 'credit_note'] as const) {
    const number = `shape-${kind === 'invoice' ? 'i' : 'c'}`;
    const { body } = await prepare({ kind, number, lines: [{ ...product, date: '2026-11-01' }] });
    const [outcome] = await outcomesOf(ledger.send({ requestKey: number, kind, members: [{ memberKey: 'm', number, body }] }));
    await ledger.attach({ externalId: outcome?.state === 'posted' ? outcome.externalId : '', kind }, file);
    await ledger.find(kind, [number]);
  }
  await quickbooks.control('/payments', { number: 'shape-i', amount: 10 });
  for (const from of ['2020-01-01', new Date().toISOString().slice(0, 10)]) {
    let page = await ledger.settlements(undefined, from);
    for (let pages = 0; page.more && pages < 20; pages += 1) page = await ledger.settlements(page.cursor, from);
  }
}

const told = ({ method, path, query }: Exchange) => `${method} ${path} ${query.get('query') ?? ''}`;
const to = (place: string) => proxy.exchanges.filter(({ path }) => path.endsWith(place));
const problems = (shape: z.ZodType, value: unknown) => {
  const read = shape.safeParse(value);
  return read.success ? [] : read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
};

describe('the exchange with QuickBooks', () => {
  it('was of every kind', () => {
    const places = new Set(
      proxy.exchanges.map(({ method, path }) => `${method} ${path.replace(/^\/v3\/company\/\d+/, '').replace(/\/\d+$/, '')}`),
    );
    expect([...places].toSorted()).toEqual([
      'GET /cdc',
      'GET /companyinfo',
      'GET /preferences',
      'GET /query',
      'POST /batch',
      'POST /upload',
    ]);
    const queried = new Set(to('/query').map(({ query }) => /from (\w+)/i.exec(query.get('query') ?? '')?.[1]?.toLowerCase()));
    const wanted = ['account', 'attachable', 'creditmemo', 'customer', 'invoice', 'item', 'payment', 'taxcode', 'taxrate'];
    expect(queried).toEqual(new Set(wanted));
  });

  it('would be seen to differ', () => {
    const sent = JSON.parse(to('/batch').at(-1)?.sent ?? '') as { BatchItemRequest: Record<string, object>[] };
    const [first] = sent.BatchItemRequest;
    expect(problems(batch, sent)).toEqual([]);
    expect(problems(batch, { BatchItemRequest: [{ ...first, Surprise: 1 }] })).not.toEqual([]);
    expect(problems(batch, { BatchItemRequest: [{ ...first, bId: 'longer than ten' }] })).not.toEqual([]);
    expect(problems(ENTITIES['Invoice'] as z.ZodType, { Id: 7 })).not.toEqual([]);
  });

  it('asks for batches in the documented shape; documents are named for ever, list entries are not', () => {
    expect(to('/batch').length).toBeGreaterThanOrEqual(4);
    for (const exchange of to('/batch')) {
      expect([told(exchange), problems(batch, JSON.parse(exchange.sent))]).toEqual([told(exchange), []]);
      const isOfDocuments = /"(?:Invoice|CreditMemo)":/.test(exchange.sent);
      expect([exchange.sent, exchange.query.has('requestid')]).toEqual([exchange.sent, isOfDocuments]);
      expect(exchange.query.get('requestid') ?? '').toMatch(/^.{0,36}$/);
    }
  });

  it('says the minor version every time, and asks the feed for changes in UTC', () => {
    for (const exchange of proxy.exchanges) expect([told(exchange), exchange.query.get('minorversion')]).toEqual([told(exchange), '75']);
    for (const { query } of to('/cdc')) expect(query.get('changedSince')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('queries with the documented words only, a thousand rows at most', () => {
    const words =
      /^select \* from \w+(?: where .+?)? (?:orderby [\w.]+(?: asc)? )?startposition [1-9]\d* maxresults (?:1000|[1-9]\d{0,2})$/;
    for (const { query } of to('/query')) expect(query.get('query')).toMatch(words);
  });

  it('uploads a file together with what it belongs to', () => {
    for (const { sent } of to('/upload')) {
      const metadata = /\{.*"AttachableRef".*\}/.exec(sent)?.[0] ?? '';
      const link = z.strictObject({
        EntityRef: z.strictObject({ type: z.enum(['Invoice', 'CreditMemo']), value: z.string() }),
        IncludeOnSend: z.boolean(),
      });
      const shape = z.strictObject({ FileName: text(1_000), ContentType: text(100), AttachableRef: z.tuple([link]) });
      expect(problems(shape, JSON.parse(metadata))).toEqual([]);
      expect(sent).toContain('%PDF-1.7');
    }
  });

  it('is answered with entities as they are documented', () => {
    const seen = new Set<string>();
    for (const exchange of proxy.exchanges.filter(({ status }) => status === 200))
      for (const [entity, row] of rowsIn(JSON.parse(exchange.answered))) {
        seen.add(entity);
        const shape = gone.safeParse(row).success ? gone : (ENTITIES[entity] as z.ZodType);
        expect([told(exchange), entity, problems(shape, row)]).toEqual([told(exchange), entity, []]);
      }
    expect([...seen].toSorted()).toEqual(Object.keys(ENTITIES).toSorted());
  });
});
