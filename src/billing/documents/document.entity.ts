import { Entity, PrimaryColumn } from 'typeorm';
import { Bytes, Id, Instant, Json, Text, Uuid, Whole } from '../../database/column.js';

@Entity('document_bytes')
export class DocumentBytesEntity {
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

@Entity('document')
export class DocumentEntity {
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
