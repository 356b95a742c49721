// What the engine relies on when it keeps a ledger's cursor beside what was told: it is text, it goes on where it stopped in
// another process, it may repeat and never loses, and one that cannot be read starts over.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomesOf } from '../support/batch-outcomes.js';
import type { Settlement } from '../../src/domain/payment.js';
import type { AccountingLedger, LedgerDocument } from '../../src/ports/accounting-ledger.js';
import { connectedQuickbooks, ledgerDocument, readyToPrepare } from '../support/quickbooks.js';
import { connectedXero } from '../support/xero.js';

interface Books {
  ledger: AccountingLedger;
  /** Another process: the same grant, nothing in memory. */
  fresh(): AccountingLedger;
  pay(number: string, amount: string): Promise<unknown>;
  /** Lets time pass beyond the overlap of two readings. */
  later(): Promise<unknown>;
  post(number: string): Promise<unknown>;
  close(): Promise<void>;
}

async function send(ledger: AccountingLedger, number: string, prepared: { body: string }): Promise<void> {
  const members = [{ memberKey: 'm', number, body: prepared.body }];
  const [outcome] = await outcomesOf(ledger.send({ requestKey: number, kind: 'invoice', members }));
  if (outcome?.state !== 'posted') throw new Error(`${number} was not posted`);
}

const LEDGERS: [name: string, open: () => Promise<Books>][] = [
  [
    'quickbooks',
    async () => {
      const quickbooks = await connectedQuickbooks();
      const { prepare } = await readyToPrepare(quickbooks.ledger);
      return {
        ledger: quickbooks.ledger,
        fresh: () => quickbooks.fresh(),
        pay: (number, amount) => quickbooks.control('/payments', { number, amount: Number.parseFloat(amount) }),
        later: () => quickbooks.control('/clock', { advanceMs: 180_000 }),
        post: async (number) => await send(quickbooks.ledger, number, await prepare({ number })),
        close: () => quickbooks.close(),
      };
    },
  ],
  [
    'xero',
    async () => {
      const xero = await connectedXero();
      const { ledger } = xero;
      const codes = await ledger.codes();
      const customer = { externalId: '1', name: 'Wattle Street Medical', address: { lines: [] }, deleted: false };
      const [ensured] = await ledger.ensure([{ kind: 'contact', key: 'k', marker: 'CS-C-1', customer }]);
      const contactExternalId = ensured?.outcome.state === 'posted' ? ensured.outcome.externalId : '';
      const document = (number: string): LedgerDocument => ({
        ...ledgerDocument({ number, contactExternalId }),
        currency: 'AUD',
        tax: '10.00',
        total: '110.00',
      });
      return {
        ledger,
        fresh: () => xero.connector.open(xero.context).ledger as AccountingLedger,
        pay: (number, amount) => xero.control('/payments', { number, amount, date: '2026-11-20', reference: number }),
        later: () => Promise.resolve(xero.sandbox.clock.advance(180_000)),
        post: async (number) => await send(ledger, number, ledger.prepare(document(number), ledger.suggestMapping(codes), codes, {})),
        close: () => xero.close(),
      };
    },
  ],
];

/** To the end, each page by whoever is next and with a cursor that went through a text column. */
async function read(books: Books, from: string | undefined): Promise<{ told: Settlement[]; cursor: string }> {
  const told: Settlement[] = [];
  let cursor = from;
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await books.fresh().settlements(cursor, '2026-01-01');
    told.push(...page.settlements);
    cursor = JSON.parse(JSON.stringify(page.cursor)) as string;
    if (!page.more) return { told, cursor };
  }
  throw new Error('The reading does not end');
}

const payments = (told: readonly Settlement[]) => new Set(told.filter(({ removed }) => !removed).map(({ externalId }) => externalId));

describe.each(LEDGERS)('the cursor of %s', (_name, open) => {
  let books: Books;
  beforeAll(async () => void (books = await open()));
  afterAll(() => books.close());

  it('goes on where it stopped, and loses nothing', async () => {
    await books.post('C-1');
    await books.pay('C-1', '10');
    const first = await read(books, undefined);
    expect(payments(first.told).size).toBeGreaterThan(0);
    const again = await read(books, first.cursor);
    for (const id of payments(again.told)) expect(payments(first.told)).toContain(id);
    await books.later();
    await books.pay('C-1', '20');
    const next = await read(books, again.cursor);
    const fresh = [...payments(next.told)].filter((id) => !payments(first.told).has(id));
    expect(fresh).toHaveLength(1);
    // The old place is still a place: whoever lost what came after it is told again.
    expect(payments((await read(books, first.cursor)).told)).toContain(fresh[0]);
  });

  it.each(['', 'nonsense', '{}', '{"v":99}', 'null'])('starts over where it cannot be read: %j', async (cursor) => {
    const all = await read(books, undefined);
    expect(payments((await read(books, cursor)).told)).toEqual(payments(all.told));
  });
});
