import type { ContactInput, LineInput } from '../inputs.js';
import type { DocumentKind, Ledger } from '../ledger.js';
import { saveContact, identifyContact } from '../contacts/write.js';
import { compare, totalsOf, type LineAmountTypes } from '../money.js';
import type { ContactRecord, DocumentRecord, DocumentStatus } from '../records.js';
import { balanceOf, isSettledInPart } from './balance.js';
import { buildLines } from './lines.js';
import { currencyErrors, HAS_PAYMENT, isApprovedStatus, lockErrors, nextStatus, WRONG_STATUS } from './rules.js';

/** What invoices and credit notes are written from, whichever of them they become. */
export interface DocumentChange {
  type: DocumentRecord['type'] | undefined;
  number: string | undefined;
  /** What the caller already found wrong: the rules of numbers and references differ by kind. */
  foundErrors: readonly string[];
  contact: ContactInput | undefined;
  date: string | undefined;
  dueDate: string | undefined;
  lineAmountTypes: string | undefined;
  lines: readonly LineInput[] | undefined;
  currency: string | undefined;
  currencyRate: string | undefined;
  status: string | undefined;
  extras: Partial<Pick<DocumentRecord, 'reference' | 'url' | 'expectedPaymentDate' | 'plannedPaymentDate' | 'sentToContact'>>;
}

export interface WriteRules {
  kind: DocumentKind;
  unitDp: 2 | 4;
  nextNumber(): string;
  /** Invoices need one when approved, credit notes do not. */
  needsDueDate: boolean;
}

export interface Written {
  document?: DocumentRecord;
  errors: string[];
}

const LINE_AMOUNT_TYPES: readonly LineAmountTypes[] = ['Exclusive', 'Inclusive', 'NoTax'];

/** Checks everything, then saves all of it or nothing. */
export function writeDocument(ledger: Ledger, before: DocumentRecord | undefined, change: DocumentChange, rules: WriteRules): Written {
  const status = nextStatus(before?.status, change.status);
  if (status === undefined) return { errors: statusErrors(ledger, before) };
  const touched = before !== undefined && (before.status === 'PAID' || isSettledInPart(ledger, before));
  if (touched && (status === 'VOIDED' || changesMoney(before, change))) return { errors: [HAS_PAYMENT] };
  const contact = identifyContact(ledger, change.contact, before?.contactId);
  const errors = [...change.foundErrors, ...contact.errors, ...checkHead(ledger, before, change, status, rules)];
  const type = change.type ?? before?.type;
  const amountsAre = LINE_AMOUNT_TYPES.find((name) => name === change.lineAmountTypes) ?? before?.lineAmountTypes ?? 'Exclusive';
  const built = buildLines(change.lines ?? [], {
    ledger,
    amountsAre,
    unitDp: rules.unitDp,
    isApproved: isApprovedStatus(status),
    isSale: type === 'ACCREC' || type === 'ACCRECCREDIT',
    mayDiscount: type === 'ACCREC',
    existing: before?.lines ?? [],
  });
  errors.push(...built.errors);
  const lines = change.lines === undefined ? (before?.lines ?? []) : built.lines;
  const totals = totalsOf(lines, amountsAre);
  if (touched && compare(totals.total, before.total) !== 0) errors.push(HAS_PAYMENT);
  if (compare(totals.total, '0') < 0) errors.push('The total of a document cannot be negative.');
  if (errors.length > 0 || type === undefined) return { errors };
  return {
    document: ledger.transaction(() => commit(ledger, before, change, rules, { type, status, amountsAre, lines, totals, contact })),
    errors,
  };
}

interface Checked {
  type: DocumentRecord['type'];
  status: DocumentStatus;
  amountsAre: LineAmountTypes;
  lines: DocumentRecord['lines'];
  totals: ReturnType<typeof totalsOf>;
  contact: ReturnType<typeof identifyContact>;
}

