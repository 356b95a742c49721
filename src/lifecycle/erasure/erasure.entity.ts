import { Entity } from 'typeorm';
import { Id, Instant, Json, OptionalInstant, OptionalText, Flag, Text, Uuid } from '../../database/column.js';

@Entity('erasure_certificate')
export class ErasureCertificateEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Text() kind!: 'person' | 'contact';
  @Text() subjectLabel!: string;
  @Json() body!: object;
  @Text() sha256!: string;
  @Text() signature!: string;
  @Instant() issuedAt!: Date;
}

@Entity('tenant_erasure')
export class TenantErasureEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() certificateId!: string;
  @Text() state!: 'waiting' | 'erasing' | 'cancelled';
  @Text() requestedByKind!: 'person' | 'api_key' | 'operator';
  @Text() requestedById!: string;
  @Text() requestedByLabel!: string;
  @Instant() requestedAt!: Date;
  @Instant() notBefore!: Date;
  @Flag() postingWasStopped!: boolean;
  @Json() counts!: Record<string, number>;
  @Json() notes!: string[];
  @OptionalText() problem!: string | null;
  @OptionalInstant() cancelledAt!: Date | null;
  @OptionalText() cancelledBy!: string | null;
}
