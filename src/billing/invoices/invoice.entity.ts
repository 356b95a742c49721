import { Entity } from 'typeorm';
import type { InvoiceState, VoidCause } from '../../domain/invoice-state.js';
import type { InvoiceContent, InvoiceContext, InvoiceType } from '../../domain/invoice.js';
import { Amount, CivilDay, Flag, Id, Instant, Json, OptionalText, OptionalUuid, Text, Uuid, Whole } from '../../database/column.js';

@Entity('invoice')
export class InvoiceEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() connectionId!: string;
  @Text() externalId!: string;
  @Text() number!: string;
  @Text() search!: string;
  @Text() type!: InvoiceType;
  @Text() typeLabel!: string;
  @Text() state!: InvoiceState;
  @OptionalText() voidCause!: VoidCause | null;
  @Uuid() customerId!: string;
  @Text() customerName!: string;
  @CivilDay() date!: string;
  @CivilDay() dueDate!: string;
  @Text() currency!: string;
  @Amount() subtotal!: string;
  @Amount() tax!: string;
  @Amount() total!: string;
  @Amount() balance!: string;
  @OptionalText() agreementExternalId!: string | null;
  @Text() locationExternalId!: string;
  @OptionalUuid() ledgerConnectionId!: string | null;
  @Uuid() revisionId!: string;
  @Json() context!: InvoiceContext;
  @Whole() openErrors!: number;
  @Whole() openWarnings!: number;
  @Whole() openInfos!: number;
  @Flag() checkWanted!: boolean;
  @Flag() changedAfterPosting!: boolean;
  @Instant() sourceUpdatedAt!: Date;
  @Instant() firstSeenAt!: Date;
  @Instant() updatedAt!: Date;
}

@Entity('invoice_revision')
export class InvoiceRevisionEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() invoiceId!: string;
  @Whole() number!: number;
  @Text() contentHash!: string;
  @Json() content!: InvoiceContent;
  @Instant() createdAt!: Date;
}

/** Whether this is what is left where no content is kept; the whole is to be read at the source. */
export function isBare(content: InvoiceContent): boolean {
  return 'bare' in content;
}
