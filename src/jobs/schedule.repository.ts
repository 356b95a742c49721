import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import { ScheduleEntity, type ScheduleKind } from './schedule.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

/** When a connection is looked at next. */
@Injectable()
export class ScheduleRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  async of(connectionId: string): Promise<ScheduleEntity[]> {
    return await this.tx.rows(ScheduleEntity).find({ where: { tenantId: this.tx.tenantId, connectionId }, order: { kind: 'ASC' } });
  }

  /** Due at once; an existing one keeps what people set. */
  async ensure(connectionId: string, kind: ScheduleKind, intervalMinutes: number): Promise<void> {
    await this.tx.execute(
      'insert into schedule (tenant_id, id, connection_id, kind, interval_minutes, next_due_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing',
      [this.tx.tenantId, uuidv7(), connectionId, kind, intervalMinutes, this.clock.now()],
    );
  }

  /** Moves a due schedule to its next time and answers it; undefined when another process was faster. */
  async claim(id: string): Promise<ScheduleEntity | undefined> {
    const now = this.clock.now();
    const [claimed] = await this.tx.query<{ id: string }>(
      `update schedule set next_due_at = $3::timestamptz + make_interval(mins => interval_minutes)
       where tenant_id = $1 and id = (select id from schedule
         where tenant_id = $1 and id = $2 and next_due_at <= $3 and not paused for update skip locked) returning id`,
      [this.tx.tenantId, id, now],
    );
    return claimed ? await this.tx.rows(ScheduleEntity).findOneByOrFail({ tenantId: this.tx.tenantId, id }) : undefined;
  }

  async change(
    connectionId: string,
    kind: ScheduleKind,
    change: Partial<Pick<ScheduleEntity, 'paused' | 'intervalMinutes' | 'nextDueAt'>>,
  ): Promise<void> {
    await this.tx.rows(ScheduleEntity).update({ tenantId: this.tx.tenantId, connectionId, kind }, change);
  }
}
