import { createHash } from 'node:crypto';
import { Readable, Transform, type Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export interface ArchivedFile {
  name: string;
  bytes: number;
  sha256: string;
  rows?: number;
}

/** A ZIP that is written while it is read: one entry at a time, as fast as whoever takes it. Nothing is held but the list of names. */
export class Archive {
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
