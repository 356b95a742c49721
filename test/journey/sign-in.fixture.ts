import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Controller, Get, Global, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PgBoss } from 'pg-boss';
import { CurrentCaller, type Caller } from '../../src/identity/caller.js';
import { createTenant, type CreatedTenant } from '../../src/identity/create-tenant.repository.js';
import { SendEmailJob } from '../../src/identity/emails/send-email.job.js';
import { Requires } from '../../src/identity/requires.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { FixedClock } from '../../src/platform/clock/fixed-clock.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { freePort } from '../../src/platform/process/free-port.js';
import type { MailboxMessage } from '../../sandbox/mailbox/index.js';
import { LUMEN_TID } from '../../sandbox/msp/people.js';
import type { ProviderFault, TokenFault } from '../../sandbox/identity/token-faults.js';
import { startSandboxProcess, type ReadyLine } from '../../sandbox/start.js';
import { jobPayload } from '../../src/database/queues.js';
import { dataModules } from '../support/data-modules.js';
import { AssetLibrary } from '../../src/web/asset-library.js';
import { SignInModule } from '../../src/web/sign-in/sign-in.module.js';
import { ViewEngine } from '../../src/web/view-engine.js';
import { createTestDatabase } from '../support/database.js';
import { testKey } from '../support/test-key.js';

/** Handlers as the pages and the API have them: each says who may call it, but one. */
@Controller()
class ProbeController {
  @Get(['', 'invoices', 'api/v1/invoices'])
  @Requires('invoice.read')
  read(@CurrentCaller() caller: Caller): Caller {
    return caller;
  }

  @Post(['reviews', 'api/v1/reviews'])
  @Requires('invoice.review')
  review(): string {
    return 'reviewed';
  }

  @Get('api/v1/postings')
  @Requires('posting.manage')
  post(): string {
    return 'posted';
  }

  @Get('api/v1/keys')
  @Requires('api_key.manage')
  keys(): string {
    return 'keys';
  }

  @Post(['danger', 'api/v1/danger'])
  @Requires('invoice.read', { stepUp: true })
  danger(): string {
    return 'done';
  }

  @Get('forgotten')
  forgotten(): string {
    return 'nobody said who may see this';
  }
}

export interface SignInApp {
  url: string;
  clock: FixedClock;
  get<T>(token: abstract new (...args: never[]) => T): T;
  createTenant(name: string, ownerEmail: string): Promise<CreatedTenant>;
  /** Does the waiting mail jobs and answers what the mailbox then holds for the address, oldest first. */
  mailTo(address: string): Promise<MailboxMessage[]>;
  waitingMailJobs(): Promise<number>;
  /** Something goes wrong at the providers: see the sandbox's token-faults. Undefined mends everything. */
  fault(fault: TokenFault | ProviderFault | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Identity and its pages over real HTTP, on a real database, with the sandbox's providers and mailbox. */
export async function startSignInApp(overrides: Readonly<Record<string, string>> = {}): Promise<SignInApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sign-in-journey-'));
  const sandbox = await startSandboxProcess({ dataDir, basePort: 0, seed: 1, vendors: [] });
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(sandbox.ready.ca, 'utf8')]);
  const database = await createTestDatabase();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const config = loadConfig(
    {
      ...environment(sandbox.ready),
      PUBLIC_URL: url,
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
      ...overrides,
    },
    [],
  );
  const clock = new FixedClock(new Date());
  const views = new ViewEngine({ assets: new AssetLibrary(), clock, production: true });
  class ViewModule {}
  Global()(ViewModule);
  Module({ providers: [{ provide: ViewEngine, useValue: views }], exports: [ViewEngine] })(ViewModule);
  const module = await Test.createTestingModule({
    imports: [...dataModules(database), ConfigModule.of(config), ViewModule, SignInModule],
    controllers: [ProbeController],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(port, '127.0.0.1');
  const boss = app.get(PgBoss, { strict: false });
  return {
    url,
    clock,
    get: (token) => app.get(token, { strict: false }),
    createTenant: (name, ownerEmail) =>
      withClient(database.ownerUrl, (owner) =>
        createTenant(owner, { name, ownerEmail, timeZone: 'America/New_York', publicUrl: url, allowedDirectories: [LUMEN_TID] }),
      ),
    mailTo: async (address) => {
      for (const job of await boss.fetch('mail.send', { batchSize: 20 })) {
        await app.get(SendEmailJob, { strict: false }).send(jobPayload.parse(job.data));
        await boss.complete('mail.send', job.id);
      }
      const answer = await fetch(`${sandbox.ready.urls['mailbox']}/_sandbox/messages?to=${encodeURIComponent(address)}`);
      return (await answer.json()) as MailboxMessage[];
    },
    waitingMailJobs: async () => (await boss.findJobs('mail.send', { queued: true })).length,
    fault: async (fault) => {
      const address = `${sandbox.ready.urls['identity']}/_sandbox/identity-faults`;
      const answer = await fetch(address, fault ? { method: 'POST', body: JSON.stringify({ fault }) } : { method: 'DELETE' });
      if (!answer.ok) throw new Error(`The sandbox knows no fault ${fault}`);
    },
    close: async () => {
      await boss.stop({ graceful: false });
      await app.close();
      await database.drop();
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function environment(ready: ReadyLine): Record<string, string> {
  return {
    SANDBOX: 'on',
    COUNTERSIGN_KEYS: `k1:${testKey.toString('base64')}`,
    COUNTERSIGN_SANDBOX: JSON.stringify({ pid: ready.pid, urls: ready.urls }),
    ...ready.environment,
  };
}
