import { z } from 'zod';
import type { Books } from '../books.js';
import { NotModelled } from '../fault-bodies.js';
import { businessError, duplicateName, missingParameter } from '../faults.js';
import { accept, civilDate, decimal, envelopeFields, readOnly, ref } from './fields.js';
import { inactiveName, refuseBadName } from './names.js';
import { requireActive } from './references.js';
import type { EntityRules } from './rules.js';

const schema = z.strictObject({
  ...envelopeFields,
  Name: z.string().max(100),
  Type: z.enum(['Service', 'NonInventory', 'Inventory', 'Group', 'Category']),
  Sku: z.string().max(100).optional(),
  Description: z.string().max(4000).optional(),
  Active: z.boolean().optional(),
  SubItem: z.boolean().optional(),
  ParentRef: ref.optional(),
  Taxable: z.boolean().optional(),
  SalesTaxIncluded: z.boolean().optional(),
  UnitPrice: decimal.optional(),
  IncomeAccountRef: ref.optional(),
  ExpenseAccountRef: ref.optional(),
  AssetAccountRef: ref.optional(),
  PurchaseDesc: z.string().max(1000).optional(),
  PurchaseCost: decimal.optional(),
  TrackQtyOnHand: z.boolean().optional(),
  QtyOnHand: decimal.optional(),
  InvStartDate: civilDate.optional(),
  ClassRef: ref.optional(),
  FullyQualifiedName: readOnly,
  Level: readOnly,
});

export interface Item extends Omit<z.infer<typeof schema>, keyof typeof envelopeFields | 'FullyQualifiedName' | 'Level'> {
  FullyQualifiedName: string;
  Active: boolean;
  Taxable: boolean;
}

export const itemRules: EntityRules<'Item'> = {
  prepare({ books, before }, body) {
    const { Id: _i, SyncToken: _s, MetaData: _m, domain: _d, sparse: _p, status: _t, Level: _l, ...sent } = accept(schema, body);
    if (sent.Type !== 'Service' && sent.Type !== 'NonInventory') throw new NotModelled(`Items of type ${sent.Type} are not modelled`);
    if (sent.Name.trim() === '') throw missingParameter('Name');
    refuseBadName(sent.Name, 'Name');
    const Active = sent.Active ?? true;
    const Name = Active ? sent.Name : inactiveName(sent.Name);
    if (books.all('Item').some((other) => other.Name.toLowerCase() === Name.toLowerCase() && other.Id !== before?.Id))
      throw duplicateName();
    if (sent.IncomeAccountRef === undefined) throw missingParameter('IncomeAccountRef');
    const account = incomeAccount(books, sent.IncomeAccountRef.value);
    if (sent.ExpenseAccountRef) requireActive(books, 'Account', sent.ExpenseAccountRef.value, 'ExpenseAccountRef');
    const parent = sent.ParentRef && requireActive(books, 'Item', sent.ParentRef.value, 'ParentRef');
    return {
      ...sent,
      Name,
      FullyQualifiedName: parent ? `${parent.FullyQualifiedName}:${Name}` : Name,
      Active,
      Taxable: sent.Taxable ?? false,
      UnitPrice: sent.UnitPrice ?? 0,
      IncomeAccountRef: { value: account.Id, name: account.Name },
      TrackQtyOnHand: false,
    };
  },
};

function incomeAccount(books: Books, id: string) {
  const account = requireActive(books, 'Account', id, 'IncomeAccountRef');
  if (account.Classification !== 'Revenue')
    throw businessError('The income account of an item must be an income account.', 'IncomeAccountRef');
  return account;
}
