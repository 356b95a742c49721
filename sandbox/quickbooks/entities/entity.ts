import type { Attachable } from './attachable.js';
import type { CreditMemo } from './credit-memo.js';
import type { Customer } from './customer.js';
import type { Invoice } from './invoice.js';
import type { Item } from './item.js';
import type { Account, NamedList, TaxCode, TaxRate, Term } from './lists.js';
import type { Payment } from './payment.js';

/** Own fields of every kind the company holds, without what the server adds to all of them. */
export interface FieldsOf {
  Invoice: Invoice;
  CreditMemo: CreditMemo;
  Payment: Payment;
  Customer: Customer;
  Item: Item;
  Attachable: Attachable;
  Account: Account;
  Term: Term;
  Class: NamedList;
  Department: NamedList;
  TaxCode: TaxCode;
  TaxRate: TaxRate;
  Vendor: NamedList;
  Employee: NamedList;
  PaymentMethod: NamedList;
}

export type EntityName = keyof FieldsOf;

interface Meta {
  domain: 'QBO';
  sparse: false;
  Id: string;
  SyncToken: string;
  MetaData: { CreateTime: string; LastUpdatedTime: string };
}

export type Entity<K extends EntityName = EntityName> = FieldsOf[K] & Meta;

const NAMES = Object.keys({
  Invoice: 1,
  CreditMemo: 1,
  Payment: 1,
  Customer: 1,
  Item: 1,
  Attachable: 1,
  Account: 1,
  Term: 1,
  Class: 1,
  Department: 1,
  TaxCode: 1,
  TaxRate: 1,
  Vendor: 1,
  Employee: 1,
  PaymentMethod: 1,
} satisfies Record<EntityName, 1>) as EntityName[];

/** `invoice`, `Invoice` and `INVOICE` are the same entity in paths and in queries. */
export function entityNamed(text: string): EntityName | undefined {
  return NAMES.find((name) => name.toLowerCase() === text.toLowerCase());
}

/** Kinds that are hidden by default once inactive. */
export const LIST_ENTITIES: ReadonlySet<EntityName> = new Set<EntityName>([
  'Customer',
  'Item',
  'Account',
  'Term',
  'Class',
  'Department',
  'TaxCode',
  'TaxRate',
  'Vendor',
  'Employee',
  'PaymentMethod',
]);
