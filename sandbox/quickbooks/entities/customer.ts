import { z } from 'zod';
import type { Books } from '../books.js';
import { businessError, missingParameter } from '../faults.js';
import { accept, address, decimal, emailAddress, envelopeFields, readOnly, ref, type Ref } from './fields.js';
import { inactiveName, refuseBadName, refuseTakenName } from './names.js';
import { requireActive } from './references.js';
import type { EntityRules } from './rules.js';

const phone = z.strictObject({ FreeFormNumber: z.string().max(30).optional() });

const schema = z.strictObject({
  ...envelopeFields,
  DisplayName: z.string().max(500).optional(),
  Title: z.string().max(16).optional(),
  GivenName: z.string().max(100).optional(),
  MiddleName: z.string().max(100).optional(),
  FamilyName: z.string().max(100).optional(),
  Suffix: z.string().max(16).optional(),
  CompanyName: z.string().max(100).optional(),
  PrintOnCheckName: z.string().max(110).optional(),
  PrimaryEmailAddr: emailAddress.optional(),
  PrimaryPhone: phone.optional(),
  Mobile: phone.optional(),
  Fax: phone.optional(),
  AlternatePhone: phone.optional(),
  WebAddr: z.strictObject({ URI: z.string().max(1000).optional() }).optional(),
  BillAddr: address.optional(),
  ShipAddr: address.optional(),
  Notes: z.string().max(2000).optional(),
  Active: z.boolean().optional(),
  Job: z.boolean().optional(),
  BillWithParent: z.boolean().optional(),
  ParentRef: ref.optional(),
  CurrencyRef: ref.optional(),
  SalesTermRef: ref.optional(),
  PaymentMethodRef: ref.optional(),
  DefaultTaxCodeRef: readOnly,
  Taxable: z.boolean().optional(),
  TaxExemptionReasonId: z.string().optional(),
  ResaleNum: z.string().max(16).optional(),
  PreferredDeliveryMethod: z.enum(['Print', 'Email', 'None']).optional(),
  Balance: decimal.optional(),
  BalanceWithJobs: readOnly,
  FullyQualifiedName: readOnly,
  Level: readOnly,
  IsProject: readOnly,
});

export interface Customer extends Omit<
  z.infer<typeof schema>,
  keyof typeof envelopeFields | 'FullyQualifiedName' | 'DefaultTaxCodeRef' | 'Level' | 'IsProject'
> {
  DisplayName: string;
  FullyQualifiedName: string;
  Active: boolean;
  Job: boolean;
  Taxable: boolean;
  CurrencyRef: Ref;
  Balance: number;
}

export const customerRules: EntityRules<'Customer'> = {
  prepare({ books, before }, body) {
    const {
      Id: _i,
      SyncToken: _s,
      MetaData: _m,
      domain: _d,
      sparse: _p,
      status: _t,
      Level: _l,
      IsProject: _j,
      DefaultTaxCodeRef: _c,
      ...sent
    } = accept(schema, body);
    if (sent.SalesTermRef) requireActive(books, 'Term', sent.SalesTermRef.value, 'SalesTermRef');
    const Active = sent.Active ?? true;
    const given = displayName(sent);
    refuseBadName(given, 'DisplayName');
    const DisplayName = Active ? given : inactiveName(given);
    if (DisplayName.toLowerCase() !== before?.DisplayName.toLowerCase()) refuseTakenName(books, DisplayName, before?.Id);
    const parent = sent.ParentRef && requireActive(books, 'Customer', sent.ParentRef.value, 'ParentRef');
    return {
      ...sent,
      DisplayName,
      FullyQualifiedName: parent ? `${parent.FullyQualifiedName}:${DisplayName}` : DisplayName,
      PrintOnCheckName: sent.PrintOnCheckName ?? sent.CompanyName ?? DisplayName.slice(0, 110),
      Active,
      Job: sent.Job ?? false,
      Taxable: sent.Taxable ?? true,
      PreferredDeliveryMethod: sent.PreferredDeliveryMethod ?? 'None',
      CurrencyRef: currency(books, before?.CurrencyRef, sent.CurrencyRef),
      Balance: before?.Balance ?? sent.Balance ?? 0,
      BalanceWithJobs: before?.Balance ?? sent.Balance ?? 0,
    };
  },
};

function displayName(
  sent: Partial<Record<'DisplayName' | 'Title' | 'GivenName' | 'MiddleName' | 'FamilyName' | 'Suffix', string | undefined>>,
): string {
  const parts = [sent.Title, sent.GivenName, sent.MiddleName, sent.FamilyName, sent.Suffix];
  const name = (sent.DisplayName || parts.filter(Boolean).join(' ')).trim();
  if (name === '') throw missingParameter('DisplayName');
  return name;
}

function currency(books: Books, before: Ref | undefined, sent: Ref | undefined): Ref {
  if (before && sent && sent.value !== before.value) throw businessError("A customer's currency cannot be changed.", 'CurrencyRef');
  if (before) return before;
  if (sent && sent.value !== 'USD' && !books.options.multicurrency) {
    throw businessError('Multi Currency should be enabled to perform this operation.', 'CurrencyRef');
  }
  return sent ?? { value: 'USD', name: 'United States Dollar' };
}
