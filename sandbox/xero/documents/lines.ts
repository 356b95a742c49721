import type { LineInput } from '../inputs.js';
import { sameText, type Ledger } from '../ledger.js';
import { compare, minus, priceLine, type LineAmountTypes } from '../money.js';
import { notModelled } from '../problem.js';
import type { AccountRecord, LineRecord } from '../records.js';

export interface LinesContext {
  ledger: Ledger;
  amountsAre: LineAmountTypes;
  unitDp: 2 | 4;
  /** Approved or submitted documents need an account and a tax rate on every priced line. */
  isApproved: boolean;
  isSale: boolean;
  mayDiscount: boolean;
  existing: readonly LineRecord[];
}

const NOT_FOR_DOCUMENTS = new Set(['DEBTORS', 'CREDITORS', 'GST', 'GSTONIMPORTS', 'RETAINEDEARNINGS', 'HISTORICAL']);

/** The lines as they will be kept: a known id updates, no id creates, and what is not sent is gone. */
export function buildLines(inputs: readonly LineInput[], context: LinesContext): { lines: LineRecord[]; errors: string[] } {
  const errors: string[] = [];
  const lines = inputs.map((input) => buildLine(input, context, errors));
  return { lines, errors: [...new Set(errors)] };
}

function buildLine(input: LineInput, context: LinesContext, errors: string[]): LineRecord {
  const before = input.LineItemID === undefined ? undefined : context.existing.find((line) => line.id === input.LineItemID);
  if (input.LineItemID !== undefined && !before) throw notModelled(`a LineItemID that the document does not have (${input.LineItemID})`);
  const line = withItem(input, before, context, errors);
  if ((line.description?.length ?? 0) > 4_000) errors.push('Line item description must not be longer than 4000 characters.');
  if (line.unitAmount === undefined) {
    if (input.LineAmount !== undefined) throw notModelled('a LineAmount without a UnitAmount');
    if (!line.description) errors.push('Description must be specified for a line without an amount.');
    return line;
  }
  const priced = withAccountAndTax(line, context, errors);
  return withAmounts(priced, input, context, errors);
}

function withItem(input: LineInput, before: LineRecord | undefined, context: LinesContext, errors: string[]): LineRecord {
  const item = input.ItemCode === undefined ? undefined : context.ledger.itemByCode(input.ItemCode);
  if (input.ItemCode !== undefined && !item) errors.push(`Item code '${input.ItemCode}' is not valid`);
  return {
    id: before?.id ?? context.ledger.newId(),
    description: input.Description ?? before?.description ?? item?.description,
    quantity: input.Quantity ?? before?.quantity,
    unitAmount: input.UnitAmount ?? before?.unitAmount ?? item?.unitPrice,
    accountCode: input.AccountCode ?? before?.accountCode ?? item?.accountCode,
    taxType: input.TaxType ?? before?.taxType ?? item?.taxType,
    itemCode: input.ItemCode ?? before?.itemCode,
    discountRate: input.DiscountRate ?? before?.discountRate,
    discountAmount: input.DiscountAmount ?? before?.discountAmount,
    tracking: input.Tracking === undefined ? (before?.tracking ?? []) : buildTracking(input.Tracking, context, errors),
  };
}

function buildTracking(inputs: NonNullable<LineInput['Tracking']>, { ledger }: LinesContext, errors: string[]): LineRecord['tracking'] {
  if (inputs.length > 2) errors.push('A line item can have at most 2 tracking categories.');
  return inputs.flatMap((input) => {
    const category = ledger
      .trackingCategories()
      .find((candidate) => candidate.id === input.TrackingCategoryID || sameText(candidate.name, input.Name ?? ''));
    const option = category?.options.find(
      (candidate) => candidate.id === input.TrackingOptionID || sameText(candidate.name, input.Option ?? ''),
    );
    if (category && option) return [{ categoryId: category.id, optionId: option.id }];
    errors.push(`The tracking option '${input.Option ?? input.TrackingOptionID ?? ''}' is not valid`);
    return [];
  });
}

function withAccountAndTax(line: LineRecord, context: LinesContext, errors: string[]): LineRecord {
  const code = line.accountCode;
  if (code === undefined && !context.isApproved) return line;
  const account = context.ledger.accountByCode(code ?? '');
  if (!account || account.type === 'BANK' || NOT_FOR_DOCUMENTS.has(account.systemAccount ?? '')) {
    errors.push(`Account code '${code ?? ''}' is not a valid code for this document.`);
    return line;
  }
  if (account.status === 'ARCHIVED') {
    errors.push(`Account code '${code}' has been archived, or deleted.`);
    return line;
  }
  const taxType = line.taxType ?? account.taxType;
  errors.push(...taxErrors(context.ledger, taxType, account));
  return { ...line, accountCode: account.code, taxType };
}

function taxErrors(ledger: Ledger, taxType: string, account: AccountRecord): string[] {
  const rate = ledger.taxRate(taxType);
  if (rate?.status !== 'ACTIVE') return [`The TaxType code ${taxType} does not exist or cannot be used for this type of transaction.`];
  return rate.appliesTo.includes(account.class)
    ? []
    : [`The TaxType code '${taxType}' cannot be used with account code '${account.code}'.`];
}

function withAmounts(line: LineRecord, input: LineInput, context: LinesContext, errors: string[]): LineRecord {
  if (line.discountRate !== undefined && line.discountAmount !== undefined) {
    errors.push('Only one of DiscountRate and DiscountAmount can be specified on a line item.');
    return line;
  }
  if ((line.discountRate !== undefined || line.discountAmount !== undefined) && !context.mayDiscount) {
    errors.push('Discounts can only be applied to sales invoices and quotes.');
    return line;
  }
  const quantity = line.quantity ?? '1';
  const amounts = priceLine(
    {
      quantity,
      unitAmount: line.unitAmount ?? '0',
      taxPercent: context.ledger.taxRate(line.taxType ?? '')?.percent ?? '0',
      ...(line.discountRate !== undefined && { discountRate: line.discountRate }),
      ...(line.discountAmount !== undefined && { discountAmount: line.discountAmount }),
      ...(input.TaxAmount !== undefined && { taxAmount: input.TaxAmount }),
    },
    context.amountsAre,
    context.unitDp,
  );
  if (input.LineAmount !== undefined && compare(input.LineAmount, amounts.lineAmount) !== 0) {
    errors.push(`The line total ${input.LineAmount} does not match the expected line total ${amounts.lineAmount}`);
  }
  if (compare(amounts.lineAmount, '9999999999.99') > 0 || compare(minus('0', amounts.lineAmount), '9999999999.99') > 0) {
    errors.push('The line amount is out of range.');
  }
  return { ...line, quantity, ...amounts };
}
