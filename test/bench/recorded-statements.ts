import type pg from 'pg';
import { DataSource, type DataSourceOptions, type Logger } from 'typeorm';
import { appDataSourceOptions } from '../../src/database/data-source.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';

export interface Recorded {
  sql: string;
  parameters: unknown[];
}

/** What the product's own code sends to the database, from BEGIN to COMMIT, so that both sides of a ratio can send just that. */
export class StatementRecorder {
  private constructor(
    private readonly dataSource: DataSource,
    private readonly tape: Recorded[],
  ) {}

  static async open(appUrl: string): Promise<StatementRecorder> {
    const tape: Recorded[] = [];
    const logger: Logger = {
      logQuery: (sql, parameters) => void tape.push({ sql, parameters: Array.isArray(parameters) ? [...parameters] : [] }),
      logQueryError: () => undefined,
      logQuerySlow: () => undefined,
      logSchemaBuild: () => undefined,
      logMigration: () => undefined,
      log: () => undefined,
    };
    const options: DataSourceOptions = { ...appDataSourceOptions(appUrl, 1), logging: true, logger };
    return new StatementRecorder(await new DataSource(options).initialize(), tape);
  }

  /** The statements of one tenant transaction, and what its work answered. */
  async record<T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<{ statements: Recorded[]; answer: T }> {
    this.tape.length = 0;
    const tx = new TenantTransaction(this.dataSource);
    const answer = await tx.run(tenantId, () => work(tx));
    return { statements: [...this.tape], answer };
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}

/** @returns the rows of each statement */
export async function replay(client: pg.Client, statements: readonly Recorded[]): Promise<unknown[][]> {
  const answers: unknown[][] = [];
  for (const { sql, parameters } of statements) answers.push((await client.query<Record<string, unknown>>(sql, parameters)).rows);
  return answers;
}
