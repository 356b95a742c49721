import { Entity } from 'typeorm';
import type { Role } from '../domain/role.js';
import { Id, Instant, Json, OptionalInstant, OptionalText, OptionalUuid, Text } from '../database/column.js';

@Entity('membership')
export class MembershipEntity {
  @Id() tenantId!: string;
  @Id() personId!: string;
  @Text() email!: string;
  @Text() name!: string;
  @Text() role!: Role;
  @Json() limits!: object;
  @OptionalText() psaMember!: string | null;
  @Instant() joinedAt!: Date;
  @OptionalInstant() lastSeenAt!: Date | null;
}

/** Somebody who may become a member. */
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
