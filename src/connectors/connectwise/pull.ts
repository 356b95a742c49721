import type { RawInvoice, SourcePage } from '../../ports/billing-source.js';
import type { ConnectorContext } from '../../ports/connector.js';
import { refId, updatedAt } from './bundles.js';
import type { ConnectwiseClient, Page, Row } from './client.js';
import { changedAfter, CHILD_LISTS, finished, later, readCursor, writeCursor, type Cursor, type Running } from './cursor.js';
import { CHANGE_FIELDS, INVOICE_FIELDS } from './fields.js';
import type { InvoiceReader } from './invoice-reader.js';
import { smellsOfCorruption } from './isolate.js';

const INVOICES_PER_PAGE = 100;
const CHANGES_PER_PAGE = 1_000;

/** One run: the invoices that changed, then those whose time, expenses or products did. */
export async function* pull(
  client: ConnectwiseClient,
  reader: InvoiceReader,
  context: ConnectorContext,
  text: string | undefined,
): AsyncGenerator<SourcePage> {
  const cursor = readCursor(text);
  let run: Running = cursor.run ?? { began: context.clock.now().toISOString(), high: null, step: 0, pageId: null };
  const done = new Set<number>();
  const saved = (next: Running) => writeCursor({ ...cursor, run: next });
  if (run.step === 0) {
    for await (const { rows, invoices, next, expected } of changedInvoices(client, reader, cursor, run)) {
      for (const row of rows) done.add(row.id);
      const high = rows.map(updatedAt).reduce<string | null>(later, run.high);
      run = next === undefined ? { ...run, high, step: 1, pageId: null } : { ...run, high, pageId: next };
      yield { invoices, cursor: saved(run), ...(expected !== undefined && { expected }) };
    }
  }
  // A first read has seen every row of every invoice; what changed since it began is found by the next run.
  while (cursor.since !== null && run.step <= CHILD_LISTS.length) {
    const page = await changedRows(client, CHILD_LISTS[run.step - 1] ?? '', cursor, run.pageId);
    const touched = page.rows.flatMap((row) => refId(row, 'invoice') ?? []).filter((id) => !done.has(id));
    const high = page.rows.map(updatedAt).reduce<string | null>(later, run.high);
    run = page.next === undefined ? { ...run, high, step: run.step + 1, pageId: null } : { ...run, high, pageId: page.next };
    const ids = [...new Set(touched)];
    for (const id of ids) done.add(id);
    if (ids.length > 0) yield { invoices: await reader.byId(ids), cursor: saved(run) };
  }
  yield { invoices: [], cursor: writeCursor(finished(cursor, run)) };
}

interface InvoicePage extends Page {
  invoices: RawInvoice[];
  expected?: number;
}

async function* changedInvoices(
  client: ConnectwiseClient,
  reader: InvoiceReader,
  cursor: Cursor,
  { pageId }: Running,
): AsyncGenerator<InvoicePage> {
  const conditions = changedAfter(cursor);
  let from = pageId ?? undefined;
  let isFirst = true;
  do {
    const page = await headers(client, reader, conditions, from);
    // Counted only when there is more than one page: otherwise the page says it itself.
    const expected = isFirst && page.next !== undefined ? await countFrom(client, conditions, from) : undefined;
    const read = page.invoices.length > 0 ? page.invoices : await reader.complete(page.rows);
    yield { ...page, invoices: read, ...(isFirst && { expected: expected ?? page.rows.length }) };
    from = page.next;
    isFirst = false;
  } while (from !== undefined);
}

/** A page of headers; where a corrupt one makes the page unreadable, its ids are, and each is read for itself. */
async function headers(
  client: ConnectwiseClient,
  reader: InvoiceReader,
  conditions: string | undefined,
  from: number | undefined,
): Promise<Page & { invoices: RawInvoice[] }> {
  try {
    return { ...(await client.page('/finance/invoices', { conditions, fields: INVOICE_FIELDS }, INVOICES_PER_PAGE, from)), invoices: [] };
  } catch (error) {
    if (!smellsOfCorruption(error)) throw error;
    const page = await client.page('/finance/invoices', { conditions, fields: 'id' }, INVOICES_PER_PAGE, from);
    return { rows: [], next: page.next, invoices: await reader.byId(page.rows.map((row) => row.id)) };
  }
}

function countFrom(client: ConnectwiseClient, conditions: string | undefined, from: number | undefined): Promise<number> {
  const rest = from === undefined ? undefined : `id > ${from}`;
  const both = [conditions, rest].filter((part) => part !== undefined).join(' and ');
  return client.count('/finance/invoices', both === '' ? undefined : both);
}

function changedRows(client: ConnectwiseClient, path: string, cursor: Cursor, pageId: number | null): Promise<Page> {
  const conditions = [changedAfter(cursor), 'invoice/id != null'].filter((part) => part !== undefined).join(' and ');
  return client.page(path, { conditions, fields: CHANGE_FIELDS }, CHANGES_PER_PAGE, pageId ?? undefined);
}
