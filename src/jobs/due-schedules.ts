import { Injectable } from '@nestjs/common';
import { SchedulerPool } from '../database/scheduler-pool.js';

export interface DueSchedule {
  tenantId: string;
  id: string;
}

export interface DueTask {
  tenantId: string;
  kind: 'retention' | 'erasure';
}

/** The scheduler role's narrow view over all tenants: which schedules are due, by id, and nothing else. */
@Injectable()
export class DueSchedules {
  constructor(private readonly scheduler: SchedulerPool) {}

  async now(instant: Date, limit: number): Promise<DueSchedule[]> {
    const { rows } = await this.scheduler.pool.query<DueSchedule>(
      'select tenant_id as "tenantId", id from schedule where not paused and next_due_at <= $1 order by next_due_at limit $2',
      [instant, limit],
    );
    return rows;
  }

  /** The same for what is done for a whole tenant. */
  async tasks(instant: Date, limit: number): Promise<DueTask[]> {
    const { rows } = await this.scheduler.pool.query<DueTask>(
      'select tenant_id as "tenantId", kind from tenant_task where next_due_at <= $1 order by next_due_at limit $2',
      [instant, limit],
    );
    return rows;
  }
}
