import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Actor } from '../actor.js';
import { Id, Instant, Json, OptionalBytes, OptionalInstant, OptionalJson, OptionalText, Text, Whole } from './column.js';

@Entity('tenant_settings')
export class TenantSettingsRow {
  @Id() tenantId!: string;
  @Text() name!: string;
  @Text() timeZone!: string;
  @Text() locale!: string;
  @Text() currency!: string;
  @OptionalInstant() postingStoppedAt!: Date | null;
  @OptionalText() postingStoppedBy!: string | null;
  @Column('text', { array: true }) allowedDirectories!: string[];
  @Column('text', { array: true }) signInMethods!: ('google' | 'microsoft' | 'oidc' | 'email')[];
  @Column('text', { array: true }) googleDomains!: string[];
  @Text() secondFactor!: 'none' | 'admins' | 'everyone';
  @Whole() sessionIdleMinutes!: number;
  @Whole() sessionHours!: number;
  @Instant() createdAt!: Date;
}

/** What the brand page edits; see `Brand` of the document renderer for what each field does. */
export interface BrandData {
  sellerName?: string;
  addressLines?: string[];
  taxIdLabel?: string;
  taxId?: string;
  phone?: string;
  email?: string;
  website?: string;
  accent?: string;
  paymentInstructions?: string;
  footer?: string;
  /** What differs at one of the PSA's locations, by its id there: another legal name, tax id, bank account. */
  locations?: Record<string, Omit<BrandData, 'locations'>>;
}

@Entity('brand')
export class BrandRow {
  @Id() tenantId!: string;
  @Whole() version!: number;
  @Json() data!: BrandData;
  @OptionalBytes() logo!: Buffer | null;
  @OptionalText() logoType!: string | null;
  @Instant() updatedAt!: Date;
}

@Entity('audit_event')
export class AuditEventRow {
  @Id() tenantId!: string;
  @Id() id!: string;
  @PrimaryColumn('timestamptz') at!: Date;
  @Text() actorKind!: Actor['kind'];
  @Text() actorId!: string;
  @Text() actorLabel!: string;
  @Text() action!: string;
  @Text() subjectKind!: string;
  @Text() subjectId!: string;
  @OptionalJson() before!: object | null;
  @OptionalJson() after!: object | null;
  @OptionalText() sourceIp!: string | null;
  /** Follows from the action, in the database. */
  @Column({ type: 'text', insert: false, update: false }) category!: 'business' | 'security';
}
