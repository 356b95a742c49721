import { Entity } from 'typeorm';
import { Id, Instant, Json, OptionalInstant, OptionalText, Text } from '../database/column.js';

@Entity('retention_run')
export class RetentionRunEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() state!: 'queued' | 'running' | 'succeeded' | 'failed';
  @Text() requestedBy!: string;
  /** bigint: text on the JavaScript side. */
  @Text() expected!: string;
  @Text() deleted!: string;
  @Json() counts!: Record<string, number>;
  @Json() kept!: string[];
  @OptionalText() problem!: string | null;
  @Instant() queuedAt!: Date;
  @OptionalInstant() startedAt!: Date | null;
  @OptionalInstant() heartbeatAt!: Date | null;
  @OptionalInstant() finishedAt!: Date | null;
}
