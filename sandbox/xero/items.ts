import { z } from 'zod';
import type { Ledger } from './ledger.js';
import { readAmount } from './money.js';
import type { ItemRecord } from './records.js';

export const itemInput = z.strictObject({
  Code: z.string(),
  Name: z.string().optional(),
  Description: z.string().optional(),
  SalesDetails: z
    .strictObject({
      UnitPrice: z.union([z.number(), z.string()]).optional(),
      AccountCode: z.string().optional(),
      TaxType: z.string().optional(),
    })
    .optional(),
  IsSold: z.literal(true).optional(),
  IsPurchased: z.literal(false).optional(),
});
export type ItemInput = z.output<typeof itemInput>;

export function itemErrors(ledger: Ledger, input: ItemInput): string[] {
  const errors: string[] = [];
  if (ledger.itemByCode(input.Code)) errors.push(`Price List Item with Code '${input.Code}' already exists`);
  if (input.Code.length === 0 || input.Code.length > 30) errors.push('Item code must have 1 to 30 characters.');
  if ((input.Name?.length ?? 0) > 50) errors.push('Item name must not be longer than 50 characters.');
  const account = input.SalesDetails?.AccountCode;
  if (account !== undefined && !ledger.accountByCode(account))
    errors.push(`Account code '${account}' is not a valid code for this document.`);
  return errors;
}

export function saveItem(ledger: Ledger, input: ItemInput): ItemRecord {
  const item: ItemRecord = {
    id: ledger.newId(),
    code: input.Code,
    name: input.Name ?? input.Code,
    description: input.Description,
    unitPrice: readAmount(input.SalesDetails?.UnitPrice),
    accountCode: input.SalesDetails?.AccountCode,
    taxType: input.SalesDetails?.TaxType,
    updatedAt: ledger.now(),
  };
  ledger.context.store.put('item', item.id, item);
  return item;
}
