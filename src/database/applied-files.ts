import type { QueryRunner } from 'typeorm';
import { OneSentenceError } from '../platform/process/one-sentence-error.js';
import { migrationName, type MigrationFiles, type SqlFile } from './migration-files.js';

/** What the database knows of a file that was run on it. */
export interface Applied {
  name: string;
  sha256: string;
  /** The function that the file made, with the types of its arguments; null for tables. */
  makes: string | null;
}

/** The record of which text was run, beside TypeORM's own table, which knows names alone. */
export class AppliedFiles {
  private constructor(
    private readonly runner: QueryRunner,
    private readonly known: Map<string, Applied>,
  ) {}

  static async read(runner: QueryRunner): Promise<AppliedFiles> {
    await runner.query(`create table if not exists migration_file (
      name text primary key,
      sha256 text not null,
      makes text,
      applied_at timestamptz not null default now()
    )`);
    const rows = (await runner.query('select name, sha256, makes from migration_file')) as Applied[];
    return new AppliedFiles(runner, new Map(rows.map((row) => [row.name, row])));
  }

  of({ name }: SqlFile): Applied | undefined {
    return this.known.get(name);
  }

  /** Every function that was made, with the types of its arguments. */
  functions(): string[] {
    return [...this.known.values()].flatMap(({ makes }) => (makes === null ? [] : [makes]));
  }

  async note({ name, sha256 }: SqlFile, makes: string | null): Promise<void> {
    await this.runner.query(
      `insert into migration_file (name, sha256, makes) values ($1, $2, $3)
       on conflict (name) do update set sha256 = excluded.sha256, makes = excluded.makes, applied_at = now()`,
      [name, sha256, makes],
    );
    this.known.set(name, { name, sha256, makes });
  }

  /** Takes out the functions whose file is there no more, and says which they were. */
  async forgetOrphans(files: readonly SqlFile[]): Promise<string[]> {
    const names = new Set(files.map(({ name }) => name));
    const orphans = [...this.known.values()].filter(({ name, makes }) => makes !== null && !names.has(name));
    for (const { name } of orphans) {
      await this.runner.query('delete from migration_file where name = $1', [name]);
      this.known.delete(name);
    }
    return orphans.flatMap(({ makes }) => makes ?? []);
  }

  /** A database whose history is not the beginning of ours is left as it is. */
  async refuseOtherHistory({ tables }: MigrationFiles): Promise<void> {
    const ours = new Set(tables.map(migrationName));
    const [table] = (await this.runner.query("select to_regclass('public.migration') is not null as there")) as { there: boolean }[];
    const history =
      table?.there === true ? ((await this.runner.query('select name from migration order by id')) as { name: string }[]) : [];
    const foreign = history.find(({ name }) => !ours.has(name));
    if (foreign !== undefined) {
      throw new OneSentenceError(
        `The database was changed by the migration "${foreign.name}", which this version does not have: ` +
          'start the version that made it, or restore a backup from before it.',
      );
    }
    const edited = tables.find((file) => (this.of(file)?.sha256 ?? file.sha256) !== file.sha256);
    if (edited !== undefined) {
      throw new OneSentenceError(
        `migrations/${edited.path} is not the text that this database was made with, and it never runs twice: ` +
          'put the old text back, and write what is to change into a new file.',
      );
    }
  }
}
