import { jsonText } from '../kit/json-text.js';
import type { Books } from './books.js';
import { attachableRules } from './entities/attachable.js';
import { creditMemoRules } from './entities/credit-memo.js';
import { customerRules } from './entities/customer.js';
import type { Entity, EntityName } from './entities/entity.js';
import { invoiceRules } from './entities/invoice.js';
import { itemRules } from './entities/item.js';
import { paymentRules } from './entities/payment.js';
import type { EntityRules } from './entities/rules.js';
import { NotModelled } from './fault-bodies.js';
import { businessError, invalidId, missingParameter, objectNotFound, staleObject, transactionGone, unknownProperty } from './faults.js';

const RULES = {
  Invoice: invoiceRules,
  CreditMemo: creditMemoRules,
  Payment: paymentRules,
  Customer: customerRules,
  Item: itemRules,
  Attachable: attachableRules,
} satisfies { [K in EntityName]?: EntityRules<K> };
type WritableName = keyof typeof RULES;

export type WriteOperation = 'write' | 'delete' | 'void';

export interface WriteRequest {
  kind: EntityName;
  /** `write` creates without an Id and updates with one, as the real service does. */
  operation: WriteOperation;
  body: unknown;
  allowDuplicateNumber: boolean;
}

/** `{ Invoice: {…} }`, the entity under its name. */
export type WriteAnswer = Record<string, unknown>;

/** Checks everything and changes nothing; the function returned does the work and belongs in a store transaction. */
export function prepareWrite(books: Books, request: WriteRequest): () => WriteAnswer {
  if (!isWritable(request.kind)) throw new NotModelled(`Writing ${request.kind} is not modelled`);
  return prepareKind(books, request.kind, request);
}

function prepareKind<K extends WritableName>(books: Books, kind: K, request: WriteRequest): () => WriteAnswer {
  const rules: EntityRules<K> = rulesOf(kind);
  const sent = request.body;
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) throw unknownProperty('the body is not a JSON object');
  const body = sent as Record<string, unknown>;
  const before = findBefore(books, kind, body);
  if (request.operation === 'delete') return prepareDelete(books, kind, rules, before);
  if (request.operation === 'void') return prepareVoid(books, kind, rules, before);
  const merged = before && body['sparse'] === true ? { ...keptFields(before, body), ...body } : body;
  const fields = rules.prepare({ books, before, allowDuplicateNumber: request.allowDuplicateNumber }, merged);
  return () => {
    const after = before ? books.replace(kind, before, fields) : books.insert(kind, fields);
    return { [kind]: rules.written ? rules.written(books, before, after) : after };
  };
}

/** New lines without new tax: the old tax must not be taken for one the client asked for. */
function keptFields(before: object, body: Record<string, unknown>): Record<string, unknown> {
  const { TxnTaxDetail, ...kept } = before as Record<string, unknown>;
  const recompute = 'Line' in body || TxnTaxDetail === undefined;
  return recompute ? kept : { ...kept, TxnTaxDetail };
}

function prepareDelete<K extends WritableName>(books: Books, kind: K, rules: EntityRules<K>, before: Entity<K> | undefined) {
  if (!rules.remove) throw businessError(`${kind} cannot be deleted; make it inactive instead.`);
  if (!before) throw missingParameter('Id');
  const { remove } = rules;
  remove.check(books, before);
  return () => {
    remove.before(books, before);
    books.remove(kind, before);
    return { [kind]: { domain: 'QBO', status: 'Deleted', Id: before.Id } };
  };
}

function prepareVoid<K extends WritableName>(books: Books, kind: K, rules: EntityRules<K>, before: Entity<K> | undefined) {
  if (!rules.voiding) throw businessError(`${kind} cannot be voided.`);
  if (!before) throw missingParameter('Id');
  const { voiding } = rules;
  voiding.check(books, before);
  return () => ({ [kind]: voiding.apply(books, before) });
}

/** The version that the request builds on; none for a create. */
function findBefore<K extends WritableName>(books: Books, kind: K, body: Record<string, unknown>): Entity<K> | undefined {
  const id = body['Id'];
  if (id === undefined || id === null) return undefined;
  if (typeof id !== 'string' || !/^\d+$/.test(id)) throw invalidId(jsonText(id));
  const before = books.find(kind, id);
  if (!before) throw kind === 'Customer' || kind === 'Item' ? objectNotFound() : transactionGone();
  const token = body['SyncToken'];
  if (token === undefined || token === null) throw missingParameter('SyncToken');
  if (jsonText(token) !== before.SyncToken) throw staleObject();
  return before;
}

function isWritable(kind: EntityName): kind is WritableName {
  return kind in RULES;
}

function rulesOf<K extends WritableName>(kind: K): EntityRules<K> {
  const rules: { [P in WritableName]: EntityRules<P> } = RULES;
  return rules[kind];
}
