import pg from 'pg';
import { DataSource, DefaultNamingStrategy, type DataSourceOptions } from 'typeorm';
import { ROWS } from '../storage/rows/index.js';

/** DATE stays the text it is: a calendar day has no instant. */
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

class SnakeCase extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string): string {
    return customName || propertyName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}

/** @param url of the app role; the owner's never reaches the app. */
export function appDataSourceOptions(url: string, poolSize: number): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: ROWS,
    namingStrategy: new SnakeCase(),
    synchronize: false,
    migrationsRun: false,
    logging: false,
    extra: { max: poolSize, application_name: 'countersign', statement_timeout: 60_000, idle_in_transaction_session_timeout: 60_000 },
  };
}

export async function openDataSource(url: string, poolSize = 10): Promise<DataSource> {
  return await new DataSource(appDataSourceOptions(url, poolSize)).initialize();
}
