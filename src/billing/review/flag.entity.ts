import { Entity } from 'typeorm';
import type { Severity } from '../../domain/review/rule.js';
import { Flag, Id, Instant, OptionalInstant, OptionalText, Text, Uuid } from '../../database/column.js';

@Entity('flag')
export class FlagEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() invoiceId!: string;
  @Text() rule!: string;
  @Text() severity!: Severity;
  @Text() title!: string;
  @Text() message!: string;
  @Text() target!: string;
  @OptionalText() lineKey!: string | null;
  @OptionalText() link!: string | null;
  @Flag() revealsCost!: boolean;
  @Flag() gone!: boolean;
  @OptionalText() dismissedBy!: string | null;
  @OptionalInstant() dismissedAt!: Date | null;
  @Instant() createdAt!: Date;
}
