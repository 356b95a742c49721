import { Entity } from 'typeorm';
import type { Customer } from '../../domain/customer.js';
import { Id, Instant, Json, Text, Uuid } from '../../database/column.js';

@Entity('customer')
export class CustomerEntity {
  @Id() tenantId!: string;
  @Id() id!: string;
  @Uuid() connectionId!: string;
  @Text() externalId!: string;
  @Text() name!: string;
  @Json() data!: Customer;
  @Instant() updatedAt!: Date;
}
