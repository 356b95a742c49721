import { Entity } from 'typeorm';
import { CivilDay, Flag, Id, Instant, OptionalText, Text, Uuid } from '../../database/column.js';

@Entity('settlement')
export class SettlementEntity {
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
