import { Entity, PrimaryColumn } from 'typeorm';
import { Flag, Id, Instant, OptionalText, Text } from '../database/column.js';

/** Somebody whom a connected PSA lists as staff. An invitation waiting to be made, and never a way in. */
@Entity('staff_record')
export class StaffEntity {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @PrimaryColumn('text') externalId!: string;
  @Text() name!: string;
  @OptionalText() email!: string | null;
  @Flag() active!: boolean;
  @Instant() readAt!: Date;
}

/** When a connection was last asked for its staff, and what is then not known. */
@Entity('staff_reading')
export class StaffReadingEntity {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @Instant() readAt!: Date;
  @OptionalText() notKnown!: string | null;
}
