import type { Ledger } from './ledger.js';
import type { AttachmentRecord } from './records.js';

export function attachmentView(ledger: Ledger, attachment: AttachmentRecord): Record<string, unknown> {
  const path = `${attachment.endpoint}/${attachment.documentId}/Attachments/${encodeURIComponent(attachment.fileName)}`;
  return {
    AttachmentID: attachment.id,
    FileName: attachment.fileName,
    Url: `${ledger.context.url()}/api.xro/2.0/${path}`,
    MimeType: attachment.mimeType,
    ContentLength: attachment.contentLength,
    ...(attachment.includeOnline && { IncludeOnline: true }),
  };
}
