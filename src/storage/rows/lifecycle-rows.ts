import { Entity, PrimaryColumn } from 'typeorm';
import { Id, Instant, Json, OptionalInstant, OptionalText, OptionalUuid, OptionalWhole, Flag, Text, Uuid, Whole } from './column.js';

@Entity('data_policy')
export class DataPolicyRow {
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

@Entity('tenant_task')
export class TenantTaskRow {
  @Id() tenantId!: string;
  @PrimaryColumn('text') kind!: 'retention' | 'erasure';
  @Instant() nextDueAt!: Date;
}

@Entity('retention_run')
export class RetentionRunRow {
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

@Entity('legal_hold')
export class LegalHoldRow {
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

@Entity('data_export')
export class DataExportRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() state!: 'queued' | 'running' | 'ready' | 'failed' | 'expired';
  @Text() requestedByKind!: 'person' | 'api_key';
  @Text() requestedById!: string;
  @Text() requestedByLabel!: string;
  /** bigint: text on the JavaScript side. */
  @Text() expected!: string;
  @Text() done!: string;
  @OptionalText() size!: string | null;
  @OptionalText() sha256!: string | null;
  @OptionalText() problem!: string | null;
  @Instant() queuedAt!: Date;
  @OptionalInstant() heartbeatAt!: Date | null;
  @OptionalInstant() finishedAt!: Date | null;
  @OptionalInstant() expiresAt!: Date | null;
  @OptionalInstant() downloadedAt!: Date | null;
}

@Entity('erasure_certificate')
export class ErasureCertificateRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() kind!: 'person' | 'contact';
  @Text() subjectLabel!: string;
  @Json() body!: object;
  @Text() sha256!: string;
  @Text() signature!: string;
  @Instant() issuedAt!: Date;
}

@Entity('tenant_erasure')
export class TenantErasureRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() certificateId!: string;
  @Text() state!: 'waiting' | 'erasing' | 'cancelled';
  @Text() requestedByKind!: 'person' | 'api_key' | 'operator';
  @Text() requestedById!: string;
  @Text() requestedByLabel!: string;
  @Instant() requestedAt!: Date;
  @Instant() notBefore!: Date;
  @Flag() postingWasStopped!: boolean;
  @Json() counts!: Record<string, number>;
  @Json() notes!: string[];
  @OptionalText() problem!: string | null;
  @OptionalInstant() cancelledAt!: Date | null;
  @OptionalText() cancelledBy!: string | null;
}
