import type { Request } from 'express';
import { badQuery, notModelled } from './problem.js';
import { parseWhere, type WhereFields, type WhereRow } from './where.js';

/** A request's parameters, by their names in lower case; one that the route does not list is refused loudly. */
export class Query {
  private readonly values: ReadonlyMap<string, string>;

  constructor(request: Request, modelled: readonly string[]) {
    const names = new Set(modelled.map((name) => name.toLowerCase()));
    const values = new Map<string, string>();
    for (const [name, value] of Object.entries(request.query)) {
      if (!names.has(name.toLowerCase())) throw notModelled(`the parameter "${name}" on ${request.method} ${request.path}`);
      if (typeof value !== 'string') throw notModelled(`the parameter "${name}" given twice`);
      if (value !== '') values.set(name.toLowerCase(), value);
    }
    this.values = values;
  }

  text(name: string): string | undefined {
    return this.values.get(name.toLowerCase());
  }

  /** A comma list, in lower case; commas cannot be escaped. */
  list(name: string): string[] | undefined {
    return this.text(name)
      ?.split(',')
      .map((part) => part.trim().toLowerCase())
      .filter(Boolean);
  }

  flag(name: string, byDefault: boolean): boolean {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return byDefault;
    if (value !== 'true' && value !== 'false') throw badQuery(`${name} must be true or false`);
    return value === 'true';
  }

  /** Unit prices have four decimal places with `unitdp=4`, else two. */
  unitDp(): 2 | 4 {
    const value = this.text('unitdp');
    if (value !== undefined && value !== '2' && value !== '4') throw notModelled(`unitdp=${value}`);
    return value === '4' ? 4 : 2;
  }
}

export interface Pagination {
  page: number;
  pageSize: number;
  pageCount: number;
  itemCount: number;
}

export interface ListRow<T> {
  record: T;
  id: string;
  updatedAt: string;
  fields: WhereRow;
}

export interface ListRules {
  fields: WhereFields;
  /** Fields that `order` may name. */
  orders: readonly string[];
  /** When paging happens even without `page`. */
  forcesPaging?: boolean;
}

/** `If-Modified-Since`, `where`, `order` and the page, in this order; without `page` everything and no pagination block. */
export function selectRows<T>(
  request: Request,
  query: Query,
  rows: readonly ListRow<T>[],
  rules: ListRules,
): { records: T[]; pagination?: Pagination } {
  const since = modifiedSince(request);
  const where = query.text('where');
  const matches = where === undefined ? () => true : parseWhere(where, rules.fields);
  const found = rows.filter((row) => (since === undefined || row.updatedAt > since) && matches(row.fields)).sort(orderOf(query, rules));
  const page = query.text('page') ?? (rules.forcesPaging ? '1' : undefined);
  if (page === undefined) {
    if (query.text('pageSize') !== undefined) throw notModelled('pageSize without page');
    return { records: found.map((row) => row.record) };
  }
  const pageNumber = wholeNumber('page', page, 1, Number.MAX_SAFE_INTEGER);
  const pageSize = wholeNumber('pageSize', query.text('pageSize') ?? '100', 1, 1_000);
  const records = found.slice((pageNumber - 1) * pageSize, pageNumber * pageSize).map((row) => row.record);
  return { records, pagination: { page: pageNumber, pageSize, pageCount: Math.ceil(found.length / pageSize), itemCount: found.length } };
}

function orderOf<T>(query: Query, rules: ListRules): (left: ListRow<T>, right: ListRow<T>) => number {
  const order = query.text('order');
  const [field = '', direction = 'ASC'] = (order ?? 'UpdatedDateUTC').split(/\s+/);
  const known = [...rules.orders, 'UpdatedDateUTC'].some((name) => name.toLowerCase() === field.toLowerCase());
  if (!known || !/^(asc|desc)$/i.test(direction)) throw notModelled(`order=${order}`);
  const sign = direction.toUpperCase() === 'DESC' ? -1 : 1;
  const key = (row: ListRow<T>) => (field.toLowerCase() === 'updateddateutc' ? row.updatedAt : (row.fields[field.toLowerCase()] ?? ''));
  return (left, right) => sign * comparePlain(key(left), key(right)) || comparePlain(left.id, right.id);
}

function comparePlain(left: string | number | boolean, right: string | number | boolean): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Second precision; what changed later than that second's beginning is given. */
function modifiedSince(request: Request): string | undefined {
  const header = request.headers['if-modified-since'];
  if (header === undefined) return undefined;
  const hasZone = /(Z|GMT|[+-]\d{2}:?\d{2})$/i.test(header);
  const instant = new Date(hasZone ? header : `${header}Z`);
  if (Number.isNaN(instant.getTime())) throw badQuery(`If-Modified-Since is no date: ${header}`);
  return `${instant.toISOString().slice(0, 19)}.000Z`;
}

function wholeNumber(name: string, text: string, low: number, high: number): number {
  if (!/^-?\d+$/.test(text)) throw badQuery(`${name} must be a whole number`);
  return Math.min(high, Math.max(low, Number(text)));
}
