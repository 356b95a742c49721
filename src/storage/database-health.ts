import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Questions about the database itself, which need no tenant. */
@Injectable()
export class DatabaseHealth {
  constructor(private readonly dataSource: DataSource) {}

  async answers(): Promise<boolean> {
    try {
      await this.dataSource.query('select 1');
      return true;
    } catch {
      return false;
    }
  }

  /** Marks the database at its first boot. @returns what it was marked as, perhaps by an earlier boot in the other mode. */
  async markAs(mode: 'sandbox' | 'live'): Promise<string> {
    const [row] = await this.dataSource.query<{ mode: string }[]>('select mark_installation($1) as mode', [mode]);
    return row?.mode ?? 'unknown';
  }
}
