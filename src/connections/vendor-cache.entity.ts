import { Entity, PrimaryColumn } from 'typeorm';
import { Id, Instant, Json } from '../database/column.js';

@Entity('vendor_cache')
export class VendorCacheEntity {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @PrimaryColumn('text') kind!: string;
  @Json() payload!: unknown;
  @Instant() fetchedAt!: Date;
}
