import { Entity, PrimaryColumn } from 'typeorm';
import { Id, Instant } from '../database/column.js';

@Entity('tenant_task')
export class TenantTaskEntity {
  @Id() tenantId!: string;
  @PrimaryColumn('text') kind!: 'retention' | 'erasure';
  @Instant() nextDueAt!: Date;
}
