import { Entity } from 'typeorm';
import { Flag, Id, Instant, Text, Uuid, Whole } from '../database/column.js';

export type ScheduleKind = 'pull' | 'sweep' | 'post' | 'settle';

@Entity('schedule')
export class ScheduleEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() connectionId!: string;
  @Text() kind!: ScheduleKind;
  @Whole() intervalMinutes!: number;
  @Instant() nextDueAt!: Date;
  @Flag() paused!: boolean;
}
