import { Entity } from 'typeorm';
import { Id, Instant, OptionalInstant, Text, Uuid } from '../../database/column.js';

@Entity('reviewer')
export class ReviewerEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() invoiceId!: string;
  @Text() email!: string;
  @Text() name!: string;
  @Text() decision!: 'waiting' | 'viewed' | 'approved' | 'rejected';
  @OptionalInstant() decidedAt!: Date | null;
}

@Entity('invoice_view')
export class InvoiceViewEntity {
  @Id() tenantId!: string;
  @Id() invoiceId!: string;
  @Id() personId!: string;
  @Instant() viewedAt!: Date;
}
