import { Entity, PrimaryColumn } from 'typeorm';
import { Id, Instant, Json, OptionalInstant, OptionalText } from '../../database/column.js';

@Entity('vendor_record')
export class VendorRecordEntity {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @PrimaryColumn('text') kind!: 'invoice';
  @PrimaryColumn('text') externalId!: string;
  @OptionalText() number!: string | null;
  @Json() payload!: unknown;
  @Instant() vendorUpdatedAt!: Date;
  @Instant() fetchedAt!: Date;
  @Instant() expiresAt!: Date;
  @OptionalText() problem!: string | null;
  @OptionalText() problemField!: string | null;
  @OptionalInstant() interpretedAt!: Date | null;
}
