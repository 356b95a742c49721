import { z } from 'zod';
import type { Books } from '../books.js';
import { businessError, missingParameter } from '../faults.js';
import { entityNamed } from './entity.js';
import { accept, envelopeFields, readOnly, ref } from './fields.js';
import type { EntityRules } from './rules.js';

const schema = z.strictObject({
  ...envelopeFields,
  FileName: z.string().max(1000).optional(),
  Note: z.string().max(2000).optional(),
  Category: z.string().optional(),
  ContentType: z.string().max(100).optional(),
  Size: readOnly,
  TempDownloadUri: readOnly,
  FileAccessUri: readOnly,
  AttachableRef: z
    .array(
      z.strictObject({
        EntityRef: ref.optional(),
        IncludeOnSend: z.boolean().optional(),
        LineInfo: z.string().optional(),
        NoRefOnly: z.boolean().optional(),
        Inactive: readOnly,
      }),
    )
    .optional(),
});

export interface Attachable extends Omit<
  z.infer<typeof schema>,
  keyof typeof envelopeFields | 'Size' | 'TempDownloadUri' | 'FileAccessUri'
> {
  /** Bytes; only of an uploaded file. */
  Size?: number;
  FileAccessUri?: string;
}

export const attachableRules: EntityRules<'Attachable'> = {
  prepare({ books, before }, body) {
    const sent = accept(schema, body);
    if (!before && !sent.Note && !sent.FileName) throw missingParameter('Note');
    const AttachableRef = sent.AttachableRef?.map((link) => ({ IncludeOnSend: false, ...link }));
    for (const link of AttachableRef ?? []) checkTarget(books, link.EntityRef);
    return {
      ...(sent.FileName === undefined ? {} : { FileName: sent.FileName }),
      ...(sent.Note === undefined ? {} : { Note: sent.Note }),
      ...(sent.Category === undefined ? {} : { Category: sent.Category }),
      ...(sent.ContentType === undefined ? {} : { ContentType: sent.ContentType }),
      ...(before?.Size === undefined ? {} : { Size: before.Size }),
      ...(before?.FileAccessUri === undefined ? {} : { FileAccessUri: before.FileAccessUri }),
      ...(AttachableRef ? { AttachableRef } : {}),
    };
  },
  remove: { check() {}, before() {} },
};

function checkTarget(books: Books, target: { value: string; type?: string | undefined } | undefined): void {
  const kind = target?.type === undefined ? undefined : entityNamed(target.type);
  if (!target || !kind || !books.find(kind, target.value)) {
    throw businessError(`The entity to attach to was not found: ${target?.type ?? ''} ${target?.value ?? ''}.`, 'AttachableRef');
  }
}
