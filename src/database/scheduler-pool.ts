import type { OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';

/** One connection of the scheduler role, which serves whoever looks across tenants: it may read which work is due, and nothing else. */
export class SchedulerPool implements OnApplicationShutdown {
  readonly pool: pg.Pool;

  constructor(schedulerUrl: string) {
    this.pool = new pg.Pool({ connectionString: schedulerUrl, max: 1, application_name: 'countersign-scheduler' });
    this.pool.on('error', () => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
