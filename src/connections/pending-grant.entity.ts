import { Entity } from 'typeorm';
import type { ExternalAccount } from '../ports/connector.js';
import { Id, Instant, Json, OptionalText, Text } from '../database/column.js';

/** A grant that opens several accounts, until a person has picked one. */
@Entity('pending_grant')
export class PendingGrantEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() connector!: string;
  @Text() begunBy!: string;
  @Json() accounts!: ExternalAccount[];
  @OptionalText() apiAddress!: string | null;
  @Text() sealedCredentials!: string;
  @Instant() expiresAt!: Date;
}
