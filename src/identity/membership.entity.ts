import { Entity } from 'typeorm';
import type { Role } from '../domain/role.js';
import { Id, Instant, Json, OptionalInstant, OptionalText, Text } from '../database/column.js';

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
