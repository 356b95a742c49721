import { z } from 'zod';
import type { LedgerDocument } from '../../ports/accounting-ledger.js';
import { isConnectorError } from '../../ports/connector-error.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import type { QuickbooksClient } from './client.js';
import { LABEL } from './descriptor.js';
import { ENTITY } from './documents.js';
import { faultOf, isStumble } from './errors.js';
import { queryAll, quoted } from './query.js';
import { refusalOf } from './refusals.js';
import { attachableRow, faultBody } from './types.js';

const LARGEST_BYTES = 100 * 1024 * 1024;

export interface AttachedFile {
  name: string;
  contentType: string;
  bytes: Buffer;
}

const answerShape = z.object({
  AttachableResponse: z.tuple([z.object({ Attachable: attachableRow.optional(), Fault: faultBody.nullish() })]),
});

/** Uploads know no request key, so the document is asked first whether it has this file: attaching twice is attaching once. */
export async function attachFile(
  client: QuickbooksClient,
  document: { externalId: string; kind: LedgerDocument['kind'] },
  file: AttachedFile,
): Promise<WriteOutcome> {
  if (file.bytes.length > LARGEST_BYTES) {
    return { state: 'refused', cause: `The file is larger than the 100 MB that ${LABEL} takes. The document itself is there without it.` };
  }
  const type = ENTITY[document.kind];
  const where = `AttachableRef.EntityRef.Type = ${quoted(type)} and AttachableRef.EntityRef.value = ${quoted(document.externalId)}`;
  const held = await queryAll(client, 'Attachable', where, attachableRow);
  const name = fileName(file.name);
  const same = held.find((row) => row.FileName === name && row.Size === file.bytes.length);
  if (same) return { state: 'posted', externalId: same.Id };
  try {
    return judge(await client.upload(formOf(type, document.externalId, name, file)));
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    if (error.kind === 'outcome_unknown') return { state: 'unknown', why: error.message };
    if (error.kind !== 'invalid' && error.kind !== 'not_found') throw error;
    return refusalOf({ code: error.details.vendorCode ?? '', words: error.details.vendorWords ?? '', type: '' });
  }
}

function formOf(type: string, externalId: string, name: string, { contentType, bytes }: AttachedFile): FormData {
  const metadata = {
    FileName: name,
    ContentType: contentType,
    AttachableRef: [{ EntityRef: { type, value: externalId }, IncludeOnSend: true }],
  };
  const form = new FormData();
  form.append('file_metadata_01', new Blob([JSON.stringify(metadata)], { type: 'application/json' }), 'metadata.json');
  form.append('file_content_01', new Blob([new Uint8Array(bytes)], { type: contentType }), name);
  return form;
}

/** A refused file is a fault inside a 200. */
function judge(answer: unknown): WriteOutcome {
  const read = answerShape.safeParse(answer);
  const [first] = read.success ? read.data.AttachableResponse : [];
  if (first?.Attachable) return { state: 'posted', externalId: first.Attachable.Id };
  const fault = first?.Fault ? faultOf(first.Fault) : undefined;
  if (!fault || isStumble(fault)) return { state: 'unknown', why: `${LABEL}'s answer does not mention the file; it will be looked up.` };
  return refusalOf(fault);
}

/** Multipart headers quote the name; these characters never trouble anyone. */
function fileName(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '');
  return clean === '' ? 'document.pdf' : clean.slice(-150);
}
