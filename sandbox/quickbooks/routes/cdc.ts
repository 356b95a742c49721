import { type Request, type Response, Router } from 'express';
import type { Books, Tombstone } from '../books.js';
import { instantOf } from '../company-time.js';
import { type Entity, type EntityName, entityNamed } from '../entities/entity.js';
import { NotModelled, QboFault } from '../fault-bodies.js';
import { missingParameter } from '../faults.js';
import { answer, queryParameter } from './answer.js';

const MAX_OBJECTS = 1000;
const LOOK_BACK_MS = 30 * 86_400_000;
const NOT_TRACKED: ReadonlySet<EntityName> = new Set<EntityName>(['TaxCode', 'TaxRate', 'Attachable']);

export function cdcRoutes(books: Books): Router {
  const router = Router();
  router.get('/cdc', (request, response) => changes(books, request, response));
  return router;
}

/** One QueryResponse per entity asked for, at most a thousand objects in all and no second page. */
function changes(books: Books, request: Request, response: Response): void {
  const names = (queryParameter(request, 'entities') ?? '').split(',').filter(Boolean);
  if (names.length === 0) throw missingParameter('entities');
  const since = sinceOf(books, queryParameter(request, 'changedSince'));
  let room = MAX_OBJECTS;
  const QueryResponse = names.map((name) => {
    const kind = trackedKind(name.trim());
    const found = changedSince(books, kind, since).slice(0, room);
    room -= found.length;
    return found.length === 0 ? {} : { [kind]: found, startPosition: 1, maxResults: found.length, totalCount: found.length };
  });
  answer(books, response, { CDCResponse: [{ QueryResponse }] });
}

function sinceOf(books: Books, text: string | undefined): number {
  if (text === undefined) throw missingParameter('changedSince');
  // An unencoded plus sign arrives as a space, and the real service cannot read that either.
  const since = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(text) ? instantOf(text) : Number.NaN;
  if (Number.isNaN(since)) throw invalidSince(`invalid changedSince: ${text}`);
  if (since < books.clock.now().getTime() - LOOK_BACK_MS) throw invalidSince('changedSince is more than 30 days in the past');
  return since;
}

/** Its real code is not documented; clients must go by the status. */
function invalidSince(detail: string): QboFault {
  return new QboFault(
    '6000',
    'A business validation error has occurred while processing your request',
    `Business Validation Error: ${detail}`,
  );
}

function trackedKind(name: string): EntityName {
  const kind = entityNamed(name);
  if (!kind || NOT_TRACKED.has(kind)) throw new NotModelled(`Change data capture of ${name} is not modelled`);
  return kind;
}

/** Oldest change first; the deleted ones stand after the living. */
function changedSince(books: Books, kind: EntityName, since: number): unknown[] {
  const alive = books
    .all(kind)
    .filter((entity) => changedAt(entity) >= since)
    .toSorted((left, right) => changedAt(left) - changedAt(right));
  const deleted = books.store
    .all<Tombstone>('_tombstone')
    .filter((tombstone) => tombstone.kind === kind && new Date(tombstone.LastUpdatedTime).getTime() >= since)
    .map(({ Id, LastUpdatedTime }) => ({ domain: 'QBO', status: 'Deleted', Id, MetaData: { LastUpdatedTime } }));
  return [...alive, ...deleted];
}

function changedAt(entity: Entity): number {
  return new Date(entity.MetaData.LastUpdatedTime).getTime();
}
