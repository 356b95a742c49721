import { Column, Entity } from 'typeorm';
import type { Permission, Role } from '../domain/role.js';
import { Id, Instant, Json, OptionalInstant, OptionalText, OptionalUuid, Text } from '../database/column.js';

@Entity('api_key')
export class ApiKeyEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() name!: string;
  @Text() role!: Role;
  @Column('text', { array: true, nullable: true }) scopes!: Permission[] | null;
  @Json() limits!: object;
  @Text() prefix!: string;
  @Text() createdBy!: string;
  @OptionalUuid() creatorId!: string | null;
  @Instant() createdAt!: Date;
  @OptionalText() lastUsedFrom!: string | null;
  @OptionalInstant() lastUsedAt!: Date | null;
  @OptionalInstant() expiresAt!: Date | null;
  @OptionalInstant() revokedAt!: Date | null;
}
