import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface RunningSmtp {
  url: string;
  close(): Promise<void>;
}

export type Deliver = (raw: Buffer, envelope: { from: string; to: string[] }) => Promise<void>;

/** Takes any mail for anybody, with or without a user name; a mail is acknowledged only after `deliver` has kept it. */
export async function startSmtp(port: number, deliver: Deliver): Promise<RunningSmtp> {
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    // There is no certificate that a mail client would trust, and the line never leaves this machine.
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    // A pooled client holds its connection open; the sandbox does not wait for it when it stops.
    closeTimeout: 200,
    logger: false,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anybody' }),
    onData: (stream, session, done) => {
      const { mailFrom, rcptTo } = session.envelope;
      const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) };
      buffer(stream)
        .then((raw) => deliver(raw, envelope))
        .then(
          () => done(),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
        );
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  server.removeAllListeners('error');
  // What one client does wrong on its connection must not end the mailbox.
  server.on('error', () => undefined);
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
