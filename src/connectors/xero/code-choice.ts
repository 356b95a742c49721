import { Decimal } from '../../domain/money.js';
import type { CodeMapping, LedgerCategory, LedgerCode, LedgerCodes, LedgerDocument } from '../../ports/accounting-ledger.js';
import { ConnectorError } from '../../ports/connector-error.js';
import { guessCategoryAccounts } from '../kit/category-accounts.js';
import { LABEL } from './descriptor.js';
import { xeroTax } from './tax-allocation.js';

/** How the system account for rounding stands in our list of codes: inactive there, so that nobody maps sales to it. */
export const ROUNDING_NAME = 'Rounding (system account)';

export function accountFor(category: LedgerCategory, mapping: CodeMapping, codes: LedgerCodes): string {
  const code = mapping.categories[category];
  if (!code) throw missing(`No account is chosen for ${category.replace('_', ' ')} lines. Choose one in the mapping.`);
  return usable(code, codes.categories, 'Account');
}

export interface TaxCodes {
  taxable: () => string;
  exempt: () => string;
}

/**
 * The tax codes of a document's lines; each is looked up only when a line needs it. A document without tax books even its
 * taxable lines as exempt when their code would have charged something: the customer is exempt, and so is the report.
 */
export function taxCodesFor(document: LedgerDocument, mapping: CodeMapping, codes: LedgerCodes): TaxCodes {
  const exempt = (): string => {
    const code = mapping.taxes['exempt'];
    if (!code) throw missing('No tax code is chosen for lines without tax. Choose one in the mapping.');
    return usable(code, codes.taxes, 'Tax code');
  };
  const taxable = (): string => {
    const isCharged = !new Decimal(document.tax).isZero();
    const code = mapping.taxes[document.taxCode ?? ''] ?? mapping.taxes['taxable'];
    if (!code) {
      if (!isCharged) return exempt();
      throw missing(
        `No tax code is chosen for ${document.taxCode ? `"${document.taxCode}"` : 'taxable lines'}. Choose one in the mapping.`,
      );
    }
    const rate = new Decimal(codes.taxes.find((known) => known.code === code)?.rate ?? 0);
    if (isCharged && rate.isZero()) {
      throw missing(
        `The document charges ${document.tax} of tax, but its tax code is mapped to ${code}, which is 0 %. Change the mapping.`,
      );
    }
    return isCharged || xeroTax(taxedAmounts(document), rate).isZero() ? usable(code, codes.taxes, 'Tax code') : exempt();
  };
  return { taxable, exempt };
}

function taxedAmounts(document: LedgerDocument): Decimal[] {
  return document.lines.filter((line) => line.taxable).map((line) => new Decimal(line.amount));
}

function usable(code: string, known: readonly LedgerCode[], what: string): string {
  if (known.length === 0)
    throw missing(`${LABEL} does not show its list, so ${what.toLowerCase()} ${code} cannot be checked. Check the connection.`);
  const found = known.find((candidate) => candidate.code === code);
  if (!found) throw missing(`${what} ${code} does not exist in ${LABEL} any more. Choose another one in the mapping.`);
  if (!found.active)
    throw missing(`${what} ${code} (${found.name}) cannot be used for sales in ${LABEL}. Choose another one in the mapping.`);
  return code;
}

function missing(sentence: string): ConnectorError {
  return new ConnectorError('invalid', sentence);
}

/** Tax types that mean "sales tax" and "none of it" in the regions that Xero ships with, best first. */
const TAXABLE = ['OUTPUT2', 'OUTPUT'];
const EXEMPT = ['EXEMPTOUTPUT', 'ZERORATEDOUTPUT', 'ZERORATED', 'NONE', 'BASEXCLUDED', 'EXEMPTEXPORT'];

/** First guesses from a chart of accounts, which lists revenue first; people change them. */
export function suggestMapping(codes: LedgerCodes): CodeMapping {
  const accounts = codes.categories.filter((account) => account.active);
  const sales = accounts.find((account) => account.code === '200' || /^sales$/i.test(account.name)) ?? accounts[0];
  const taxes = codes.taxes.filter((tax) => tax.active);
  const charges = (tax: LedgerCode) => !new Decimal(tax.rate ?? 0).isZero();
  const taxable = preferred(taxes, TAXABLE, charges);
  const exempt = preferred(taxes, EXEMPT, (tax) => !charges(tax));
  return {
    categories: guessCategoryAccounts(accounts, sales),
    taxes: { ...(taxable && { taxable: taxable.code }), ...(exempt && { exempt: exempt.code }) },
  };
}

function preferred(taxes: readonly LedgerCode[], order: readonly string[], fits: (tax: LedgerCode) => boolean): LedgerCode | undefined {
  const fitting = taxes.filter(fits);
  return order.flatMap((code) => fitting.find((tax) => tax.code === code) ?? [])[0] ?? fitting[0];
}
