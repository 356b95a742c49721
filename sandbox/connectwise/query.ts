import type { Request } from 'express';
import { jsonText } from '../kit/json-text.js';
import { childMatcher, customFieldMatcher, knownPath, matcher, valueAt, type Matcher } from './condition-match.js';
import { parseConditions } from './conditions.js';
import { badRequest } from './errors.js';
import type { Model } from './models.js';

export const LIST_PARAMETERS = [
  'conditions',
  'childconditions',
  'customfieldconditions',
  'orderby',
  'fields',
  'page',
  'pagesize',
  'pageid',
];
export const COUNT_PARAMETERS = ['conditions', 'childconditions', 'customfieldconditions'];
export const ONE_PARAMETERS = ['fields'];

/** Parameter names are case-insensitive; one that the sandbox does not model is refused, so that nothing is silently ignored. */
export function readParameters(request: Request, allowed: readonly string[]): Record<string, string> {
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.query)) {
    const known = name.toLowerCase();
    if (!allowed.includes(known)) throw badRequest(`The sandbox does not model the parameter "${name}" here.`);
    if (typeof value !== 'string') throw badRequest(`The parameter "${name}" was given more than once.`);
    read[known] = value;
  }
  return read;
}

export function filtered<T extends Record<string, unknown>>(rows: readonly T[], parameters: Record<string, string>, model: Model): T[] {
  const tests: Matcher[] = [];
  const { conditions, childconditions, customfieldconditions } = parameters;
  if (conditions?.trim()) tests.push(matcher(parseConditions(conditions), model));
  if (childconditions?.trim()) tests.push(childMatcher(parseConditions(childconditions), model));
  if (customfieldconditions?.trim()) {
    if (!model.fields.has('customFields')) throw badRequest(`${model.name} has no custom fields.`);
    tests.push(customFieldMatcher(parseConditions(customfieldconditions)));
  }
  return rows.filter((row) => tests.every((test) => test(row)));
}

/** `orderBy=company/name desc,id`; without it by id, although nobody should rely on that. */
export function ordered<T extends Record<string, unknown>>(rows: readonly T[], orderBy: string | undefined, model: Model): T[] {
  const keys = (orderBy?.trim() ? orderBy : 'id').split(',').map((part) => {
    const [field = '', direction = 'asc', ...rest] = part.trim().split(/\s+/);
    if (rest.length > 0 || !/^(asc|desc)$/i.test(direction)) throw badRequest(`Invalid orderBy: ${part.trim()}.`);
    const path = field === 'id' ? ['id'] : knownPath(field.split('/'), model);
    return { path, sign: direction.toLowerCase() === 'desc' ? -1 : 1 };
  });
  return [...rows].sort((left, right) => {
    for (const { path, sign } of keys) {
      const order = compare(valueAt(left, path), valueAt(right, path));
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

function compare(left: unknown, right: unknown): number {
  if (left == null || right == null) return Number(left != null) - Number(right != null);
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [first, second] = [jsonText(left).toLowerCase(), jsonText(right).toLowerCase()];
  return first < second ? -1 : Number(first > second);
}

/** `fields=id,company/name`: keys that were not asked for vanish. */
export function projected(record: Record<string, unknown>, fields: string | undefined, model: Model): Record<string, unknown> {
  if (!fields?.trim()) return record;
  const output: Record<string, unknown> = {};
  for (const field of fields.split(',')) {
    const path = knownPath(field.trim().split('/'), model);
    const value = valueAt(record, path);
    if (value !== undefined) place(output, path, value);
  }
  return output;
}

function place(output: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [step = '', ...rest] = path;
  if (rest.length === 0) output[step] = value;
  else place((output[step] ??= {}) as Record<string, unknown>, rest, value);
}
