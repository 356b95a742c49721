import { createHash, randomUUID } from 'node:crypto';
import PostalMime, { type Attachment } from 'postal-mime';

export interface MailboxMessage {
  id: string;
  /** ISO instant of arrival. */
  receivedAt: string;
  from: string;
  /** Everybody the envelope named, lower case. */
  to: string[];
  subject: string;
  text: string;
  html?: string;
  /** http and https addresses in the text, or in the HTML when there is no text. */
  links: string[];
  attachments: { filename: string; contentType: string; bytes: number; sha256: string }[];
}

/** Reads a raw mail. The recipients come from the envelope, because a blind copy stands nowhere else. */
export async function readMessage(raw: Buffer, envelope: { from: string; to: string[] }, receivedAt: Date): Promise<MailboxMessage> {
  const mail = await PostalMime.parse(raw);
  const text = (mail.text ?? '').trimEnd();
  return {
    id: randomUUID(),
    receivedAt: receivedAt.toISOString(),
    from: mail.from?.address ?? envelope.from,
    to: envelope.to.map((address) => address.toLowerCase()),
    subject: mail.subject ?? '',
    text,
    ...(mail.html !== undefined && { html: mail.html }),
    links: linksIn(text) ?? hrefsIn(mail.html ?? ''),
    attachments: mail.attachments.map(describe),
  };
}

export const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

function linksIn(text: string): string[] | undefined {
  return text === '' ? undefined : [...new Set(text.match(LINK))];
}

function hrefsIn(html: string): string[] {
  return [...new Set([...html.matchAll(/href="(https?:[^"]+)"/gi)].map(([, address = '']) => address.replaceAll('&amp;', '&')))];
}

function describe(attachment: Attachment): MailboxMessage['attachments'][number] {
  const content = attachment.content;
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as ArrayBuffer);
  return {
    filename: attachment.filename ?? '',
    contentType: attachment.mimeType,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
