import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DatabaseMetrics } from './database-metrics.js';

/** Questions about the database itself, which need no tenant. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly dataSource: DataSource,
    private readonly numbers: DatabaseMetrics,
  ) {}

  async answers(): Promise<boolean> {
    try {
      await this.dataSource.query('select 1');
      return true;
    } catch {
      return false;
    }
  }

  async queueNumbers(): Promise<{ oldestSeconds: number; deadLetters: number }> {
    return { oldestSeconds: await this.numbers.oldestWaitingSeconds(), deadLetters: await this.numbers.deadLetters() };
  }

  /** Our clock minus the server's, the way there and back taken out. */
  async clockAheadSeconds(): Promise<number> {
    const began = Date.now();
    const [row] = await this.dataSource.query<{ ms: number }[]>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms');
    return ((began + Date.now()) / 2 - (row?.ms ?? 0)) / 1_000;
  }

  /** Marks the database at its first boot. @returns what it was marked as, perhaps by an earlier boot in the other mode. */
  async markAs(mode: 'sandbox' | 'live'): Promise<string> {
    const [row] = await this.dataSource.query<{ mode: string }[]>('select mark_installation($1) as mode', [mode]);
    return row?.mode ?? 'unknown';
  }
}
