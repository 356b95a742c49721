import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { guardedSmtp, weakSecrets } from './weak-secrets.js';

const strong = randomBytes(24).toString('base64url');

describe('a secret of a live installation', () => {
  it.each([
    'secret',
    'changeme',
    'please-change-me-now',
    '<your secret>',
    'your-client-secret',
    'xxxxxxxxxx',
    '...',
    'test',
    'sandbox-xero-secret',
    'password1',
    '123456789',
    'short',
    'abababababab',
  ])('that is "%s" is refused, and the sentence does not say it', (value) => {
    const [sentence, ...more] = weakSecrets({ XERO_CLIENT_SECRET: value }, ['XERO_CLIENT_SECRET']);
    expect(sentence).toMatch(/^XERO_CLIENT_SECRET (is|repeats) .*\.$/);
    if (value.length > 6 && value !== 'password1') expect(sentence).not.toContain(value);
    expect(more).toEqual([]);
  });

  it('is looked at in every variable of its kind and in addresses, and strong ones are let be', () => {
    const names = ['A_CLIENT_SECRET', 'KEYS_TOKEN', 'XERO_WEBHOOK_KEY', 'SMTP_URL', 'DATABASE_URL', 'A_CLIENT_ID', 'A_TOKEN_URL'];
    const weak = { A_CLIENT_SECRET: 'secret', KEYS_TOKEN: 'token', XERO_WEBHOOK_KEY: 'key', A_CLIENT_ID: 'test', A_TOKEN_URL: 'x' };
    const addresses = { SMTP_URL: 'smtps://u:password@mail.example', DATABASE_URL: 'postgresql://u:changeme@db.example/c' };
    expect(weakSecrets({ ...weak, ...addresses }, names).map((sentence) => sentence.split(' is ')[0])).toEqual([
      'A_CLIENT_SECRET',
      'KEYS_TOKEN',
      'XERO_WEBHOOK_KEY',
      'The password in SMTP_URL',
      'The password in DATABASE_URL',
    ]);
    expect(weakSecrets(Object.fromEntries(names.map((name) => [name, strong])), names)).toEqual([]);
    expect(weakSecrets({ SMTP_URL: 'smtps://mail.example', DATABASE_URL: `postgresql://u:${strong}@db.example/c` }, names)).toEqual([]);
  });
});

describe('the mail server', () => {
  it.each([
    ['smtp://localhost:25', 'smtp://localhost:25'],
    ['smtp://127.0.0.1', 'smtp://127.0.0.1'],
    ['smtps://u:p@mail.example', 'smtps://u:p@mail.example'],
    ['smtp://u:p@mail.example:587', 'smtp://u:p@mail.example:587?requireTLS=true'],
  ])('%s is used as %s', (given, used) => {
    expect(guardedSmtp(given)).toEqual({ smtpUrl: used });
  });

  it.each(['ignoreTLS=true', 'requireTLS=false', 'tls.rejectUnauthorized=false'])('may not be told %s elsewhere', (query) => {
    expect(guardedSmtp(`smtp://mail.example?${query}`)).toEqual({ problem: expect.stringMatching(/encrypted and checked/) as string });
    expect(guardedSmtp(`smtp://127.0.0.1?${query}`)).toHaveProperty('smtpUrl');
  });

  it('that offers no encryption is told nothing', async () => {
    const heard: string[] = [];
    const server = createServer((socket) => {
      socket.write('220 plain\r\n');
      socket.on('data', (data: Buffer) => {
        heard.push(data.toString());
        socket.write(data.toString().startsWith('EHLO') ? '250 AUTH PLAIN\r\n' : '502 no\r\n');
      });
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const guarded = guardedSmtp('smtp://postmaster:the-password@mail.example');
    const url = new URL('smtpUrl' in guarded ? guarded.smtpUrl : '');
    // The address of our server in the place of the one far away.
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sent = createTransport({ url: url.href }).sendMail({ from: 'a@a.example', to: 'b@b.example', text: 'code 123456' });
    await expect(sent).rejects.toThrow();
    expect(heard.join('')).not.toMatch(/AUTH|MAIL FROM|123456/);
    await new Promise((resolve) => server.close(resolve));
  });
});
