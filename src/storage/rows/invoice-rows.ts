import { Entity, PrimaryColumn } from 'typeorm';
import type { Customer } from '../../domain/customer.js';
import type { InvoiceState, VoidCause } from '../../domain/invoice-state.js';
import type { InvoiceContent, InvoiceContext, InvoiceType } from '../../domain/invoice.js';
import type { Severity } from '../../domain/review/rule.js';
import {
  Amount,
  Bytes,
  CivilDay,
  Flag,
  Id,
  Instant,
  Json,
  OptionalInstant,
  OptionalText,
  OptionalUuid,
  Text,
  Uuid,
  Whole,
} from './column.js';

@Entity('vendor_record')
export class VendorRecordRow {
  @Id() tenantId!: string;
  @Id() connectionId!: string;
  @PrimaryColumn('text') kind!: 'invoice';
  @PrimaryColumn('text') externalId!: string;
  @OptionalText() number!: string | null;
  @Json() payload!: unknown;
  @Instant() vendorUpdatedAt!: Date;
  @Instant() fetchedAt!: Date;
  @Instant() expiresAt!: Date;
  @OptionalText() problem!: string | null;
  @OptionalText() problemField!: string | null;
  @OptionalInstant() interpretedAt!: Date | null;
}

@Entity('customer')
export class CustomerRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() connectionId!: string;
  @Text() externalId!: string;
  @Text() name!: string;
  @Json() data!: Customer;
  @Instant() updatedAt!: Date;
}

@Entity('invoice')
export class InvoiceRow {
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
export class InvoiceRevisionRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() invoiceId!: string;
  @Whole() number!: number;
  @Text() contentHash!: string;
  @Json() content!: InvoiceContent;
  @Instant() createdAt!: Date;
}

@Entity('flag')
export class FlagRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() invoiceId!: string;
  @Text() rule!: string;
  @Text() severity!: Severity;
  @Text() title!: string;
  @Text() message!: string;
  @Text() target!: string;
  @OptionalText() lineKey!: string | null;
  @OptionalText() link!: string | null;
  @Flag() revealsCost!: boolean;
  @Flag() gone!: boolean;
  @OptionalText() dismissedBy!: string | null;
  @OptionalInstant() dismissedAt!: Date | null;
  @Instant() createdAt!: Date;
}

@Entity('reviewer')
export class ReviewerRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() invoiceId!: string;
  @Text() email!: string;
  @Text() name!: string;
  @Text() decision!: 'waiting' | 'viewed' | 'approved' | 'rejected';
  @OptionalInstant() decidedAt!: Date | null;
}

@Entity('invoice_view')
export class InvoiceViewRow {
  @Id() tenantId!: string;
  @Id() invoiceId!: string;
  @Id() personId!: string;
  @Instant() viewedAt!: Date;
}

@Entity('document_bytes')
export class DocumentBytesRow {
  @Id() tenantId!: string;
  @PrimaryColumn('text') sha256!: string;
  @Bytes() bytes!: Buffer;
}

/** Where one printed line stands, in PDF points from the top left corner of its page (1-based). */
export interface LinePosition {
  lineKey: string;
  /** On the main page, or on the appended time detail. */
  part: 'charge' | 'detail';
  page: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Whether this is what is left where no content is kept; the whole is to be read at the source. */
export function isBare(content: InvoiceContent): boolean {
  return 'bare' in content;
}

@Entity('document')
export class DocumentRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() invoiceId!: string;
  @Uuid() revisionId!: string;
  @Text() look!: string;
  @Text() sha256!: string;
  @Whole() pages!: number;
  @Whole() size!: number;
  @Json() positions!: LinePosition[];
  @Instant() createdAt!: Date;
}

@Entity('approval')
export class ApprovalRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() invoiceId!: string;
  @Uuid() revisionId!: string;
  /** Null: the document went when the tenant chose to keep no content; the hash says which one it was. */
  @OptionalUuid() documentId!: string | null;
  @Text() documentSha256!: string;
  @Text() approvedByKind!: 'person' | 'api_key';
  @Text() approvedById!: string;
  @Text() approvedByLabel!: string;
  @OptionalUuid() reviewerId!: string | null;
  @Flag() forAll!: boolean;
  @Flag() final!: boolean;
  @Text() state!: 'standing' | 'withdrawn' | 'lapsed';
  @Instant() at!: Date;
  @OptionalInstant() endedAt!: Date | null;
  @OptionalText() endedBecause!: string | null;
}

@Entity('rejection')
export class RejectionRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() invoiceId!: string;
  @Uuid() revisionId!: string;
  @Text() rejectedByKind!: 'person' | 'api_key';
  @Text() rejectedById!: string;
  @Text() rejectedByLabel!: string;
  @Text() reason!: string;
  @Instant() at!: Date;
  @OptionalInstant() withdrawnAt!: Date | null;
}
