import { Column, Entity } from 'typeorm';
import { Id, Instant, OptionalInstant, OptionalText, Text, Whole } from '../database/column.js';

@Entity('tenant_settings')
export class TenantSettingsEntity {
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
