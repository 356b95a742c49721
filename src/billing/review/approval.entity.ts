import { Entity } from 'typeorm';
import { Flag, Id, Instant, OptionalInstant, OptionalText, OptionalUuid, Text, Uuid } from '../../database/column.js';

@Entity('approval')
export class ApprovalEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() invoiceId!: string;
  @Uuid() revisionId!: string;
  /** Null: the document went when the tenant chose to keep no content; the hash says which one it was. */
  @OptionalUuid() documentId!: string | null;
  @Text() documentSha256!: string;
  @Text() approvedByKind!: 'person' | 'api_key';
  @Text() approvedById!: string;
  @Text() approvedByLabel!: string;
  @OptionalUuid() reviewerId!: string | null;
  @Flag() forAll!: boolean;
  @Flag() final!: boolean;
  @Text() state!: 'standing' | 'withdrawn' | 'lapsed';
  @Instant() at!: Date;
  @OptionalInstant() endedAt!: Date | null;
  @OptionalText() endedBecause!: string | null;
}

@Entity('rejection')
export class RejectionEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() invoiceId!: string;
  @Uuid() revisionId!: string;
  @Text() rejectedByKind!: 'person' | 'api_key';
  @Text() rejectedById!: string;
  @Text() rejectedByLabel!: string;
  @Text() reason!: string;
  @Instant() at!: Date;
  @OptionalInstant() withdrawnAt!: Date | null;
}
