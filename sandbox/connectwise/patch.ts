import { z } from 'zod';
import type { SandboxStore } from '../kit/store.js';
import type { Doc } from './documents.js';
import { badRequest, invalidObject } from './errors.js';
import type { Field, Model } from './models.js';
import { resolveReference } from './references.js';

const operationsSchema = z.array(
  z.object({ op: z.enum(['replace', 'add', 'remove']), path: z.string().min(1), value: z.unknown().optional() }),
);
type Operation = z.infer<typeof operationsSchema>[number];

/**
 * A patched copy. Paths are case-sensitive, with or without a leading slash, applied in order. A path into a reference
 * (`company/identifier`) succeeds and changes nothing, exactly like the vendor's false 200.
 */
export function patched<T extends Doc>(store: SandboxStore, model: Model, before: T, body: unknown): T {
  const operations = operationsSchema.safeParse(body);
  if (!operations.success) throw badRequest('A patch is a JSON array of {"op":"replace|add|remove","path":…,"value":…}.');
  const copy = structuredClone(before);
  for (const operation of operations.data) apply(store, model, copy, operation);
  return copy;
}

function apply(store: SandboxStore, model: Model, record: Doc, operation: Operation): void {
  const [root = '', ...rest] = operation.path.replace(/^\//, '').split('/');
  const field = model.fields.get(root);
  if (!field) throw invalidObject(model.name, [{ field: root, message: `The path ${operation.path} does not exist.` }]);
  if (model.readOnly.has(root)) throw invalidObject(model.name, [{ field: root, message: `The ${root} field cannot be changed.` }]);
  if (rest.length > 0 && field.kind === 'r') return;
  if (rest.length > 0) return applyInside(model, record, root, rest, operation);
  if (operation.op === 'remove' || operation.value === null) delete record[root];
  else
    record[root] =
      field.kind === 'r' ? resolveReference(store, model.name, root, operation.value) : checked(model, root, field, operation.value);
}

function applyInside(model: Model, record: Doc, root: string, path: string[], operation: Operation): void {
  let holder: unknown = record[root];
  for (const step of path.slice(0, -1))
    holder = holder === null || typeof holder !== 'object' ? undefined : (holder as Record<string, unknown>)[step];
  if (holder === null || typeof holder !== 'object')
    throw invalidObject(model.name, [{ field: root, message: `The path ${operation.path} does not exist.` }]);
  const key = path.at(-1) ?? '';
  if (Array.isArray(holder)) applyToList(holder, key, operation);
  else if (operation.op === 'remove') delete (holder as Record<string, unknown>)[key];
  else (holder as Record<string, unknown>)[key] = operation.value;
}

function applyToList(list: unknown[], key: string, operation: Operation): void {
  const index = key === '-' ? list.length : Number(key);
  const last = operation.op === 'add' ? list.length : list.length - 1;
  if (!Number.isInteger(index) || index < 0 || index > last) throw badRequest(`The path ${operation.path} does not exist.`);
  if (operation.op === 'remove') list.splice(index, 1);
  else list.splice(index, operation.op === 'add' ? 0 : 1, operation.value);
}

/** Every writable field of `body`, checked; names that the record does not have are refused. */
export function readWritable(store: SandboxStore, model: Model, body: unknown): Record<string, unknown> {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw badRequest('The request body must be a JSON object.');
  const output: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const field = model.fields.get(name);
    if (!field) throw invalidObject(model.name, [{ field: name, message: `The ${name} field does not exist.` }]);
    if (model.readOnly.has(name) || value === null) continue;
    output[name] = field.kind === 'r' ? resolveReference(store, model.name, name, value) : checked(model, name, field, value);
  }
  return output;
}

export function requireFields(model: Model, record: Record<string, unknown>, names: readonly string[]): void {
  const missing = names.filter((name) => record[name] === undefined || record[name] === null || record[name] === '');
  if (missing.length === 0) return;
  throw invalidObject(
    model.name,
    missing.map((field) => ({ field, code: 'MissingRequiredField', message: `The ${field} field is required.` })),
  );
}

function checked(model: Model, name: string, field: Field, value: unknown): unknown {
  const wrong = problem(field, value);
  if (wrong) throw invalidObject(model.name, [{ field: name, message: `The ${name} field ${wrong}.` }]);
  return value;
}

function problem(field: Field, value: unknown): string | undefined {
  if (field.kind === 'b') return typeof value === 'boolean' ? undefined : 'was not recognized as a valid Boolean';
  if (field.kind === 'i') return Number.isInteger(value) ? undefined : 'must be a whole number';
  if (field.kind === 'd') return typeof value === 'number' ? undefined : 'must be a number';
  if (field.kind === 'a') return Array.isArray(value) ? undefined : 'must be a list';
  if (typeof value !== 'string') return 'must be a text';
  if (field.kind === 't') return Number.isNaN(Date.parse(value)) ? 'must be a date' : undefined;
  return field.maxLength && value.length > field.maxLength ? `must be at most ${field.maxLength} characters` : undefined;
}
