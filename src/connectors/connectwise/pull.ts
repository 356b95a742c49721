import type { RawInvoice, SourcePage } from '../../ports/billing-source.js';
import type { ConnectorContext } from '../../ports/connector.js';
import { refId, updatedAt } from './bundles.js';
import type { ConnectwiseClient, Page } from './client.js';
import { changedAfter, CHILD_LISTS, finished, later, readCursor, writeCursor, type Cursor, type Running } from './cursor.js';
import { CHANGE_FIELDS, INVOICE_FIELDS } from './fields.js';
import { isUnreadable, type InvoiceReader } from './invoice-reader.js';
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
    for await (const { invoices, next, expected } of changedInvoices(client, reader, cursor, run)) {
      for (const { externalId } of invoices) done.add(Number.parseInt(externalId, 10));
      const known = invoices.filter((invoice) => !isUnreadable(invoice));
      const high = known.map((invoice) => invoice.updatedAt).reduce<string | null>(later, run.high);
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
  const notKnown = reader.notKnown();
  yield { invoices: [], cursor: writeCursor(finished(cursor, run)), ...(notKnown.length > 0 && { notKnown }) };
}

interface InvoicePage {
  invoices: RawInvoice[];
  next: number | undefined;
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
    const { invoices, next } = await readPage(client, reader, conditions, from);
    // Counted only when there is more than one page: otherwise the page says it itself.
    const expected = next === undefined ? invoices.length : isFirst ? await countFrom(client, conditions, from) : undefined;
    yield { invoices, next, ...(isFirst && expected !== undefined && { expected }) };
    from = next;
    isFirst = false;
  } while (from !== undefined);
}

/** A page of invoices; where a corrupt one makes their headers unreadable, their ids are not, and each is read for itself. */
async function readPage(
  client: ConnectwiseClient,
  reader: InvoiceReader,
  conditions: string | undefined,
  from: number | undefined,
): Promise<InvoicePage> {
  const page = (fields: string) => client.page('/finance/invoices', { conditions, fields }, INVOICES_PER_PAGE, from);
  let headers: Page;
  try {
    headers = await page(INVOICE_FIELDS);
  } catch (error) {
    if (!smellsOfCorruption(error)) throw error;
    const { rows, next } = await page('id');
    return { invoices: await reader.byId(rows.map((row) => row.id)), next };
  }
  return { invoices: await reader.complete(headers.rows), next: headers.next };
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
