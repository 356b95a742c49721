import { Entity, PrimaryColumn } from 'typeorm';
import { Id, Instant, OptionalInstant, OptionalText, OptionalWhole, Text, Uuid, Whole } from '../database/column.js';

@Entity('sync_run')
export class SyncRunEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() connectionId!: string;
  @Text() kind!: 'pull' | 'sweep' | 'settle';
  @Text() state!: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  @Text() requestedBy!: string;
  @OptionalText() cursorBefore!: string | null;
  @OptionalWhole() expected!: number | null;
  @Whole() fetched!: number;
  @Whole() changed!: number;
  @Whole() setAside!: number;
  @OptionalText() problem!: string | null;
  @Instant() queuedAt!: Date;
  @OptionalInstant() startedAt!: Date | null;
  @OptionalInstant() heartbeatAt!: Date | null;
  @OptionalInstant() finishedAt!: Date | null;
}

@Entity('sync_cursor')
export class SyncCursorEntity {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @PrimaryColumn('text') kind!: 'pull' | 'settle';
  @Text() cursor!: string;
  @Instant() updatedAt!: Date;
}
