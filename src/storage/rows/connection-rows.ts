import { Entity, PrimaryColumn } from 'typeorm';
import type { ExternalAccount, HealthReport } from '../../ports/connector.js';
import {
  CivilDay,
  Flag,
  Id,
  Instant,
  Json,
  OptionalCivilDay,
  OptionalInstant,
  OptionalJson,
  OptionalText,
  OptionalUuid,
  OptionalWhole,
  Text,
  Uuid,
  Whole,
} from './column.js';

@Entity('connection')
export class ConnectionRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() connector!: string;
  @Text() externalAccountId!: string;
  @Text() label!: string;
  @OptionalText() apiAddress!: string | null;
  @Text() state!: 'connected' | 'needs_reconnect' | 'disconnected';
  @OptionalText() sealedCredentials!: string | null;
  /** bigint: text on the JavaScript side. */
  @Text() grantEpoch!: string;
  @OptionalJson() health!: HealthReport | null;
  @OptionalInstant() pausedAt!: Date | null;
  @OptionalText() pausedBy!: string | null;
  @Text() postingMode!: 'preview' | 'live';
  @OptionalCivilDay() goLiveDate!: string | null;
  @OptionalWhole() budgetLeft!: number | null;
  @OptionalCivilDay() budgetDay!: string | null;
  @Instant() createdAt!: Date;
  @Instant() updatedAt!: Date;
}

/** A grant that opens several accounts, until a person has picked one. */
@Entity('pending_grant')
export class PendingGrantRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() connector!: string;
  @Text() begunBy!: string;
  @Json() accounts!: ExternalAccount[];
  @OptionalText() apiAddress!: string | null;
  @Text() sealedCredentials!: string;
  @Instant() expiresAt!: Date;
}

@Entity('location')
export class LocationRow {
  @Id() tenantId!: string;
  @Id() sourceConnectionId!: string;
  @PrimaryColumn('text') externalId!: string;
  @Text() name!: string;
  @OptionalUuid() ledgerConnectionId!: string | null;
}

@Entity('code_mapping')
export class CodeMappingRow {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @PrimaryColumn('text') kind!: 'category' | 'tax' | 'status';
  @PrimaryColumn('text') key!: string;
  @Text() code!: string;
  @Text() setBy!: string;
  @Instant() updatedAt!: Date;
}

@Entity('vendor_cache')
export class VendorCacheRow {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @PrimaryColumn('text') kind!: string;
  @Json() payload!: unknown;
  @Instant() fetchedAt!: Date;
}

@Entity('external_ref')
export class ExternalRefRow {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @PrimaryColumn('text') kind!: 'contact' | 'item' | 'document' | 'payment';
  @PrimaryColumn('text') key!: string;
  @Text() externalId!: string;
  @OptionalText() link!: string | null;
  @Instant() createdAt!: Date;
}

export type ScheduleKind = 'pull' | 'sweep' | 'post' | 'settle';

@Entity('schedule')
export class ScheduleRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() connectionId!: string;
  @Text() kind!: ScheduleKind;
  @Whole() intervalMinutes!: number;
  @Instant() nextDueAt!: Date;
  @Flag() paused!: boolean;
}

@Entity('sync_run')
export class SyncRunRow {
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
export class SyncCursorRow {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @PrimaryColumn('text') kind!: 'pull' | 'settle';
  @Text() cursor!: string;
  @Instant() updatedAt!: Date;
}

@Entity('settlement')
export class SettlementRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() connectionId!: string;
  @Text() kind!: 'payment' | 'credit';
  @Text() externalId!: string;
  @Text() documentExternalId!: string;
  @Uuid() invoiceId!: string;
  @Text() amount!: string;
  @Text() currency!: string;
  @CivilDay() date!: string;
  @OptionalText() reference!: string | null;
  @Flag() removed!: boolean;
  @Instant() firstSeenAt!: Date;
  @Instant() updatedAt!: Date;
}
