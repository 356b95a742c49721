import { Amount } from './amount.js';
import type { BookedInvoice } from './vendors.js';

export interface SystemRow {
  system: string;
  invoices: readonly BookedInvoice[];
}

export interface Difference {
  currency: string;
  what: string;
  by: string;
}

/** Prints counts and totals per currency in each system. @returns what does not agree with the first system; empty is the goal */
export function printReport(rows: readonly SystemRow[]): Difference[] {
  const currencies = [...new Set(rows.flatMap((row) => row.invoices.map((invoice) => invoice.total.currency)))].toSorted();
  const differences: Difference[] = [];
  console.log(`\n${'currency'.padEnd(10)}${'system'.padEnd(26)}${'documents'.padStart(10)}${'total'.padStart(18)}${'paid'.padStart(18)}`);
  for (const currency of currencies) {
    const sums = rows.map((row) => sum(row, currency)).filter((row) => row.count > 0);
    const first = sums[0];
    for (const row of sums) {
      console.log(
        `${currency.padEnd(10)}${row.system.padEnd(26)}${String(row.count).padStart(10)}${row.total.toText().padStart(18)}${row.paid.toText().padStart(18)}`,
      );
      if (!first || row === first) continue;
      if (row.count !== first.count)
        differences.push({ currency, what: `documents in ${row.system}`, by: String(row.count - first.count) });
      if (!row.total.equals(first.total))
        differences.push({ currency, what: `total in ${row.system}`, by: row.total.minus(first.total).toText() });
      if (!row.paid.equals(first.paid))
        differences.push({ currency, what: `paid in ${row.system}`, by: row.paid.minus(first.paid).toText() });
    }
  }
  return differences;
}

function sum(row: SystemRow, currency: string): { system: string; count: number; total: Amount; paid: Amount } {
  const mine = row.invoices.filter((invoice) => invoice.total.currency === currency);
  return {
    system: row.system,
    count: mine.length,
    total: Amount.sum(
      mine.map((invoice) => invoice.total),
      currency,
    ),
    paid: Amount.sum(
      mine.map((invoice) => invoice.paid),
      currency,
    ),
  };
}
