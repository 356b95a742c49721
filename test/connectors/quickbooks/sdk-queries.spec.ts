import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { QuickbooksConnector } from '../../../src/connectors/quickbooks/quickbooks.module.js';
import type { AccountingLedger } from '../../../src/ports/accounting-ledger.js';
import { connectorContext, MemoryLease } from '../../support/connector-context.js';
import { connectedQuickbooks, ledgerDocument, quickbooksEnvironmentFor, readyToPrepare } from '../../support/quickbooks.js';

let server: Server;
let ledger: AccountingLedger;
const asked: URL[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://vendor'));
    response.setHeader('Content-Type', 'application/json').end('{"QueryResponse":{},"CDCResponse":[],"time":"2026-11-20T10:00:00Z"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connector = new QuickbooksConnector(quickbooksEnvironmentFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  const lease = new MemoryLease({ accessToken: 'a', refreshToken: 'r' }, (stale) => Promise.resolve(stale));
  ledger = connector.open({ ...connectorContext(lease, '4620'), clock: { now: () => new Date('2026-11-20T10:00:00Z') } })
    .ledger as AccountingLedger;
});
beforeEach(() => void asked.splice(0));
afterAll(() => void server.close());

it.each([
  ['an apostrophe', "O'Hara 7", String.raw`O\'Hara 7`],
  ['a backslash', String.raw`A\7`, String.raw`A\\7`],
  ['both', String.raw`A\'7`, String.raw`A\\\'7`],
  ['signs with a meaning in an address', '1+2 %41&b=#3?;', '1+2 %41&b=#3?;'],
  ['the words that the SDK replaces', '@@ select * from', '@@ select * from'],
  ['letters of other scripts', 'Č-№ 7 ☕', 'Č-№ 7 ☕'],
])('a number with %s is looked up as it is', async (_what, number, written) => {
  await ledger.find('invoice', [number, '1042']);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.searchParams.get('query')).toBe(
    `select * from invoice where DocNumber in ('${written}','1042') orderby Id startposition 1 maxresults 1000`,
  );
  expect(asked[0]?.searchParams.get('minorversion')).toBe('75');
});

it('changes are asked for from an instant that no address can bend', async () => {
  await ledger.settlements(undefined, '2026-11-01');
  expect(asked[0]?.pathname).toBe('/v3/company/4620/cdc');
  expect(asked[0]?.searchParams.get('entities')).toBe('Payment,Invoice,CreditMemo');
  expect(asked[0]?.searchParams.get('changedSince')).toMatch(/^2026-1\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

it('a number that an address cannot carry is refused before anything is sent', async () => {
  const quickbooks = await connectedQuickbooks();
  const { mapping, codes, contactExternalId } = await readyToPrepare(quickbooks.ledger);
  const document = ledgerDocument({ number: '10\t42', contactExternalId });
  expect(() => quickbooks.ledger.prepare(document, mapping, codes, {})).toThrow(/tab or a line break/);
  await quickbooks.close();
});
