import { Entity, PrimaryColumn } from 'typeorm';
import { Bytes, Id, Instant, Json, Text, Uuid, Whole } from '../../database/column.js';
import type { LinePosition } from './render/positions.js';

@Entity('document_bytes')
export class DocumentBytesEntity {
  @Id() tenantId!: string;
  @PrimaryColumn('text') sha256!: string;
  @Bytes() bytes!: Buffer;
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
