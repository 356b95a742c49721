import type { Request, Response } from 'express';
import type { Doc } from './documents.js';
import { badRequest } from './errors.js';

const DEFAULT_PAGE_SIZE = 25;
/** A larger page is cut down to this, as the vendor does. */
const MAX_PAGE_SIZE = 1_000;

export interface PageParameters {
  page?: string | undefined;
  pageSize?: string | undefined;
  pageId?: string | undefined;
  orderBy?: string | undefined;
}

/** Cuts the page that was asked for and sets `Link`; forward-only when the `pagination-type` header says so. */
export function takePage<T extends Doc>(
  rows: readonly T[],
  parameters: PageParameters,
  request: Request,
  response: Response,
  base: string,
): T[] {
  const size = Math.min(wholeNumber('pageSize', parameters.pageSize, DEFAULT_PAGE_SIZE, 1), MAX_PAGE_SIZE);
  const kind = request.header('pagination-type')?.toLowerCase();
  if (kind === 'forward-only') return forwardOnly(rows, parameters, size, request, response, base);
  if (kind && kind !== 'navigable') throw badRequest(`Unknown pagination-type ${kind}.`);
  if (parameters.pageId !== undefined) throw badRequest('pageId needs the header pagination-type: forward-only.');
  const page = wholeNumber('page', parameters.page, 1, 1);
  const last = Math.max(1, Math.ceil(rows.length / size));
  const links = [
    page < last && link(request, base, { page: page + 1, pageSize: size }, 'next'),
    page < last && link(request, base, { page: last, pageSize: size }, 'last'),
    page > 1 && link(request, base, { page: Math.min(page - 1, last), pageSize: size }, 'prev'),
    page > 1 && link(request, base, { page: 1, pageSize: size }, 'first'),
  ].filter(Boolean);
  if (links.length > 0) response.setHeader('Link', links.join(', '));
  return rows.slice((page - 1) * size, page * size);
}

function forwardOnly<T extends Doc>(
  rows: readonly T[],
  parameters: PageParameters,
  size: number,
  request: Request,
  response: Response,
  base: string,
): T[] {
  if (parameters.orderBy !== undefined) throw badRequest('orderBy is not allowed with forward-only pagination.');
  const after = wholeNumber('pageId', parameters.pageId, 0, 0);
  const waiting = rows.filter((row) => row.id > after).sort((left, right) => left.id - right.id);
  const page = waiting.slice(0, size);
  const lastId = page.at(-1)?.id;
  const more = waiting.length > size && lastId !== undefined;
  response.setHeader('Link', more ? link(request, base, { pageSize: size, pageId: lastId }, 'next') : '');
  return page;
}

function link(request: Request, base: string, changes: Record<string, number>, relation: string): string {
  const address = new URL(request.originalUrl, base);
  const replaced = new Set(['page', 'pagesize', 'pageid']);
  const outdated = Array.from(address.searchParams.keys()).filter((name) => replaced.has(name.toLowerCase()));
  for (const name of outdated) address.searchParams.delete(name);
  for (const [name, value] of Object.entries(changes)) address.searchParams.set(name, String(value));
  return `<${address.href}>; rel="${relation}"`;
}

function wholeNumber(name: string, text: string | undefined, fallback: number, least: number): number {
  if (text === undefined || text === '') return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) throw badRequest(`${name} must be a whole number of at least ${least}.`);
  return value;
}
