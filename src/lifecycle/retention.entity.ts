import { Entity, PrimaryColumn } from 'typeorm';
import { Flag, Id, Instant, Json, OptionalInstant, OptionalText, OptionalUuid, OptionalWhole, Text, Whole } from '../database/column.js';

/** How long a tenant keeps what. */
@Entity('data_policy')
export class DataPolicyEntity {
  @Id() tenantId!: string;
  /** Null: for ever. */
  @OptionalWhole() documentsYears!: number | null;
  @Whole() rawDays!: number;
  @Whole() logDays!: number;
  /** Null: for ever. */
  @OptionalWhole() auditYears!: number | null;
  @Flag() keepsContent!: boolean;
  @Instant() updatedAt!: Date;
}

/** What is kept in any case. */
@Entity('legal_hold')
export class LegalHoldEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() scope!: 'tenant' | 'customer' | 'invoice';
  @OptionalUuid() subjectId!: string | null;
  @Text() subjectLabel!: string;
  @Text() reason!: string;
  @Text() setById!: string;
  @Text() setByLabel!: string;
  @Instant() setAt!: Date;
  @OptionalText() liftedById!: string | null;
  @OptionalText() liftedByLabel!: string | null;
  @OptionalInstant() liftedAt!: Date | null;
}

/** A clean-up by the policy. */
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

/** When something for a whole tenant is due next. */
@Entity('tenant_task')
export class TenantTaskEntity {
  @Id() tenantId!: string;
  @PrimaryColumn('text') kind!: 'retention' | 'erasure';
  @Instant() nextDueAt!: Date;
}
