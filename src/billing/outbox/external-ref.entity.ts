import { Entity, PrimaryColumn } from 'typeorm';
import { Id, Instant, OptionalText, Text } from '../../database/column.js';

@Entity('external_ref')
export class ExternalRefEntity {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @PrimaryColumn('text') kind!: 'contact' | 'item' | 'document' | 'payment';
  @PrimaryColumn('text') key!: string;
  @Text() externalId!: string;
  @OptionalText() link!: string | null;
  @Instant() createdAt!: Date;
}
