import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { API_MEMBER } from '../constants.js';
import type { Doc } from '../documents.js';
import { findById, type Endpoints } from '../endpoints.js';
import { ApiError, badRequest, invalidObject } from '../errors.js';
import * as models from '../models.js';
import { present } from '../present.js';
import { readParameters } from '../query.js';

const RECORD_KINDS: Record<string, string> = {
  Invoice: 'invoice',
  Agreement: 'agreement',
  Company: 'company',
  Expense: 'expense',
  TimeEntry: 'time',
};

/** Documents belong to a record that `recordType` and `recordId` name: parameters of their own, not conditions. */
export function documentRoutes(endpoints: Endpoints): void {
  const { psa } = endpoints;
  const path = '/system/documents';
  const model = models.DocumentInfo;
  const all = () => psa.store.all<Doc>('document');
  endpoints.on('get', path, (request, response) => {
    const { recordType, recordId } = request.query;
    if (typeof recordType !== 'string' || typeof recordId !== 'string') throw badRequest('recordType and recordId are required.');
    const rows = all().filter((row) => row['recordType'] === recordType && String(row['recordId']) === recordId);
    endpoints.list(request, response, model, rows, ['recordtype', 'recordid']);
  });
  endpoints.on('post', path, async (request, response) => {
    readParameters(request, []);
    const form = await readMultipart(request);
    const [recordType, recordId] = [textPart(form, 'recordType'), textPart(form, 'recordId')];
    const file = form.get('file');
    if (!(file instanceof File)) throw invalidObject('DocumentInfo', [{ field: 'file', message: 'The file part is required.' }]);
    const kind = RECORD_KINDS[recordType];
    if (!kind || !psa.store.get(kind, recordId))
      throw invalidObject('DocumentInfo', [{ field: 'recordId', message: `${recordType} ${recordId} not found` }]);
    const content = Buffer.from(await file.arrayBuffer()).toString('base64');
    const row = {
      ...describe(psa.store.next('document', 5_001), file, textPart(form, 'title')),
      recordType,
      recordId,
      createdOnDate: psa.timestamp(),
    };
    psa.store.put('document', row.id, row);
    psa.store.put('documentContent', row.id, content);
    response.status(201).json(present(row, model, psa));
  });
  endpoints.on('get', `${path}/:id`, (request, response) =>
    endpoints.one(request, response, model, findById(all(), request.params['id'], model)),
  );
  endpoints.on('get', `${path}/:id/download`, (request, response) => {
    const row = findById(all(), request.params['id'], model);
    response.attachment(String(row['fileName'])).type('application/octet-stream');
    response.end(Buffer.from(psa.store.get<string>('documentContent', row.id) ?? '', 'base64'));
  });
  endpoints.on('delete', `${path}/:id`, (request, response) => {
    const { id } = findById(all(), request.params['id'], model);
    psa.store.delete('document', id);
    psa.store.delete('documentContent', id);
    response.status(204).end();
  });
}

async function readMultipart(request: Request): Promise<FormData> {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data/i.test(type)) {
    throw new ApiError(415, {
      code: 'ConnectWiseApi',
      message: 'The request entity has a media type that is not supported for this resource.',
    });
  }
  try {
    return await new Response(new Uint8Array(request.body as Buffer), { headers: { 'Content-Type': type } }).formData();
  } catch {
    throw badRequest('The multipart body could not be read.');
  }
}

function textPart(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

function describe(id: number, file: File, title: string): Doc {
  return {
    id,
    title: title || file.name,
    fileName: file.name,
    serverFileName: `${randomUUID()}-${file.name}`,
    owner: API_MEMBER,
    linkFlag: false,
    imageFlag: false,
    publicFlag: false,
    htmlTemplateFlag: false,
    readOnlyFlag: false,
    size: file.size,
    urlFlag: false,
    guid: randomUUID(),
  };
}
