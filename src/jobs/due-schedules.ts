import type { OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';

export interface DueSchedule {
  tenantId: string;
  id: string;
}

export interface DueTask {
  tenantId: string;
  kind: 'retention' | 'erasure';
}

/** The scheduler role's narrow view over all tenants: which schedules are due, by id, and nothing else. */
export class DueSchedules implements OnApplicationShutdown {
  /** One connection of that role serves whoever looks across tenants. */
  readonly pool: pg.Pool;

  constructor(schedulerUrl: string) {
    this.pool = new pg.Pool({ connectionString: schedulerUrl, max: 1, application_name: 'countersign-scheduler' });
    this.pool.on('error', () => undefined);
  }

  async now(instant: Date, limit: number): Promise<DueSchedule[]> {
    const { rows } = await this.pool.query<DueSchedule>(
      'select tenant_id as "tenantId", id from schedule where not paused and next_due_at <= $1 order by next_due_at limit $2',
      [instant, limit],
    );
    return rows;
  }

  /** The same for what is done for a whole tenant. */
  async tasks(instant: Date, limit: number): Promise<DueTask[]> {
    const { rows } = await this.pool.query<DueTask>(
      'select tenant_id as "tenantId", kind from tenant_task where next_due_at <= $1 order by next_due_at limit $2',
      [instant, limit],
    );
    return rows;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
