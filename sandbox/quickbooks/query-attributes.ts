import type { EntityName } from './entities/entity.js';

/** Attributes the real service lets a query filter and sort by; any other is refused, however plainly it stands in the entity. */

const EVERY = ['Id', 'MetaData.CreateTime', 'MetaData.LastUpdatedTime'];
const NAMED = [...EVERY, 'Name', 'Active', 'FullyQualifiedName'];
const TRANSACTION = [...EVERY, 'DocNumber', 'TxnDate', 'CustomerRef', 'TotalAmt', 'Balance'];
const PERSON = [
  ...EVERY,
  'DisplayName',
  'CompanyName',
  'GivenName',
  'MiddleName',
  'FamilyName',
  'FullyQualifiedName',
  'PrintOnCheckName',
  'PrimaryEmailAddr',
  'Active',
  'Balance',
];

const ATTRIBUTES: Record<EntityName, readonly string[]> = {
  Invoice: [...TRANSACTION, 'DueDate', 'SalesTermRef', 'DepartmentRef', 'ClassRef', 'ShipDate'],
  CreditMemo: [...TRANSACTION, 'RemainingCredit', 'DepartmentRef'],
  Payment: [...EVERY, 'TxnDate', 'CustomerRef', 'TotalAmt', 'UnappliedAmt', 'PaymentMethodRef', 'PaymentRefNum', 'DepositToAccountRef'],
  Customer: [...PERSON, 'Job', 'Taxable', 'PreferredDeliveryMethod'],
  Vendor: PERSON,
  Employee: PERSON,
  Item: [...NAMED, 'Type', 'Sku', 'UnitPrice', 'Taxable', 'Description', 'IncomeAccountRef', 'ParentRef'],
  Attachable: [...EVERY, 'FileName', 'Note', 'Category', 'AttachableRef.EntityRef.Type', 'AttachableRef.EntityRef.value'],
  Account: [...NAMED, 'AccountType', 'AccountSubType', 'Classification', 'AcctNum', 'CurrentBalance', 'SubAccount'],
  Term: [...NAMED, 'Type', 'DueDays'],
  Class: NAMED,
  Department: NAMED,
  TaxCode: [...NAMED, 'Taxable', 'Description'],
  TaxRate: [...NAMED, 'RateValue'],
  PaymentMethod: [...NAMED, 'Type'],
};

/** The attribute's own spelling, or nothing. */
export function attributeOf(kind: EntityName, property: string): string | undefined {
  return ATTRIBUTES[kind].find((name) => name.toLowerCase() === property.toLowerCase());
}

/** Values at a dotted path, whatever the case of its letters; arrays on the way open up, a reference stands for its value. */
export function valuesAt(entity: unknown, path: string): unknown[] {
  let at: unknown[] = [entity];
  for (const part of path.toLowerCase().split('.')) {
    at = at.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value])).flatMap((value) => child(value, part));
  }
  return at.map((value) => (isObject(value) ? (value['value'] ?? value['Address']) : value));
}

function child(value: unknown, part: string): unknown[] {
  if (!isObject(value)) return [];
  const key = Object.keys(value).find((name) => name.toLowerCase() === part);
  return key === undefined ? [] : [value[key]];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
