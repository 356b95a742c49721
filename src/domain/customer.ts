import type { Address } from './invoice.js';

/** The MSP's client, as the PSA describes it. */
export interface Customer {
  externalId: string;
  name: string;
  accountNumber?: string;
  email?: string;
  phone?: string;
  address: Address;
  taxId?: string;
  currency?: string;
  deleted: boolean;
}
