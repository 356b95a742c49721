import type { Request, Router } from 'express';
import { attachmentView } from '../attachments.js';
import type { Ledger } from '../ledger.js';
import { badPostData, notFound, notModelled } from '../problem.js';
import type { AttachmentEndpoint, AttachmentRecord } from '../records.js';
import { byIdOrNumber } from './credit-notes.js';
import { invoiceByIdOrNumber } from './invoices.js';
import { route, type Answer, type Call } from './route.js';

const LARGEST_BYTES = 10 * 1024 * 1024;
const MOST_PER_DOCUMENT = 10;
// The vendor bans exactly these characters, NUL among them.
const FORBIDDEN = ['<', '>', ':', '"', '/', '\\', '|', '?', '*', '+', '\0'];

/** Files on a document: raw bytes in, a list out; a second file of the same name takes the place of the first. */
export function attachmentRoutes(router: Router, ledger: Ledger): void {
  router.get(
    '/:endpoint/:id/Attachments',
    route(ledger, [], (call) => {
      const { id } = ownerOf(ledger, call);
      return { plural: 'Attachments', items: ledger.attachmentsOf(id).map((attachment) => attachmentView(ledger, attachment)) };
    }),
  );
  router.put(
    '/:endpoint/:id/Attachments/:fileName',
    route(ledger, ['IncludeOnline'], (call) => attach(ledger, call)),
  );
  router.post(
    '/:endpoint/:id/Attachments/:fileName',
    route(ledger, ['IncludeOnline'], (call) => attach(ledger, call)),
  );
}

/** The bytes themselves are the one answer that is no JSON, so this stands before the check of `Accept`. */
export function attachmentContentRoute(router: Router, ledger: Ledger): void {
  router.get('/:endpoint/:id/Attachments/:fileName', (request, response) => {
    const owner = resolve(ledger, request.params.endpoint, request.params.id);
    const { fileName } = request.params;
    const attachment = ledger.attachmentsOf(owner.id).find((candidate) => candidate.fileName === fileName || candidate.id === fileName);
    if (!attachment) throw notFound();
    response.type(attachment.mimeType).send(Buffer.from(attachment.content, 'base64'));
  });
}

interface Owner {
  id: string;
  endpoint: AttachmentEndpoint;
  isSale: boolean;
}

function ownerOf(ledger: Ledger, { param }: Call): Owner {
  return resolve(ledger, param('endpoint'), param('id'));
}

function resolve(ledger: Ledger, endpoint: string, id: string): Owner {
  switch (endpoint.toLowerCase()) {
    case 'invoices': {
      const invoice = invoiceByIdOrNumber(ledger, id);
      return { id: invoice.id, endpoint: 'Invoices', isSale: invoice.type === 'ACCREC' };
    }
    case 'creditnotes': {
      const note = byIdOrNumber(ledger, id);
      return { id: note.id, endpoint: 'CreditNotes', isSale: note.type === 'ACCRECCREDIT' };
    }
    case 'contacts': {
      const contact = ledger.contact(id);
      if (!contact) throw notFound();
      return { id: contact.id, endpoint: 'Contacts', isSale: false };
    }
    default:
      throw notModelled(`attachments of ${endpoint}`);
  }
}

function attach(ledger: Ledger, call: Call): Answer {
  const owner = ownerOf(ledger, call);
  const fileName = call.param('fileName');
  const content = bytesOf(call.request);
  if (FORBIDDEN.some((character) => fileName.includes(character)))
    throw badPostData(`The file name ${fileName} has characters that are not allowed.`);
  const includeOnline = call.query.flag('IncludeOnline', false);
  if (includeOnline && !owner.isSale) throw badPostData('IncludeOnline is only for sales invoices and credit notes.');
  const existing = ledger.attachmentsOf(owner.id);
  const replaced = existing.find((attachment) => attachment.fileName === fileName);
  if (!replaced && existing.length >= MOST_PER_DOCUMENT) throw badPostData(`A document can have at most ${MOST_PER_DOCUMENT} attachments.`);
  const attachment: AttachmentRecord = {
    id: replaced?.id ?? ledger.newId(),
    endpoint: owner.endpoint,
    documentId: owner.id,
    fileName,
    mimeType: String(call.request.headers['content-type']),
    includeOnline,
    content: content.toString('base64'),
    contentLength: content.length,
  };
  ledger.transaction(() => {
    ledger.saveAttachment(attachment);
    ledger.note(owner.id, 'Attached a file', `Attached the file ${fileName} through the API`);
  });
  return { plural: 'Attachments', items: [attachmentView(ledger, attachment)] };
}

function bytesOf(request: Request): Buffer {
  const { body, headers } = request as { body: unknown; headers: Request['headers'] };
  if (!Buffer.isBuffer(body) || body.length === 0) throw badPostData('The attachment has no content.');
  if (body.length > LARGEST_BYTES) throw badPostData('The attachment is larger than 10 MB.');
  const type = headers['content-type'];
  if (type === undefined || type.includes('form-urlencoded')) throw notModelled(`an attachment of the content type ${type}`);
  return body;
}
