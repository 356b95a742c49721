import { createHash } from 'node:crypto';
import type { InvoiceContent } from './invoice.js';

/** Bump only when the meaning of a field changes: every open invoice then gets a new revision. */
const VERSION = 1;

/** SHA-256 (hex) over the canonical form: keys sorted, absent fields left out, so that field order never makes a revision. */
export function contentHash(content: InvoiceContent): string {
  return createHash('sha256')
    .update(`${VERSION}\n${canonical(content)}`)
    .digest('hex');
}

export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}
