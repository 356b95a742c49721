import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where our own lie. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url));

export interface SqlFile {
  /** Below the folder of migrations, with `/`. */
  path: string;
  /** The file's name without `.sql`: of tables the time and the owner, of a function its name, whichever folder it lies in. */
  name: string;
  text: string;
  sha256: string;
}

export interface MigrationFiles {
  /** In order: each is run once, and never changed after that. */
  tables: readonly SqlFile[];
  /** `functions/<owner>/<name>.sql`, one function each: run again whenever the text has changed. */
  functions: readonly SqlFile[];
}

export async function readMigrationFiles(folder: string): Promise<MigrationFiles> {
  const tables = (await readdir(folder)).filter((file) => /^\d{13}-[a-z-]+\.sql$/.test(file));
  const functions = (await readdir(join(folder, 'functions'), { recursive: true })).filter((file) => file.endsWith('.sql'));
  if (tables.length === 0) throw new Error(`No migrations found in ${folder}`);
  const read = async (files: string[]): Promise<SqlFile[]> =>
    await Promise.all(files.toSorted().map(async (file) => await readSql(folder, join(folder, file))));
  return { tables: await read(tables), functions: await read(functions.map((file) => join('functions', file))) };
}

async function readSql(folder: string, file: string): Promise<SqlFile> {
  // A checkout on Windows may have turned the line ends: it is the same text.
  const text = (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
  const path = relative(folder, file).split(sep).join('/');
  return { path, name: basename(path, '.sql'), text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** `1763683200001-code-mapping.sql` becomes `code_mapping1763683200001`, the form in which TypeORM reads the time. */
export function migrationName({ name }: SqlFile): string {
  const [timestamp, ...words] = name.split('-');
  return `${words.join('_')}${timestamp ?? ''}`;
}
