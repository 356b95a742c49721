import { Entity } from 'typeorm';
import { Id, Instant, Json, OptionalBytes, OptionalText, Whole } from '../../database/column.js';

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
export class BrandEntity {
  @Id() tenantId!: string;
  @Whole() version!: number;
  @Json() data!: BrandData;
  @OptionalBytes() logo!: Buffer | null;
  @OptionalText() logoType!: string | null;
  @Instant() updatedAt!: Date;
}
