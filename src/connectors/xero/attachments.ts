import type { LedgerDocument } from '../../ports/accounting-ledger.js';
import { isConnectorError } from '../../ports/connector-error.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import type { XeroClient } from './client.js';
import { LABEL } from './descriptor.js';
import { refusalOf } from './refusals.js';
import { attachmentRow, pageOf } from './types.js';

/** Xero's pages name 10 and 25 MB in different places: the smaller one holds everywhere. */
const LARGEST_BYTES = 10 * 1024 * 1024;

export interface AttachedFile {
  name: string;
  contentType: string;
  bytes: Buffer;
}

/** A file of the same name takes the place of the first, so attaching twice is attaching once. */
export async function attachFile(
  client: XeroClient,
  document: { externalId: string; kind: LedgerDocument['kind'] },
  file: AttachedFile,
): Promise<WriteOutcome> {
  if (file.bytes.length > LARGEST_BYTES) {
    return { state: 'refused', cause: `The file is larger than the 10 MB that ${LABEL} takes. The document itself is there without it.` };
  }
  const name = fileName(file.name);
  // Without a content type the bytes would go out as a form; the options stand behind the key, not in front of it.
  const options = { headers: { 'Content-Type': file.contentType } };
  try {
    const { Attachments } = await client.change('attachments', pageOf('Attachments', attachmentRow), (api, tenantId) =>
      document.kind === 'invoice'
        ? api.createInvoiceAttachmentByFileName(tenantId, document.externalId, name, file.bytes, true, undefined, options)
        : api.createCreditNoteAttachmentByFileName(tenantId, document.externalId, name, file.bytes, true, undefined, options),
    );
    const externalId = Attachments[0]?.AttachmentID;
    return externalId ? { state: 'posted', externalId } : { state: 'unknown', why: `${LABEL}'s answer does not mention the file.` };
  } catch (error) {
    return outcomeOf(error);
  }
}

function outcomeOf(error: unknown): WriteOutcome {
  if (!isConnectorError(error)) throw error;
  if (error.kind === 'outcome_unknown') return { state: 'unknown', why: error.message };
  if (error.kind === 'invalid') return refusalOf(error.details.vendorWords === undefined ? [] : [error.details.vendorWords]);
  if (error.kind === 'not_found') return { state: 'refused', cause: `${LABEL} no longer holds the document that the file belongs to.` };
  throw error;
}

/** Xero bans a dozen characters; these never trouble anyone. */
function fileName(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '');
  return clean === '' ? 'document.pdf' : clean.slice(-150);
}
