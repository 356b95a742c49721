import { Entity } from 'typeorm';
import { Id, Instant, OptionalInstant, OptionalText, Text, Uuid } from '../../database/column.js';

@Entity('outgoing_email')
export class OutgoingEmailEntity {
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
