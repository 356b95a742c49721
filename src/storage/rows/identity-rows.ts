import { Column, Entity } from 'typeorm';
import type { Permission, Role } from '../../domain/role.js';
import { Id, Instant, Json, OptionalBytes, OptionalInstant, OptionalText, OptionalUuid, Text, Uuid, Whole } from './column.js';

@Entity('membership')
export class MembershipRow {
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

@Entity('invitation')
export class InvitationRow {
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

@Entity('api_key')
export class ApiKeyRow {
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

@Entity('email_code')
export class EmailCodeRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() address!: string;
  @OptionalBytes() salt!: Buffer | null;
  @OptionalBytes() hash!: Buffer | null;
  @Whole() tries!: number;
  @Instant() requestedAt!: Date;
  @Instant() expiresAt!: Date;
  @OptionalInstant() usedAt!: Date | null;
}

@Entity('outgoing_email')
export class OutgoingEmailRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() kind!: 'sign_in_code' | 'invitation' | 'factor_news';
  @Text() recipient!: string;
  @Uuid() subjectId!: string;
  @Text() state!: 'waiting' | 'sent' | 'dropped';
  @Instant() createdAt!: Date;
  @OptionalInstant() finishedAt!: Date | null;
  /** What happened to a factor. */
  @OptionalText() news!: string | null;
}
