import { Entity } from 'typeorm';
import { Id, Instant, OptionalInstant, OptionalText, Text } from '../../database/column.js';

@Entity('data_export')
export class DataExportEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() state!: 'queued' | 'running' | 'ready' | 'failed' | 'expired';
  @Text() requestedByKind!: 'person' | 'api_key';
  @Text() requestedById!: string;
  @Text() requestedByLabel!: string;
  /** bigint: text on the JavaScript side. */
  @Text() expected!: string;
  @Text() done!: string;
  @OptionalText() size!: string | null;
  @OptionalText() sha256!: string | null;
  @OptionalText() problem!: string | null;
  @Instant() queuedAt!: Date;
  @OptionalInstant() heartbeatAt!: Date | null;
  @OptionalInstant() finishedAt!: Date | null;
  @OptionalInstant() expiresAt!: Date | null;
  @OptionalInstant() downloadedAt!: Date | null;
}
