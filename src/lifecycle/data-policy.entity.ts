import { Entity } from 'typeorm';
import { Id, Instant, OptionalWhole, Flag, Whole } from '../database/column.js';

@Entity('data_policy')
export class DataPolicyEntity {
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
