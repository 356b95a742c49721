import { Entity } from 'typeorm';
import type { Role } from '../domain/role.js';
import { Id, Instant, Json, OptionalInstant, OptionalText, OptionalUuid, Text } from '../database/column.js';

@Entity('invitation')
export class InvitationEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() email!: string;
  @OptionalText() name!: string | null;
  @Text() role!: Role;
  @OptionalText() psaMember!: string | null;
  @Json() limits!: object;
  @Text() invitedBy!: string;
  @Text() linkBy!: 'email' | 'operator';
  @Instant() createdAt!: Date;
  @Instant() expiresAt!: Date;
  @OptionalInstant() acceptedAt!: Date | null;
  @OptionalUuid() acceptedBy!: string | null;
  @OptionalInstant() withdrawnAt!: Date | null;
}
