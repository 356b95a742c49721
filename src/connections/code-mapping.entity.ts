import { Entity, PrimaryColumn } from 'typeorm';
import { Id, Instant, Text } from '../database/column.js';

@Entity('code_mapping')
export class CodeMappingEntity {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @PrimaryColumn('text') kind!: 'category' | 'tax' | 'status';
  @PrimaryColumn('text') key!: string;
  @Text() code!: string;
  @Text() setBy!: string;
  @Instant() updatedAt!: Date;
}