function commit(
  ledger: Ledger,
  before: DocumentRecord | undefined,
  change: DocumentChange,
  rules: WriteRules,
  checked: Checked,
): DocumentRecord {
  const { type, status, amountsAre, lines, totals } = checked;
  const contact = keepContact(ledger, checked.contact, type, before);
  const currency = change.currency ?? before?.currency ?? ledger.organisation().baseCurrency;
  const document: DocumentRecord = {
    ...before,
    ...change.extras,
    id: before?.id ?? ledger.newId(),
    type,
    number: change.number ?? before?.number ?? rules.nextNumber(),
    contactId: contact.id,
    date: change.date ?? before?.date ?? ledger.today(),
    dueDate: change.dueDate ?? before?.dueDate,
    lineAmountTypes: amountsAre,
    currency,
    currencyRate: change.currencyRate ?? before?.currencyRate ?? dayRate(ledger, currency),
    status,
    lines,
    ...totals,
    sentToContact: change.extras.sentToContact ?? before?.sentToContact ?? false,
    createdByMyApp: before?.createdByMyApp ?? true,
    updatedAt: ledger.now(),
  };
  const kept = paidWhenNothingIsDue(ledger, document);
  ledger.saveDocument(rules.kind, kept);
  return kept;
}

/** Approving a document of zero closes it at once; voiding never does, though its amount due stays. */
function paidWhenNothingIsDue(ledger: Ledger, document: DocumentRecord): DocumentRecord {
  if (document.status !== 'AUTHORISED' || compare(balanceOf(ledger, document).due, '0') !== 0) return document;
  return { ...document, status: 'PAID', fullyPaidOn: document.date };
}

function keepContact(
  ledger: Ledger,
  identified: Checked['contact'],
  type: DocumentRecord['type'],
  before: DocumentRecord | undefined,
): ContactRecord {
  const contact = identified.change ? saveContact(ledger, identified.contact, identified.change) : identified.contact;
  if (!contact) throw new Error(`Document ${before?.id ?? '(new)'} was checked without a contact`);
  const roles = { isCustomer: contact.isCustomer || type === 'ACCREC', isSupplier: contact.isSupplier || type === 'ACCPAY' };
  if (roles.isCustomer !== contact.isCustomer || roles.isSupplier !== contact.isSupplier)
    ledger.saveContactQuietly({ ...contact, ...roles });
  return contact;
}

function statusErrors(ledger: Ledger, before: DocumentRecord | undefined): string[] {
  return before && isSettledInPart(ledger, before) ? [WRONG_STATUS, HAS_PAYMENT] : [WRONG_STATUS];
}

/** On a part-paid document the texts, accounts and tracking of lines may change, and nothing that moves an amount. */
function changesMoney(before: DocumentRecord, change: DocumentChange): boolean {
  const isOther = (value: string | undefined, old: string) => value !== undefined && value !== old;
  if (isOther(change.date, before.date) || isOther(change.currency, before.currency)) return true;
  if (isOther(change.lineAmountTypes, before.lineAmountTypes)) return true;
  if (change.lines === undefined) return false;
  const sameLines =
    change.lines.length === before.lines.length && before.lines.every((line) => change.lines?.some((sent) => sameAmounts(sent, line)));
  return !sameLines;
}

function sameAmounts(sent: LineInput, line: DocumentRecord['lines'][number]): boolean {
  const same = (value: string | undefined, old: string | undefined) => value === undefined || compare(value, old ?? '0') === 0;
  return (
    sent.LineItemID === line.id &&
    same(sent.Quantity, line.quantity) &&
    same(sent.UnitAmount, line.unitAmount) &&
    same(sent.TaxAmount, line.taxAmount) &&
    (sent.TaxType === undefined || sent.TaxType === line.taxType)
  );
}

function checkHead(
  ledger: Ledger,
  before: DocumentRecord | undefined,
  change: DocumentChange,
  status: DocumentStatus,
  rules: WriteRules,
): string[] {
  const errors: string[] = [];
  if (!before && change.type === undefined) errors.push('Type must be specified.');
  if (before && change.type !== undefined && change.type !== before.type) errors.push('The type of a document cannot be changed.');
  if (!before && !change.lines?.length) errors.push('One or more line items must be specified');
  if (change.lineAmountTypes !== undefined && !LINE_AMOUNT_TYPES.some((name) => name === change.lineAmountTypes)) {
    errors.push(`LineAmountTypes '${change.lineAmountTypes}' is not valid.`);
  }
  if (rules.needsDueDate && isApprovedStatus(status) && (change.dueDate ?? before?.dueDate) === undefined) {
    errors.push('The due date is mandatory for an approved document.');
  }
  if (change.currency !== undefined) errors.push(...currencyErrors(ledger, change.currency));
  for (const date of new Set([before?.date, change.date ?? before?.date ?? ledger.today()]))
    if (date) errors.push(...lockErrors(ledger, date));
  return errors;
}

function dayRate(ledger: Ledger, currency: string): string {
  return ledger.organisation().currencies.find(({ code }) => code === currency)?.rate ?? '1';
}
