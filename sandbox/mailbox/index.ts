import { Router, type Request } from 'express';
import { startSandbox, type RunningSandbox, type SandboxContext, type VendorSandbox } from '../kit/server.js';
import type { SandboxStore } from '../kit/store.js';
import { readMessage, type MailboxMessage } from './message.js';
import { mailboxPage } from './page.js';
import { startSmtp } from './smtp.js';

export type { MailboxMessage } from './message.js';

export interface RunningMailbox extends RunningSandbox {
  /** `smtp://127.0.0.1:<port>`, what a mail client is given. */
  smtpUrl: string;
  /** The app's settings that make its mail arrive here. */
  environment: Record<string, string>;
}

const KIND = 'message';

/**
 * A mailbox for everybody: SMTP in, a page and JSON out. `GET /_sandbox/messages?to=` lists the mails of that
 * recipient (or all), oldest first; `DELETE /_sandbox/messages` empties it.
 */
export async function startMailbox(options: {
  dataDir: string;
  httpPort: number;
  smtpPort: number;
  seed: number;
}): Promise<RunningMailbox> {
  const http = await startSandbox(mailboxSandbox(), { dataDir: options.dataDir, port: options.httpPort, seed: options.seed });
  const smtp = await startSmtp(options.smtpPort, async (raw, envelope) => {
    const message = await readMessage(raw, envelope, http.clock.now());
    http.store.put(KIND, message.id, message);
  }).catch(async (error: unknown) => {
    await http.close();
    throw error;
  });
  return {
    ...http,
    smtpUrl: smtp.url,
    environment: { SMTP_URL: smtp.url, MAIL_FROM: 'Countersign <billing@countersign.example>' },
    close: async () => {
      await smtp.close();
      await http.close();
    },
  };
}

function mailboxSandbox(): VendorSandbox {
  return {
    key: 'mailbox',
    seed: () => undefined,
    routes: () => Router(),
    control: controlRoutes,
    errorBody: (status: number, request: Request) => ({ contentType: 'text/plain', body: `${request.path} answers ${status}` }),
    documents: ({ store }, number) => messages(store).filter(({ subject }) => number === undefined || subject.includes(number)),
    page: ({ store }) => mailboxPage(messages(store)),
  };
}

function controlRoutes({ store }: SandboxContext): Router {
  const router = Router();
  router.get('/messages', (request, response) => {
    const to = request.query['to'];
    const wanted = typeof to === 'string' ? to.toLowerCase() : undefined;
    response.json(messages(store).filter((message) => wanted === undefined || message.to.includes(wanted)));
  });
  router.delete('/messages', (_request, response) => {
    store.transaction(() => {
      for (const { id } of messages(store)) store.delete(KIND, id);
    });
    response.status(204).end();
  });
  return router;
}

function messages(store: SandboxStore): MailboxMessage[] {
  return store.all<MailboxMessage>(KIND);
}
