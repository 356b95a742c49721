import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Actor } from './actor.js';
import { Id, OptionalJson, OptionalText, Text } from '../column.js';

@Entity('audit_event')
export class AuditEventEntity {
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
