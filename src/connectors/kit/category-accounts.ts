import { LEDGER_CATEGORIES, type CodeMapping, type LedgerCategory, type LedgerCode } from '../../ports/accounting-ledger.js';

/** Names that bookkeepers give the account of a category, in any ledger. */
const HINTS: Readonly<Record<LedgerCategory, RegExp>> = {
  service: /labou?r|consult|professional|project/i,
  agreement: /agreement|recurring|contract|managed|subscription/i,
  product: /hardware|product|goods|equipment|resale/i,
  expense: /reimburs|recharge|disbursement|expenses? recover/i,
  discount: /discount/i,
  down_payment: /unearned|deferred|deposit|prepa(id|yment)|advance/i,
  adjustment: /adjust/i,
};

/** A first guess for every category: the first account whose name speaks of it, else the fall-back. People change it. */
export function guessCategoryAccounts(accounts: readonly LedgerCode[], fallBack: LedgerCode | undefined): CodeMapping['categories'] {
  const categories: CodeMapping['categories'] = {};
  for (const category of LEDGER_CATEGORIES) {
    const account = accounts.find(({ name }) => HINTS[category].test(name)) ?? fallBack;
    if (account) categories[category] = account.code;
  }
  return categories;
}
