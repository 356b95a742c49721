import { Entity } from 'typeorm';
import { Id, Instant, OptionalBytes, OptionalInstant, Text, Whole } from '../../database/column.js';

@Entity('email_code')
export class EmailCodeEntity {
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
