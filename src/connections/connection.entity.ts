import { Entity } from 'typeorm';
import type { HealthReport } from '../ports/connector.js';
import { Id, Instant, OptionalCivilDay, OptionalInstant, OptionalJson, OptionalText, OptionalWhole, Text } from '../database/column.js';

@Entity('connection')
export class ConnectionEntity {
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
