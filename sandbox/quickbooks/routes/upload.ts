import { createHash } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import type { Books } from '../books.js';
import { QboFault } from '../fault-bodies.js';
import { businessError, objectNotFound, unknownProperty } from '../faults.js';
import { attachableRules } from '../entities/attachable.js';
import { downloadAddress, fileOf, keepFile } from '../files.js';
import { answer } from './answer.js';
import { presented } from './present.js';

const CONTENT_TYPES = /^(application\/(pdf|msword|json|xml|rtf|vnd\.(ms-excel|openxmlformats.*))|image\/.+|text\/(plain|csv|xml))$/;

/** Files of a company: upload with or without metadata, and the two steps of getting one back. */
export function uploadRoutes(books: Books): Router {
  const router = Router();
  router.post('/upload', async (request, response) => upload(books, request, response));
  router.get('/download/:id', (request, response) => {
    const attachable = books.find('Attachable', request.params.id);
    if (attachable?.FileAccessUri === undefined) throw objectNotFound();
    response.type('text/plain').send(downloadAddress(books, attachable.Id));
  });
  return router;
}

/** Stands outside the API, as the storage service does: no token, an address that runs out. */
export function temporaryDownloads(books: Books): Router {
  const router = Router();
  router.get('/temporary-downloads/:id', (request, response) => {
    const expired = Number(request.query['expires']) < books.clock.now().getTime();
    const file = fileOf(books, request.params.id);
    if (expired || !file)
      return void response
        .status(expired ? 403 : 410)
        .type('text/plain')
        .send(expired ? 'expired' : 'content not kept');
    response.type(file.contentType).send(Buffer.from(file.base64, 'base64'));
  });
  return router;
}

async function upload(books: Books, request: Request, response: Response): Promise<void> {
  const form = await readMultipart(request);
  const contents = [...form.keys()].filter((name) => name.startsWith('file_content_'));
  if (contents.length === 0) throw unknownProperty('no file_content part');
  const AttachableResponse = [];
  for (const name of contents) AttachableResponse.push(await storeOne(books, form, name));
  answer(books, response, { AttachableResponse });
}

async function readMultipart(request: Request): Promise<FormData> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  try {
    return await new globalThis.Response(new Uint8Array(body), {
      headers: { 'content-type': request.get('content-type') ?? '' },
    }).formData();
  } catch {
    throw unknownProperty('the body is not multipart/form-data');
  }
}

/** A refused file is a fault inside a 200 answer. */
async function storeOne(books: Books, form: FormData, contentName: string): Promise<Record<string, unknown>> {
  try {
    const content = form.get(contentName);
    if (!(content instanceof File)) throw businessError('A file part needs a file name.');
    const type = content.type.split(';')[0] ?? '';
    if (!CONTENT_TYPES.test(type)) throw businessError(`Files of type ${type} are not supported.`);
    const sent = await metadata(form.get(contentName.replace('content', 'metadata')));
    const described = { FileName: content.name, ContentType: type, ...sent };
    const fields = attachableRules.prepare({ books, before: undefined, allowDuplicateNumber: false }, described);
    const bytes = Buffer.from(await content.arrayBuffer());
    const stored = books.store.transaction(() => {
      const attachable = books.insert('Attachable', { ...fields, Size: bytes.length, FileAccessUri: `/files/${contentName}` });
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      keepFile(books, attachable.Id, { contentType: type, fileName: content.name, base64: bytes.toString('base64'), sha256 });
      return attachable;
    });
    return { Attachable: presented(books, 'Attachable', stored) };
  } catch (error) {
    if (!(error instanceof QboFault)) throw error;
    return { Fault: error.toFault() };
  }
}

async function metadata(part: FormDataEntryValue | null): Promise<Record<string, unknown>> {
  if (part === null) return {};
  try {
    const parsed: unknown = JSON.parse(typeof part === 'string' ? part : await part.text());
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  } catch {
    // Falls through to the same refusal as JSON that is no object.
  }
  throw unknownProperty('file_metadata is not a JSON object');
}
