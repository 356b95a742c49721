import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What has been spent in the window that runs, and for how long it still does. */
export interface SpentRate {
  spent: number;
  leftMs: number;
}

const COLUMNS = 'spent, left_ms as "leftMs"';

/** Counters that all processes share, by the hash of what is counted. Asked before a tenant is known, through functions only. */
@Injectable()
export class RateBudgetRepository {
  constructor(private readonly dataSource: DataSource) {}

  async spend(key: Buffer, points: number, windowMs: number, afresh: boolean): Promise<SpentRate> {
    const [row] = await this.dataSource.query<SpentRate[]>(`select ${COLUMNS} from spend_rate($1, $2, $3, $4)`, [
      key,
      points,
      windowMs,
      afresh,
    ]);
    if (!row) throw new Error('A counter answered nothing');
    return row;
  }

  async spent(key: Buffer): Promise<SpentRate | undefined> {
    const [row] = await this.dataSource.query<SpentRate[]>(`select ${COLUMNS} from spent_rate($1)`, [key]);
    return row;
  }

  async forget(key: Buffer): Promise<boolean> {
    const [row] = await this.dataSource.query<{ gone: boolean }[]>('select forget_rate($1) as gone', [key]);
    return row?.gone === true;
  }
}
