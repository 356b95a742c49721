import { Decimal } from '../../domain/money.js';
import type { CodeMapping, LedgerCategory, LedgerCode, LedgerCodes, LedgerDocument } from '../../ports/accounting-ledger.js';
import { ConnectorError } from '../../ports/connector-error.js';
import { guessCategoryAccounts } from '../kit/category-accounts.js';
import { LABEL } from './descriptor.js';
import { EXEMPT, TAXABLE } from './reference-data.js';

export function accountFor(category: LedgerCategory, mapping: CodeMapping, codes: LedgerCodes): LedgerCode {
  const code = mapping.categories[category];
  if (!code) throw missing(`No account is chosen for ${category.replace('_', ' ')} lines. Choose one in the mapping.`);
  return usable(code, codes.categories, 'Account');
}

/** The rate to name on the document; none where the company finds it by itself, which the word TAX stands for. */
export function rateFor(document: LedgerDocument, mapping: CodeMapping, codes: LedgerCodes): string | undefined {
  const code = mapping.taxes[document.taxCode ?? ''] ?? mapping.taxes['taxable'] ?? TAXABLE;
  if (code === EXEMPT) {
    const sentence = `The document charges ${document.tax} of tax, but its tax code is mapped to "not taxable". Change the mapping.`;
    throw missing(sentence);
  }
  return code === TAXABLE ? undefined : usable(code, codes.taxes, 'Tax code').code;
}

function usable(code: string, known: readonly LedgerCode[], what: string): LedgerCode {
  const found = known.find((candidate) => candidate.code === code);
  if (!found) throw missing(`${what} ${code} does not exist in ${LABEL} any more. Choose another one in the mapping.`);
  if (!found.active) throw missing(`${what} ${found.name} is inactive in ${LABEL}. Choose another one in the mapping.`);
  return found;
}

function missing(sentence: string): ConnectorError {
  return new ConnectorError('invalid', sentence);
}

export function suggestMapping(codes: LedgerCodes): CodeMapping {
  const accounts = codes.categories.filter((account) => account.active);
  const sales = accounts.find((account) => /^(sales|services)\b/i.test(account.name)) ?? accounts[0];
  const charges = (tax: LedgerCode) => tax.code === TAXABLE || !new Decimal(tax.rate ?? 0).isZero();
  const taxable = codes.taxes.filter((tax) => tax.active).find(charges);
  return { categories: guessCategoryAccounts(accounts, sales), taxes: { taxable: taxable?.code ?? TAXABLE, exempt: EXEMPT } };
}
