import { Entity } from 'typeorm';
import type { PostingOperation, PostingState } from '../../domain/posting-state.js';
import {
  Flag,
  Id,
  Instant,
  Json,
  OptionalInstant,
  OptionalText,
  OptionalUuid,
  OptionalWhole,
  Text,
  Uuid,
  Whole,
} from '../../database/column.js';

@Entity('posting_batch')
export class PostingBatchEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() connectionId!: string;
  @Text() requestKey!: string;
  @Text() kind!: 'invoice' | 'credit_note';
  @Text() bodyHash!: string;
  @Text() state!: 'sending' | 'settled' | 'frozen' | 'dissolved';
  @Instant() leaseUntil!: Date;
  @Instant() firstSentAt!: Date;
  @Whole() sends!: number;
  @Flag() transportFailure!: boolean;
  @OptionalInstant() settledAt!: Date | null;
}

@Entity('posting')
export class PostingEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() connectionId!: string;
  @Text() operation!: PostingOperation;
  @Text() intentKey!: string;
  @Json() intent!: Record<string, unknown>;
  @OptionalUuid() invoiceId!: string | null;
  @OptionalUuid() approvalId!: string | null;
  @Text() state!: PostingState;
  @Instant() notBefore!: Date;
  @Whole() attempts!: number;
  @OptionalText() sentNumber!: string | null;
  @OptionalText() sentBody!: string | null;
  @OptionalUuid() batchId!: string | null;
  @OptionalWhole() batchPosition!: number | null;
  @OptionalText() memberKey!: string | null;
  @OptionalInstant() sentAt!: Date | null;
  @OptionalText() externalId!: string | null;
  @OptionalText() link!: string | null;
  @OptionalText() cause!: string | null;
  @OptionalText() vendorWords!: string | null;
  @OptionalText() vendorCode!: string | null;
  @OptionalText() assignedTo!: string | null;
  @Text() createdBy!: string;
  @Instant() createdAt!: Date;
  @Instant() updatedAt!: Date;
}
