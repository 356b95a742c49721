import { escapeHtml } from '../kit/server.js';
import { LINK, type MailboxMessage } from './message.js';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; color: #1f2933; background: #f5f7fa }
  article { margin: 1rem 0; padding: 1rem; background: #fff; border: 1px solid #cbd2d9; border-radius: 6px }
  h2 { margin: 0; font-size: 1.1rem } pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit } small { color: #52606d }`;

/** Mails newest first, as plain text: the HTML of a mail never runs here. */
export function mailboxPage(messages: readonly MailboxMessage[]): string {
  const list = messages.length === 0 ? '<p>No mail yet.</p>' : messages.toReversed().map(article).join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mailbox (sandbox)</title><style>${STYLE}</style></head>
<body><h1>Mailbox (sandbox)</h1><p>Every mail the app sends in the sandbox arrives here and goes no further.</p>
${list}</body></html>`;
}

function article(message: MailboxMessage): string {
  const attachments = message.attachments.map(({ filename, bytes }) => `<br>Attached: ${escapeHtml(filename)} (${bytes} bytes)`).join('');
  const body = message.text === '' ? message.links.join('\n') : message.text;
  return `<article><h2>${escapeHtml(message.subject)}</h2>
<small>To ${escapeHtml(message.to.join(', '))} from ${escapeHtml(message.from)}, ${escapeHtml(message.receivedAt)}${attachments}</small>
<pre>${withLinks(body)}</pre></article>`;
}

function withLinks(text: string): string {
  const parts: string[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const address = escapeHtml(match[0]);
    parts.push(escapeHtml(text.slice(end, match.index)), `<a href="${address}" rel="noreferrer">${address}</a>`);
    end = match.index + match[0].length;
  }
  return [...parts, escapeHtml(text.slice(end))].join('');
}
