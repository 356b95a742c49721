import type { SandboxStore } from '../kit/store.js';
import type { Doc, Ref, StatusRef } from './documents.js';
import { invalidObject } from './errors.js';

/** Which stored kind a reference field points at; fields that are not here are kept as they are given. */
const KINDS: Record<string, string> = {
  company: 'company',
  billToCompany: 'company',
  shipToCompany: 'company',
  billingTerms: 'billingTerms',
  taxCode: 'taxCode',
  location: 'location',
  member: 'member',
  agreement: 'agreement',
  credit: 'invoice',
};

/** Accepts `{id}`, `{identifier}` or `{name}` and fills in what the vendor shows of that record. */
export function resolveReference(store: SandboxStore, model: string, field: string, value: unknown): Ref | undefined {
  if (value === null || value === undefined) return undefined;
  const given = value as Partial<Ref>;
  const kind = field === 'status' && model === 'Invoice' ? 'billingStatus' : KINDS[field];
  if (!kind) return given as Ref;
  const found = store.all<Doc>(kind).find((row) => fits(row, given));
  if (!found)
    throw invalidObject(model, [{ field, message: `The ${field} ${given.id ?? given.identifier ?? given.name ?? ''} was not found.` }]);
  return kind === 'billingStatus' ? statusReference(found) : reference(kind, found);
}

function fits(row: Doc, given: Partial<Ref>): boolean {
  if (given.id !== undefined) return row.id === given.id;
  if (given.identifier !== undefined) return row['identifier'] === given.identifier;
  return given.name !== undefined && (row['name'] ?? row['description']) === given.name;
}

export function statusReference(status: Doc): StatusRef {
  return { id: status.id, name: String(status['name']), isClosed: status['closedFlag'] === true };
}

function reference(kind: string, row: Doc): Ref {
  if (kind === 'taxCode') return { id: row.id, name: String(row['description']) };
  if (kind === 'invoice') return { id: row.id, identifier: String(row['invoiceNumber']) };
  if (kind === 'member')
    return { id: row.id, identifier: String(row['identifier']), name: `${String(row['firstName'])} ${String(row['lastName'])}` };
  if (kind === 'company') return { id: row.id, identifier: String(row['identifier']), name: String(row['name']) };
  return { id: row.id, name: String(row['name']) };
}
