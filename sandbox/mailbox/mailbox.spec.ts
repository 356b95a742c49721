import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startMailbox, type MailboxMessage, type RunningMailbox } from './index.js';

const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-mailbox-'));
let mailbox: RunningMailbox;

beforeAll(async () => {
  mailbox = await startMailbox({ dataDir, httpPort: 0, smtpPort: 0, seed: 1 });
});
beforeEach(async () => {
  expect((await fetch(`${mailbox.url}/_sandbox/messages`, { method: 'DELETE' })).status).toBe(204);
});
afterAll(async () => {
  await mailbox.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function list(query = ''): Promise<MailboxMessage[]> {
  return (await (await fetch(`${mailbox.url}/_sandbox/messages${query}`)).json()) as MailboxMessage[];
}

it('keeps a mail with its text, links and attachments, and finds it by any recipient, blind copies too', async () => {
  const transport = createTransport(mailbox.smtpUrl);
  await transport.sendMail({
    from: 'Countersign <billing@lumen.example>',
    to: 'Dana Roe <Dana@lumen.example>',
    bcc: 'audit@lumen.example',
    subject: 'Rechnung ☕ 10042',
    text: 'Sign in: http://127.0.0.1:3000/sign-in?token=a%2Bb&next=%2Freview.\nOr ask (https://docs.example/help).',
    html: '<p>ignored for <a href="http://other.example/">links</a></p>',
    attachments: [{ filename: 'invoice.pdf', content: Buffer.from('%PDF-1.7 hello'), contentType: 'application/pdf' }],
  });
  const [message] = await list('?to=dana@lumen.example');
  expect(message).toMatchObject({
    from: 'billing@lumen.example',
    to: ['dana@lumen.example', 'audit@lumen.example'],
    subject: 'Rechnung ☕ 10042',
    links: ['http://127.0.0.1:3000/sign-in?token=a%2Bb&next=%2Freview', 'https://docs.example/help'],
    attachments: [{ filename: 'invoice.pdf', contentType: 'application/pdf', bytes: 14 }],
  });
  expect(await list('?to=audit@lumen.example')).toHaveLength(1);
  expect(await list('?to=nobody@lumen.example')).toEqual([]);
});

it('takes a mail from a client with a user name, and reads links out of HTML without text', async () => {
  const transport = createTransport(mailbox.smtpUrl.replace('smtp://', 'smtp://user:secret@'));
  await transport.sendMail({
    from: 'a@b.example',
    to: 'c@d.example',
    subject: 'x',
    html: '<a href="https://e.example/?a=1&amp;b=2">go</a>',
  });
  expect((await list())[0]?.links).toEqual(['https://e.example/?a=1&b=2']);
});

it('shows newest first, with links, and runs nothing a mail brings along', async () => {
  const transport = createTransport(mailbox.smtpUrl);
  const mail = { from: 'a@b.example', to: 'c@d.example' };
  await transport.sendMail({ ...mail, subject: 'first', text: 'see http://127.0.0.1:3000/a?b=1&c="2"' });
  await transport.sendMail({ ...mail, subject: '<script>alert(1)</script>', text: '<img src=x onerror=alert(1)> javascript:alert(1)' });
  const page = await (await fetch(mailbox.url)).text();
  expect(page).toContain('<a href="http://127.0.0.1:3000/a?b=1&#38;c=" rel="noreferrer">');
  expect(page).not.toMatch(/<script|<img|href="javascript/);
  expect(page.indexOf('alert(1)')).toBeLessThan(page.indexOf('first'));
});

// The mail server's own patience with open lines is half a minute, which nobody who stops a sandbox has.
it('stops under a client that keeps its line open, and has every acknowledged mail after a restart', async () => {
  const folder = mkdtempSync(join(dataDir, 'restart-'));
  const first = await startMailbox({ dataDir: folder, httpPort: 0, smtpPort: 0, seed: 1 });
  const pooled = createTransport({ url: first.smtpUrl, pool: true });
  await pooled.sendMail({ from: 'a@b.example', to: 'c@d.example', subject: 'kept', text: 'x' });
  await first.close();
  pooled.close();
  const second = await startMailbox({ dataDir: folder, httpPort: 0, smtpPort: 0, seed: 1 });
  try {
    expect(await (await fetch(second.url)).text()).toContain('kept');
  } finally {
    await second.close();
  }
}, 25_000);
