import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * What a sandbox vendor holds: JSON documents by kind and id, in one SQLite file, so that a vendor killed with -9
 * comes back with everything it had answered for. Reads come from memory, every write goes through to the file
 * before the caller can answer.
 */
export class SandboxStore {
  private readonly db: DatabaseSync;
  private readonly kinds = new Map<string, Map<string, unknown>>();

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.db = new DatabaseSync(file);
    this.db.exec(`
      pragma journal_mode = wal;
      pragma synchronous = normal;
      create table if not exists document (kind text, id text, seq integer, json text, primary key (kind, id)) without rowid;
      create index if not exists document_order on document (kind, seq);
    `);
    const rows = this.db.prepare('select kind, id, json from document order by kind, seq').all();
    for (const row of rows) this.kind(String(row['kind'])).set(String(row['id']), JSON.parse(String(row['json'])));
  }

  get<T>(kind: string, id: string | number): T | undefined {
    return this.kind(kind).get(String(id)) as T | undefined;
  }

  /** In order of first insertion. */
  all<T>(kind: string): T[] {
    return [...this.kind(kind).values()] as T[];
  }

  put(kind: string, id: string | number, document: unknown): void {
    const documents = this.kind(kind);
    documents.set(String(id), document);
    this.db
      .prepare(
        `insert into document (kind, id, seq, json)
         values (?, ?, (select coalesce(max(seq), 0) + 1 from document where kind = ?), ?)
         on conflict (kind, id) do update set json = excluded.json`,
      )
      .run(kind, String(id), kind, JSON.stringify(document));
  }

  delete(kind: string, id: string | number): void {
    this.kind(kind).delete(String(id));
    this.db.prepare('delete from document where kind = ? and id = ?').run(kind, String(id));
  }

  /** All of it or none: for seeding, and for a write that touches several documents (a payment and its invoice). */
  transaction<T>(work: () => T): T {
    this.db.exec('begin');
    try {
      const result = work();
      this.db.exec('commit');
      return result;
    } catch (error) {
      this.db.exec('rollback');
      this.reload();
      throw error;
    }
  }

  /** Next number of a named sequence; survives restarts. */
  next(sequence: string, start = 1): number {
    const value = (this.get<number>('_sequence', sequence) ?? start - 1) + 1;
    this.put('_sequence', sequence, value);
    return value;
  }

  close(): void {
    this.db.close();
  }

  private reload(): void {
    this.kinds.clear();
    const rows = this.db.prepare('select kind, id, json from document order by kind, seq').all();
    for (const row of rows) this.kind(String(row['kind'])).set(String(row['id']), JSON.parse(String(row['json'])));
  }

  private kind(kind: string): Map<string, unknown> {
    let documents = this.kinds.get(kind);
    if (!documents) this.kinds.set(kind, (documents = new Map()));
    return documents;
  }
}
