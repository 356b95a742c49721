import { randomUUID } from 'node:crypto';
import type { CallbackDoc } from '../documents.js';
import { API_MEMBER } from '../constants.js';
import { findById, readBody, type Endpoints } from '../endpoints.js';
import { invalidObject } from '../errors.js';
import * as models from '../models.js';
import { patched, readWritable, requireFields } from '../patch.js';
import { present } from '../present.js';
import type { Psa } from '../psa.js';

const LEVELS: Record<string, readonly string[]> = {
  invoice: ['owner', 'status', 'company', 'invoice'],
  agreement: ['owner', 'type', 'company', 'agreement'],
  time: ['owner', 'company', 'time'],
  expense: ['owner', 'chargetotype', 'type', 'class', 'company', 'expense'],
  company: ['owner', 'status', 'type', 'territory', 'company', 'integratortag'],
  contact: ['owner', 'type', 'territory', 'company', 'contact'],
  productcatalog: ['owner'],
  purchaseorder: ['owner', 'status', 'vendor', 'company', 'purchaseorder'],
  member: ['owner', 'location', 'securityrole', 'member'],
};

export function callbackRoutes(endpoints: Endpoints): void {
  const { psa } = endpoints;
  const path = '/system/callbacks';
  const model = models.CallbackEntry;
  const all = () => psa.store.all<CallbackDoc>('callback');
  endpoints.read(path, model, all);
  endpoints.on('post', path, (request, response) => {
    const body = readWritable(psa.store, model, readBody(request));
    requireFields(model, body, ['url', 'objectId', 'type', 'level']);
    const connectWiseID = randomUUID();
    const entry = checked(psa, { ...body, id: 0, connectWiseID } as CallbackDoc);
    response.status(201).json(save(psa, { ...entry, id: psa.store.next('callback', 26_604) }));
  });
  endpoints.on('put', `${path}/:id`, (request, response) => {
    const { id, connectWiseID } = findById(all(), request.params['id'], model);
    const body = readWritable(psa.store, model, readBody(request));
    requireFields(model, body, ['url', 'objectId', 'type', 'level']);
    response.json(save(psa, checked(psa, { ...body, id, connectWiseID } as CallbackDoc)));
  });
  endpoints.on('patch', `${path}/:id`, (request, response) => {
    const before = findById(all(), request.params['id'], model);
    response.json(save(psa, checked(psa, patched(psa.store, model, before, readBody(request)))));
  });
  endpoints.on('delete', `${path}/:id`, (request, response) => {
    const { id } = findById(all(), request.params['id'], model);
    psa.store.delete('callback', id);
    psa.store.delete('callbackFailure', id);
    response.status(204).end();
  });
}

function checked(psa: Psa, given: CallbackDoc): CallbackDoc {
  const [type, level] = [given.type.toLowerCase(), given.level.toLowerCase()];
  const problems: { field: string; message: string; code?: string }[] = [];
  if (!isAddress(given.url)) problems.push({ field: 'url', message: 'Invalid URL' });
  if (!LEVELS[type]) problems.push({ field: 'type', message: 'Unrecognized type, see documentation for supported types' });
  else if (!LEVELS[type].includes(level)) {
    problems.push({
      field: 'level',
      code: 'InvalidObject',
      message: 'Unrecognized level for type, see documentation for supported levels for each type',
    });
  }
  if (problems.length > 0) throw invalidObject('CallbackEntry', problems);
  const entry = { ...given, type, level, objectId: level === 'owner' ? 1 : given.objectId };
  const twin = psa.store.all<CallbackDoc>('callback').some((other) => other.id !== entry.id && identity(other) === identity(entry));
  if (twin)
    throw invalidObject('CallbackEntry', [
      { field: 'objectId', code: 'ObjectExists', message: 'A matching callback entry already exists' },
    ]);
  return entry;
}

const identity = ({ url, type, level, objectId }: CallbackDoc): string => JSON.stringify([url, type, level, objectId]);

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function save(psa: Psa, entry: CallbackDoc): Record<string, unknown> {
  const defaults = { inactiveFlag: false, isSelfSuppressedFlag: false, payloadVersion: '3.0.0' };
  const filled = {
    ...defaults,
    ...entry,
    memberId: 170,
    isSoapCallbackFlag: false,
    _info: { lastUpdated: psa.timestamp(), updatedBy: API_MEMBER },
  };
  psa.store.put('callback', filled.id, filled);
  return present(filled, models.CallbackEntry, psa);
}
