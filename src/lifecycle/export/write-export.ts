import { createHash } from 'node:crypto';
import { Readable, Transform, type Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import {
  countRows,
  linesOf,
  pdfsOf,
  tablesOfTenants,
  type ExportColumn,
  type ExportTable,
  type SnapshotReader,
} from '../../database/export-statements.js';
import { TABLE_DECISIONS, type TableDecision } from './table-decisions.js';

/** Counts up with every change that a reader of exports has to know of. */
const EXPORT_VERSION = 1;

export interface WrittenExport {
  size: number;
  sha256: string;
  files: number;
}

interface Plan {
  exported: ExportTable[];
  leftOut: { table: string; because: string }[];
  omitted: { table: string; columns: readonly string[]; because: string }[];
}

export interface ExportOptions {
  now: Date;
  signal: AbortSignal;
  /** Told of the rows and PDFs that there are, and of each one that is written. */
  progress: (step: { expected?: number; done?: number }) => void;
}

/**
 * All of a tenant's data as a ZIP: a file of JSON lines per table, every PDF, and a manifest that says what is there and what is
 * not. The reader stands in one snapshot, so that the files agree with each other.
 */
export async function writeExport(
  reader: SnapshotReader,
  tenantId: string,
  out: Writable,
  { now, signal, progress }: ExportOptions,
): Promise<WrittenExport> {
  const plan = planOf(await tablesOfTenants(reader));
  let expected = 0;
  for (const { name } of [...plan.exported, { name: 'document_bytes' }]) expected += await countRows(reader, name, tenantId);
  progress({ expected });
  let done = 0;
  const counted = async function* <T>(rows: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const row of rows) {
      signal.throwIfAborted();
      progress({ done: ++done });
      yield row;
    }
  };
  const archive = new Archive(out, now, signal);
  for (const table of plan.exported) {
    await archive.add(`data/${table.name}.jsonl`, counted(linesOf(reader, table, tenantId)), { countRows: true });
  }
  for await (const { sha256, bytes } of counted(pdfsOf(reader, tenantId))) {
    const file = await archive.add(`documents/${sha256}.pdf`, once(bytes), { compress: false });
    if (file.sha256 !== sha256) throw new Error(`The stored document ${sha256} is not what its name says`);
  }
  const columns = Object.fromEntries(plan.exported.map((table) => [table.name, table.columns satisfies ExportColumn[]]));
  const manifest = {
    format: 'countersign-export',
    version: EXPORT_VERSION,
    tenantId,
    exportedAt: now.toISOString(),
    consistency: 'one snapshot (repeatable read)',
    encoding: 'JSON lines in UTF-8; amounts as text, instants in UTC, bytes as base64',
    files: archive.files.map((file) => ({ ...file })),
    columns,
    leftOut: plan.leftOut,
    omittedColumns: plan.omitted,
  };
  await archive.add('manifest.json', once(JSON.stringify(manifest, undefined, 2)));
  return { ...(await archive.end()), files: archive.files.length };
}

async function* once<T>(content: T): AsyncGenerator<T> {
  yield content;
}

/** What nobody has decided on is left out: an export may lack something, but never hold a secret. */
function planOf(tables: readonly ExportTable[]): Plan {
  const plan: Plan = { exported: [], leftOut: [], omitted: [] };
  for (const table of tables) {
    const decision: TableDecision | undefined = TABLE_DECISIONS[table.name];
    if (!decision) plan.leftOut.push({ table: table.name, because: 'nobody has decided yet whether it holds secrets' });
    else if (!decision.exported) plan.leftOut.push({ table: table.name, because: decision.because });
    else plan.exported.push(withoutSecrets(table, decision.secret ?? [], plan));
  }
  return plan;
}

function withoutSecrets(table: ExportTable, secret: readonly string[], plan: Plan): ExportTable {
  if (secret.length > 0) plan.omitted.push({ table: table.name, columns: secret, because: 'secret' });
  return { ...table, columns: table.columns.filter(({ name }) => !secret.includes(name)) };
}

interface ArchivedFile {
  name: string;
  bytes: number;
  sha256: string;
  rows?: number;
}

/** A ZIP that is written while it is read: one entry at a time, as fast as whoever takes it. Nothing is held but the list of names. */
class Archive {
  readonly files: ArchivedFile[] = [];
  private readonly zip = new ZipFile();
  private readonly digest = createHash('sha256');
  private size = 0;
  private readonly written: Promise<void>;

  constructor(
    out: Writable,
    private readonly mtime: Date,
    signal: AbortSignal,
  ) {
    const meter = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.digest.update(chunk);
        this.size += chunk.length;
        done(null, chunk);
      },
    });
    this.written = pipeline(this.zip.outputStream, meter, out, { signal });
    // Heard where it is waited for; until then it must not end the process.
    this.written.catch(() => undefined);
  }

  /** @returns once the entry is in the file, with its hash */
  async add(name: string, content: AsyncIterable<string | Buffer>, { compress = true, countRows = false } = {}): Promise<ArchivedFile> {
    const digest = createHash('sha256');
    const file: ArchivedFile = { name, bytes: 0, sha256: '', ...(countRows && { rows: 0 }) };
    const metered = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of content) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
        digest.update(bytes);
        file.bytes += bytes.length;
        if (file.rows !== undefined) file.rows += 1;
        yield bytes;
      }
    };
    const source = Readable.from(metered(), { objectMode: false, highWaterMark: 64 * 1024 });
    this.zip.addReadStreamLazy(name, { compress, mtime: this.mtime, mode: 0o100600 }, (give) => give(null, source));
    try {
      // A taker who went away never lets the source end.
      await Promise.race([finished(source), this.written.then(() => finished(source))]);
    } finally {
      source.destroy();
    }
    file.sha256 = digest.digest('hex');
    this.files.push(file);
    return file;
  }

  async end(): Promise<{ size: number; sha256: string }> {
    this.zip.end();
    await this.written;
    return { size: this.size, sha256: this.digest.digest('hex') };
  }
}
