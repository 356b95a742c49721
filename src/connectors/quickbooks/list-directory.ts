import type { QuickbooksClient } from './client.js';
import { instantOf, toSecond } from './instants.js';

const PAGE_SIZE = 1_000;
/** A list this young is trusted: the uniqueness of names in QuickBooks catches what it does not know yet. */
const FRESH_MS = 60_000;
/** Rows may become visible a little after the time they carry. */
const OVERLAP_MS = 60_000;

export interface ListRow {
  Id: string;
  Active?: boolean | null | undefined;
  MetaData: { LastUpdatedTime: string };
}

/** What the SDK wants of a query; always an array, since it drops the conditions of a single one. */
export type Criteria = { field: string; operator?: string; value: unknown }[];

/**
 * Every row of one list (customers, items) of one company, inactive ones too, read once in pages and then kept up by
 * asking for changes only, so that looking up the customers of a hundred invoices costs one request.
 */
export class ListDirectory<Row extends ListRow> {
  private readonly byId = new Map<string, Row>();
  private newest: string | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;

  constructor(private readonly readPage: (client: QuickbooksClient, criteria: Criteria) => Promise<Row[]>) {}

  /** One reader at a time; who comes meanwhile waits for the same answer. */
  async refresh(client: QuickbooksClient): Promise<void> {
    const now = client.now().getTime();
    if (now - this.readAt < FRESH_MS && now >= this.readAt) return;
    this.reading ??= this.read(client, now).finally(() => (this.reading = undefined));
    await this.reading;
  }

  /** After something went unsaid or unlike expected: the next `refresh` asks. */
  distrust(): void {
    this.readAt = Number.NEGATIVE_INFINITY;
  }

  remember(row: Row): void {
    this.byId.set(row.Id, row);
  }

  /** The oldest row that fits, so that the answer stays the same when a second one comes up. */
  find(fits: (row: Row) => boolean): Row | undefined {
    for (const row of this.byId.values()) if (fits(row)) return row;
    return undefined;
  }

  private async read(client: QuickbooksClient, now: number): Promise<void> {
    const changed: Criteria = [];
    if (this.newest !== undefined) {
      const since = toSecond(Date.parse(this.newest) - OVERLAP_MS);
      changed.push({ field: 'MetaData.LastUpdatedTime', operator: '>=', value: since });
    }
    // Ordered by id, pages do not shift while people work; what changes meanwhile comes with the next reading.
    let newest = this.newest ?? '';
    for (let offset = 1; ; offset += PAGE_SIZE) {
      const rows = await this.readPage(client, [
        { field: 'Active', operator: 'IN', value: [true, false] },
        ...changed,
        { field: 'asc', value: 'Id' },
        { field: 'offset', value: offset },
        { field: 'limit', value: PAGE_SIZE },
      ]);
      for (const row of rows) {
        this.byId.set(row.Id, row);
        const at = instantOf(row.MetaData.LastUpdatedTime);
        if (at > newest) newest = at;
      }
      if (rows.length < PAGE_SIZE) break;
    }
    this.newest = newest === '' ? undefined : newest;
    this.readAt = now;
  }
}
