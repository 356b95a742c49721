import { Entity } from 'typeorm';
import { Id, Instant, OptionalInstant, OptionalText, OptionalUuid, Text } from '../database/column.js';

@Entity('legal_hold')
export class LegalHoldEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() scope!: 'tenant' | 'customer' | 'invoice';
  @OptionalUuid() subjectId!: string | null;
  @Text() subjectLabel!: string;
  @Text() reason!: string;
  @Text() setById!: string;
  @Text() setByLabel!: string;
  @Instant() setAt!: Date;
  @OptionalText() liftedById!: string | null;
  @OptionalText() liftedByLabel!: string | null;
  @OptionalInstant() liftedAt!: Date | null;
}
