import 'reflect-metadata';
import { Agent, request } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { newSecret, sha256 } from '../../src/identity/secret.js';
import { Cookies } from '../../src/identity/cookies.js';
import { Sessions } from '../../src/identity/sessions.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { SessionRepository } from '../../src/identity/session.repository.js';
import { startPages } from '../support/pages.js';
import { createTenant } from '../support/tenant.js';
import { withBenchDatabase } from './bench-database.js';
import type { BenchRow } from './row.js';
import { timeInTurns } from './taking-turns.js';

const TARGET = 0.7;
const TURNS = 40;
const AT_ONCE = 8;
/** The signed-in page that does least: on any other the session weighs less. */
const PAGE = '/settings/members';

/**
 * What knowing who asks costs: a page asked with a session, against the same page of an app in the same process to which the
 * answer is given beforehand. Everything else, guards and permissions included, is the same on both sides.
 */
export async function run(): Promise<BenchRow> {
  const { ours, baseline } = await withBenchDatabase(async (urls) => {
    const [signedIn, told] = [await startPages(urls), await startPages(urls)];
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    try {
      const cookie = await signIn(signedIn.app, urls.ownerUrl);
      await tellBeforehand(told.app, told.url, agent, cookie);
      const ask = (url: string) => async () => {
        const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => get(agent, url + PAGE, cookie)));
        if (answers.some(({ status, length }) => status !== 200 || length < 1_000)) throw new Error('The page did not come');
      };
      await assertComparable(agent, signedIn.url, told.url, cookie);
      return await timeInTurns({ ours: ask(signedIn.url), baseline: ask(told.url) }, TURNS);
    } finally {
      agent.destroy();
      await signedIn.app.close();
      await told.app.close();
    }
  });
  const perSecond = (milliseconds: number) => (AT_ONCE * 1_000) / milliseconds;
  const ratio = perSecond(ours) / perSecond(baseline);
  return {
    name: 'session-vs-none',
    value: perSecond(ours),
    unit: 'requests/s',
    baseline: perSecond(baseline),
    ratio,
    target: `≥ ${TARGET}`,
    ok: ratio >= TARGET,
  };
}

/** A member with a session. @returns the cookie of it */
async function signIn(app: NestExpressApplication, ownerUrl: string): Promise<string> {
  const [tenantId, personId, secret] = [await createTenant(ownerUrl, 'Lumen IT'), uuidv7(), newSecret()];
  await withClient(ownerUrl, async (owner) => {
    await owner.query(`insert into person (id, name, created_at) values ($1, 'Jo Park', now())`, [personId]);
    await owner.query(
      `insert into membership (tenant_id, person_id, email, name, role, joined_at) values ($1, $2, 'jo@msp.example', 'Jo Park', 'owner', now())`,
      [tenantId, personId],
    );
  });
  const at = new Date();
  const expiresAt = new Date(at.getTime() + 3_600_000);
  await app.get(SessionRepository).open({ idHash: sha256(secret), personId, tenantId, at, expiresAt, replaces: null });
  return `${app.get(Cookies).name('session')}=${secret}`;
}

/** The session is looked up once, as ever; from then on its app answers from memory. */
async function tellBeforehand(app: NestExpressApplication, url: string, agent: Agent, cookie: string): Promise<void> {
  const sessions = app.get(Sessions);
  const resolve = sessions.resolve.bind(sessions);
  let known: ReturnType<Sessions['resolve']> | undefined;
  sessions.resolve = (asked) => (known ??= resolve(asked));
  const { status } = await get(agent, url + PAGE, cookie);
  if (status !== 200 || !(await known)) throw new Error('The session did not open the page');
}

/** Without a session the one side must refuse and the other not care, or both would measure the same. */
async function assertComparable(agent: Agent, signedIn: string, told: string, cookie: string): Promise<void> {
  const [one, other] = [await get(agent, signedIn + PAGE, cookie), await get(agent, told + PAGE, cookie)];
  if (one.length !== other.length) throw new Error('The two sides answer different pages');
  if ((await get(agent, signedIn + PAGE)).status === 200) throw new Error('The page is open to everybody');
  if ((await get(agent, told + PAGE)).status !== 200) throw new Error('The baseline looks at the session');
}

function get(agent: Agent, url: string, cookie?: string): Promise<{ status: number; length: number }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, headers: cookie === undefined ? {} : { cookie } }, (answer) => {
      let length = 0;
      answer.on('data', (chunk: Buffer) => (length += chunk.length));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, length }));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}
