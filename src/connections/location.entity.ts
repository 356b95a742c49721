import { Entity, PrimaryColumn } from 'typeorm';
import { Id, OptionalUuid, Text } from '../database/column.js';

@Entity('location')
export class LocationEntity {
  @Id() tenantId!: string;
  @Id() sourceConnectionId!: string;
  @PrimaryColumn('text') externalId!: string;
  @Text() name!: string;
  @OptionalUuid() ledgerConnectionId!: string | null;
}
