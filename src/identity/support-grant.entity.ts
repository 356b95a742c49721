import { Entity } from 'typeorm';
import type { Role } from '../domain/role.js';
import { Id, Instant, OptionalInstant, OptionalText, Text } from '../database/column.js';

@Entity('support_grant')
export class SupportGrantEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() operator!: string;
  @Text() reason!: string;
  @Text() role!: Exclude<Role, 'owner'>;
  @Text() grantedBy!: string;
  @Instant() createdAt!: Date;
  @Instant() expiresAt!: Date;
  @OptionalInstant() enteredAt!: Date | null;
  @OptionalInstant() endedAt!: Date | null;
  @OptionalText() endedBy!: string | null;
}
