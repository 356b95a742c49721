import { Decimal } from 'decimal.js';
import { jsonText } from '../kit/json-text.js';
import type { Books } from './books.js';
import { companyInfo, preferences } from './company.js';
import { instantOf } from './company-time.js';
import { type Entity, type EntityName, entityNamed, LIST_ENTITIES } from './entities/entity.js';
import { queryValidationError } from './faults.js';
import { attributeOf, valuesAt } from './query-attributes.js';
import { type Condition, parseQuery, type Query } from './query-parser.js';

/** The `QueryResponse` object of a query text. */
export function runQuery(books: Books, text: string): Record<string, unknown> {
  const query = parseQuery(text, books.today);
  const singleton = runSingleton(books, query);
  if (singleton) return singleton;
  const kind = entityNamed(query.entity);
  if (!kind) throw queryValidationError(`invalid context declaration: ${query.entity}`);
  const tests = query.where.map((condition) => testOf(kind, condition));
  const activeAsked = query.where.some((condition) => condition.property.toLowerCase() === 'active');
  if (LIST_ENTITIES.has(kind) && !activeAsked) tests.push((entity) => (entity as { Active?: boolean }).Active !== false);
  const found = sorted(
    kind,
    books.all(kind).filter((entity) => tests.every((test) => test(entity))),
    query.orderBy,
  );
  if (query.count) return { totalCount: found.length };
  const page = found.slice(query.startPosition - 1, query.startPosition - 1 + query.maxResults);
  return page.length === 0 ? {} : { [kind]: page, startPosition: query.startPosition, maxResults: page.length };
}

function runSingleton(books: Books, query: Query): Record<string, unknown> | undefined {
  const name = query.entity.toLowerCase();
  if (name !== 'companyinfo' && name !== 'preferences') return undefined;
  const [key, value] = name === 'companyinfo' ? ['CompanyInfo', companyInfo(books)] : ['Preferences', preferences(books)];
  return { [key]: [value], startPosition: 1, maxResults: 1 };
}

type Test = (entity: Entity) => boolean;

function testOf(kind: EntityName, { property, operator, values }: Condition): Test {
  const attribute = attributeOf(kind, property);
  if (!attribute) throw queryValidationError(`Property ${property} not found for Entity ${kind}`);
  if (attribute === 'Id' && operator !== '=' && operator !== 'IN') {
    throw queryValidationError(`Operator ${operator} is not supported for property Id`);
  }
  const matches = comparison(operator, values);
  return (entity) => {
    const held = valuesAt(entity, attribute);
    return (held.length === 0 ? [undefined] : held).some(matches);
  };
}

function comparison(operator: Condition['operator'], values: readonly string[]): (held: unknown) => boolean {
  const [value = ''] = values;
  switch (operator) {
    case '=':
    case 'IN':
      return (held) => values.some((wanted) => compare(held, wanted) === 0);
    case 'LIKE': {
      const pattern = new RegExp(`^${value.split('%').map(escapePattern).join('.*')}$`, 'isu');
      return (held) => held !== undefined && pattern.test(jsonText(held));
    }
    case '<':
      return ordered((order) => order < 0);
    case '>':
      return ordered((order) => order > 0);
    case '<=':
      return ordered((order) => order <= 0);
    case '>=':
      return ordered((order) => order >= 0);
  }

  function ordered(accepts: (order: number) => boolean) {
    return (held: unknown) => held !== undefined && accepts(compare(held, value));
  }
}

/** A blank in quotes stands for "has no value". */
function compare(held: unknown, wanted: string): number {
  if (held === undefined || held === null) return wanted.trim() === '' ? 0 : -1;
  if (typeof held === 'number') return compareNumber(held, wanted);
  const text = jsonText(held);
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return compareInstant(text, wanted);
  return compareText(text, wanted);
}

function compareNumber(held: number, wanted: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(wanted)) throw queryValidationError(`value ${wanted} is not a number`);
  return new Decimal(held).comparedTo(wanted);
}

function compareInstant(held: string, wanted: string): number {
  const instant = instantOf(wanted);
  if (Number.isNaN(instant)) throw queryValidationError(`value ${wanted} is not a date`);
  return instantOf(held) - instant;
}

function compareText(held: string, wanted: string): number {
  const [left, right] = [held.toLowerCase(), wanted.toLowerCase()];
  return left === right ? 0 : left < right ? -1 : 1;
}

function sorted(kind: EntityName, entities: Entity[], orderBy: Query['orderBy']): Entity[] {
  const keys = orderBy.map(({ property, descending }) => {
    const attribute = attributeOf(kind, property);
    if (!attribute) throw queryValidationError(`Property ${property} not found for Entity ${kind}`);
    return { attribute, sign: descending ? -1 : 1 };
  });
  if (keys.length === 0) return entities;
  return entities.toSorted((left, right) => {
    for (const { attribute, sign } of keys) {
      const order = compareHeld(attribute, valuesAt(left, attribute)[0], valuesAt(right, attribute)[0]);
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

function compareHeld(attribute: string, left: unknown, right: unknown): number {
  if (attribute === 'Id') return new Decimal(String(left)).comparedTo(String(right));
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  return compare(left, jsonText(right));
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
