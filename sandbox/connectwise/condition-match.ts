import { instant, literalRules, type Condition, type Literal } from './conditions.js';
import type { Doc } from './documents.js';
import { badRequest } from './errors.js';
import type { FieldKind, Model } from './models.js';

export type Matcher = (record: Record<string, unknown>) => boolean;
type Scalar = string | number | boolean;

/** Turns a condition into a test of one record. Nulls follow SQL: only `= null` and `!= null` find them. */
export function matcher(condition: Condition, model?: Model): Matcher {
  if (condition.kind !== 'compare') {
    const left = matcher(condition.left, model);
    const right = matcher(condition.right, model);
    return condition.kind === 'and' ? (record) => left(record) && right(record) : (record) => left(record) || right(record);
  }
  const { field, operator, negated, literal } = condition;
  const path = model ? knownPath(field, model) : field;
  if (model) checkLiteral(path, literal, model);
  if (literal.type === 'null') {
    if (operator === '=') return (record) => valueAt(record, path) == null;
    if (operator === '!=') return (record) => valueAt(record, path) != null;
    throw badRequest(`Invalid condition: null can only be compared with = and !=.`);
  }
  const test = comparison(operator, literal);
  return (record) => {
    const value = valueAt(record, path);
    if (value == null || typeof value === 'object') return false;
    return test(value as Scalar) !== negated;
  };
}

/** `childConditions`: some element of the list that the condition names fits the whole condition. */
export function childMatcher(condition: Condition, model: Model): Matcher {
  const root = rootOf(condition);
  const name = [...model.fields.keys()].find((field) => field.toLowerCase() === root.toLowerCase());
  if (!name || model.fields.get(name)?.kind !== 'a') throw badRequest(`Invalid childConditions: ${root} is not a list of ${model.name}.`);
  const test = matcher(condition);
  return (record) => ((record[name] as unknown[] | undefined) ?? []).some((element) => test({ [root]: element }));
}

/** `customFieldConditions`: some custom field fits, by its caption and value. */
export function customFieldMatcher(condition: Condition): Matcher {
  const test = matcher(condition);
  return (record) => ((record['customFields'] as Doc[] | undefined) ?? []).some((field) => test(field));
}

function rootOf(condition: Condition): string {
  return condition.kind === 'compare' ? (condition.field[0] ?? '') : rootOf(condition.left);
}

/** Field names are case-insensitive; `lastUpdated` and `dateEntered` mean those of `_info` when the record has none itself. */
export function knownPath(field: readonly string[], model: Model): string[] {
  const [root = '', ...rest] = field;
  const name = [...model.fields.keys()].find((known) => known.toLowerCase() === root.toLowerCase());
  if (name) return [name, ...rest];
  const special = ['lastUpdated', 'dateEntered'].find((known) => known.toLowerCase() === root.toLowerCase());
  if (special && rest.length === 0) return ['_info', special];
  throw badRequest(`Invalid field: ${field.join('/')} is not a field of ${model.name}.`);
}

const EXPECTED: Record<FieldKind, string> = {
  s: 'string',
  i: 'numeric',
  d: 'numeric',
  b: 'boolean',
  t: 'datetime',
  r: 'reference',
  a: 'list',
};
const ACTUAL: Record<Literal['type'], string> = {
  string: 'string',
  number: 'numeric',
  boolean: 'boolean',
  datetime: 'datetime',
  null: 'null',
  list: 'list',
};

function checkLiteral(path: readonly string[], literal: Literal, model: Model): void {
  const special = path[0] === '_info' && path.length === 2;
  const kind = special ? 't' : path.length === 1 ? model.fields.get(path[0] ?? '')?.kind : undefined;
  if (!kind || literal.type === 'null') return;
  const items = literal.type === 'list' ? literal.items : [literal];
  const wrong = items.find((item) => item.type !== 'null' && ACTUAL[item.type] !== EXPECTED[kind]);
  if (wrong) throw badRequest(`Expected a ${EXPECTED[kind]} value, not a ${ACTUAL[wrong.type]}. ${literalRules}`);
}

export function valueAt(record: unknown, path: readonly string[]): unknown {
  let value: unknown = record;
  for (const step of path) {
    if (value === null || typeof value !== 'object') return undefined;
    const holder = value as Record<string, unknown>;
    value = step in holder ? holder[step] : holder[Object.keys(holder).find((key) => key.toLowerCase() === step.toLowerCase()) ?? ''];
  }
  return value;
}

function comparison(operator: string, literal: Literal): (value: Scalar) => boolean {
  if (literal.type === 'list') {
    const tests = literal.items.map((item) => comparison('=', item));
    return (value) => tests.some((test) => test(value));
  }
  if (operator === 'contains' || operator === 'like') return textTest(operator, literal);
  const wanted = comparable(literal);
  return (value) => {
    const actual = comparableValue(value, literal);
    if (actual === undefined) return false;
    if (operator === '=') return actual === wanted;
    if (operator === '!=') return actual !== wanted;
    if (operator === '<') return actual < wanted;
    if (operator === '<=') return actual <= wanted;
    return operator === '>' ? actual > wanted : actual >= wanted;
  };
}

function comparable(literal: Literal): Scalar {
  if (literal.type === 'string') return literal.value.toLowerCase();
  if (literal.type === 'number' || literal.type === 'boolean' || literal.type === 'datetime') return literal.value;
  throw badRequest(`Invalid condition: a list cannot hold null.`);
}

function comparableValue(value: Scalar, literal: Literal): Scalar | undefined {
  if (literal.type === 'datetime') return typeof value === 'string' ? instant(value) : undefined;
  if (literal.type === 'string') return typeof value === 'string' ? value.toLowerCase() : undefined;
  return typeof value === literal.type ? value : undefined;
}

function textTest(operator: 'contains' | 'like', literal: Literal): (value: Scalar) => boolean {
  if (literal.type !== 'string') throw badRequest(`Expected a string value, not a ${ACTUAL[literal.type]}. ${literalRules}`);
  const wanted = literal.value.toLowerCase();
  if (operator === 'contains') return (value) => String(value).toLowerCase().includes(wanted);
  const pattern = wanted
    .split(/(\[\[\]|[*%])/)
    .map((part) => (part === '[[]' ? '\\[' : part === '*' || part === '%' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  const expression = new RegExp(`^${pattern}$`, 's');
  return (value) => expression.test(String(value).toLowerCase());
}
