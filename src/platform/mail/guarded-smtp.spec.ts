import { createServer, type AddressInfo } from 'node:net';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { guardedSmtp } from '../config/weak-secrets.js';

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
