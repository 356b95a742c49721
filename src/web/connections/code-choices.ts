import type { MappingEdit } from '../../connections/code-mappings.js';
import type { ConnectionDetail } from '../../billing/queries/connection-query.js';
import { LEDGER_CATEGORIES, type LedgerCategory, type LedgerCode, type LedgerCodes } from '../../ports/accounting-ledger.js';

export interface CodeFacts {
  /** As the ledger said them last; undefined before the first look. */
  codes: LedgerCodes | undefined;
  mappings: ConnectionDetail['mappings'];
  /** Tax codes on invoices that post here. */
  taxes: readonly { code: string; label: string }[];
  /** What people call the ledger. */
  label: string;
}

const CATEGORY_WORDS: Readonly<Record<LedgerCategory, { label: string; help?: string }>> = {
  service: { label: 'Services', help: 'Time on tickets and projects' },
  agreement: { label: 'Agreements', help: 'Recurring charges and their additions' },
  product: { label: 'Products' },
  expense: { label: 'Expenses' },
  discount: { label: 'Discounts' },
  down_payment: { label: 'Down payments' },
  adjustment: { label: 'Adjustments', help: 'Corrections and rounding' },
};

const UNSURE = 'Choose one: without it the ledger may refuse these invoices.';
const NOT_MAPPED = 'Not mapped';
const REFUSED = 'Invoices with this charge are refused until an account is chosen.';

/** Every ledger asks for these two; each tax code of an invoice may have its own. */
const FALL_BACKS = [
  { code: 'taxable', label: 'Taxed lines', help: 'Unless the tax code of the invoice has its own, below' },
  { code: 'exempt', label: 'Lines without tax' },
] as const;

export function categoryChoices({ codes, mappings, label }: CodeFacts): CodeMappingRow[] {
  return LEDGER_CATEGORIES.map((key) => {
    const value = mappedTo(mappings, 'category', key);
    const problem = codeProblem(value, codes?.categories, label) ?? (value === '' ? REFUSED : undefined);
    return row(key, { ...CATEGORY_WORDS[key], none: NOT_MAPPED }, value, codes?.categories, problem);
  });
}

export function taxChoices({ codes, mappings, taxes, label }: CodeFacts): CodeMappingRow[] {
  const known = new Set<string>(FALL_BACKS.map(({ code }) => code));
  const mapped = mappings.filter(({ kind, key }) => kind === 'tax' && !known.has(key)).map(({ key }) => ({ code: key, label: key }));
  const own = [...taxes, ...mapped.filter(({ code }) => !taxes.some((tax) => tax.code === code))];
  const rows: { code: string; label: string; help?: string }[] = [
    ...FALL_BACKS,
    ...own.map((tax) => ({ code: tax.code, label: tax.code, ...(tax.label !== tax.code && { help: tax.label }) })),
  ];
  return rows.map(({ code, ...words }) => {
    const value = mappedTo(mappings, 'tax', code);
    const problem = codeProblem(value, codes?.taxes, label) ?? (value === '' && known.has(code) ? UNSURE : undefined);
    return row(code, { ...words, none: known.has(code) ? NOT_MAPPED : 'As taxed lines' }, value, codes?.taxes, problem);
  });
}

/** How many kinds of charge have no code yet. */
export function missingCodes(facts: CodeFacts): number {
  return [...categoryChoices(facts), ...taxChoices(facts)].filter(({ problem }) => problem !== undefined).length;
}

/** What a form with fields 'category.<key>' and 'tax.<key>' changes. */
export function codeEdits(form: Readonly<Record<string, unknown>>, mappings: ConnectionDetail['mappings']): MappingEdit[] {
  return Object.entries(form).flatMap(([field, chosen]): MappingEdit[] => {
    const [, kind, key] = /^(category|tax)\.(.+)$/.exec(field) ?? [];
    if ((kind !== 'category' && kind !== 'tax') || key === undefined || typeof chosen !== 'string') return [];
    return chosen === mappedTo(mappings, kind, key) ? [] : [{ kind, key, code: chosen === '' ? null : chosen }];
  });
}

function mappedTo(mappings: ConnectionDetail['mappings'], kind: 'category' | 'tax', key: string): string {
  return mappings.find((one) => one.kind === kind && one.key === key)?.code ?? '';
}

function codeProblem(value: string, offered: readonly LedgerCode[] | undefined, label: string): string | undefined {
  if (value === '' || !offered || offered.some(({ code, active }) => code === value && active)) return undefined;
  return `${label} has no active code "${value}" any more. Pick another, or restore it there.`;
}

function row(
  key: string,
  words: { label: string; help?: string; none: string },
  value: string,
  offered: readonly LedgerCode[] | undefined,
  problem: string | undefined,
): CodeMappingRow {
  const active = (offered ?? []).filter((code) => code.active);
  const gone = value !== '' && !active.some(({ code }) => code === value);
  return {
    key,
    ...words,
    value,
    options: [
      ...(gone ? [{ value, label: value, selected: true }] : []),
      ...active.map((code) => ({ value: code.code, label: codeLabel(code), selected: code.code === value })),
    ],
    ...(problem !== undefined && { problem }),
  };
}

/** '200 Sales', 'GST on Income (10 %)' */
function codeLabel({ code, name, rate }: LedgerCode): string {
  if (rate !== undefined) return `${name} (${rate} %)`;
  return name.toLowerCase().startsWith(code.toLowerCase()) ? name : `${code} ${name}`;
}

export interface CodeMappingRow {
  key: string;
  label: string;
  help?: string;
  value: string;
  /** What it means to choose nothing. */
  none: string;
  options: { value: string; label: string; selected: boolean }[];
  problem?: string;
}
