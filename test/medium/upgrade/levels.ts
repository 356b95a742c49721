import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { ClientBase } from 'pg';
import { withClient } from '../../../src/platform/postgres/roles.js';
import { readReleased } from '../../architecture/house/migration-rules.js';
import { filesBelow } from '../../architecture/house/source-files.js';

/** Old texts of functions whose arguments or result have changed since the release, by name. */
const OLD_FUNCTIONS = 'test/medium/upgrade/functions';
const OWNER = 'released';

export class MigrationFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'countersign-migrations-'));

  /** The migrations as they are, to be tried with something else. */
  static ofToday(): MigrationFolder {
    const folder = new MigrationFolder();
    cpSync('migrations', folder.path, { recursive: true });
    return folder;
  }

  /**
   * The migrations as they were released: no file that is younger, and no function. What a function says inside may be today's
   * text; one that had other arguments or another result then must have its old text kept beside this file.
   */
  static ofRelease(): MigrationFolder {
    const folder = new MigrationFolder();
    const released = readReleased(readFileSync('migrations/released.txt', 'utf8'));
    for (const name of released.migrations.keys()) folder.write(name, readFileSync(join('migrations', name), 'utf8'));
    const today = new Map(filesBelow('migrations/functions').map(({ path, text }) => [basename(path, '.sql'), text]));
    for (const signature of released.functions) {
      const name = signature.slice(0, signature.indexOf('('));
      const old = join(OLD_FUNCTIONS, `${name}.sql`);
      const text = existsSync(old) ? readFileSync(old, 'utf8') : today.get(name);
      if (text !== undefined) folder.write(`functions/${OWNER}/${name}.sql`, text);
    }
    return folder;
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true });
    writeFileSync(join(this.path, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8');
  }

  edit(name: string, change: (text: string) => string): void {
    this.write(name, change(this.read(name)));
  }

  remove(name = ''): void {
    rmSync(join(this.path, name), { recursive: true, force: true });
  }
}

/** `name(arguments) returns result` of every function of ours, as `npm run schema:release` writes it. */
export async function signatures(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ signature: string }>(
    `select format('%s(%s) returns %s', proname, pg_get_function_identity_arguments(oid), pg_get_function_result(oid)) as signature
       from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
  );
  return rows.map(({ signature }) => signature);
}

/** The tenant of baseline-data.sql. The owner is no superuser: row security hides from it what no tenant was named for. */
const TENANT = '01970000-0000-7000-8000-000000000001';

/** Counts the rows of every table of tenants and people, without those that tell of migrations and of the queue. */
export async function rowCounts(ownerUrl: string): Promise<Map<string, number>> {
  return await withClient(ownerUrl, async (owner) => {
    await owner.query("select set_config('app.tenant_id', $1, false)", [TENANT]);
    const { rows: tables } = await owner.query<{ name: string }>(
      `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and c.relname not like 'migration%' order by 1`,
    );
    const counts = new Map<string, number>();
    for (const { name } of tables) {
      const { rows } = await owner.query<{ count: number }>(`select count(*)::int as count from ${name}`);
      if ((rows[0]?.count ?? 0) > 0) counts.set(name, rows[0]?.count ?? 0);
    }
    return counts;
  });
}
