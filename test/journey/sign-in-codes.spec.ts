/** Goal: a one-time code is worth one sign-in of who asked for it, and a guesser gets nowhere. Real HTTP, Postgres and SMTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CookieBrowser, Page } from '../support/cookie-browser.js';
import { callerIn, SESSION_COOKIE, SignInPeople } from '../support/sign-in-people.js';
import { startSignInApp, type SignInApp } from './sign-in.fixture.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const INVITED = ['dana', 'mei', 'tom', 'lena', 'noah', 'ravi', 'sara'];

let app: SignInApp;
let people: SignInPeople;
let lumen: string;

beforeAll(async () => {
  app = await startSignInApp();
  people = new SignInPeople(app);
  ({ tenantId: lumen } = await app.createTenant('Lumen IT', 'boss@lumen.example'));
  for (const name of INVITED) await people.invite(`${name}@lumen.example`, lumen);
});
afterAll(() => app.close());

const ask = async (who: CookieBrowser, email: string, more = {}) => await who.post('/sign-in/code', { email, returnTo: '/', ...more });
const type = async (who: CookieBrowser, code: string) => await who.post('/sign-in/code/verification', { code });
const codesSentTo = async (email: string) => (await app.mailTo(email)).filter(({ subject }) => subject.includes('code')).length;
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('a code by e-mail', () => {
  it('signs a member in once', async () => {
    const lena = people.browser();
    const page = await ask(lena, ' Lena@Lumen.example ');
    expect(page.path).toBe('/sign-in/code');
    const sealed = lena.cookie('countersign-sign-in') ?? '';
    expect(sealed).not.toContain('lumen');
    const code = await people.lastCode('lena@lumen.example');
    const typed = `${code.slice(0, 3)} ${code.slice(3)}`;
    expect(callerIn(await lena.post('/sign-in/code/verification', { code: typed }))).toMatchObject({ role: 'member' });
    expect(lena.cookie('countersign-sign-in')).toBeUndefined();
    const replay = people.browser();
    replay.setCookie('countersign-sign-in', sealed);
    expect((await replay.post('/sign-in/code/verification', { code })).status).toBe(422);
  });

  it('works only in the browser that asked for it', async () => {
    await ask(people.browser(), 'noah@lumen.example');
    const code = await people.lastCode('noah@lumen.example');
    const thief = people.browser();
    await ask(thief, 'nobody@lumen.example');
    expect((await thief.post('/sign-in/code/verification', { code })).status).toBe(422);
  });

  it('is worthless after five wrong tries', async () => {
    const ravi = people.browser();
    await ask(ravi, 'ravi@lumen.example');
    const code = await people.lastCode('ravi@lumen.example');
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect((await ravi.post('/sign-in/code/verification', { code: wrong(code) })).status).toBe(422);
    }
    const late = await ravi.post('/sign-in/code/verification', { code });
    expect(late.status).toBe(422);
    expect(late.body).toContain('not right, or it is no longer good');
    expect(ravi.cookie(SESSION_COOKIE)).toBeUndefined();
  });

  it('is worthless after ten minutes', async () => {
    const sara = people.browser();
    await ask(sara, 'sara@lumen.example');
    const code = await people.lastCode('sara@lumen.example');
    app.clock.advance(10 * MINUTE);
    expect((await sara.post('/sign-in/code/verification', { code })).status).toBe(422);
  });

  it('says nothing about whether anybody knows the address', async () => {
    const timed = async (email: string) => {
      const who = people.browser();
      const began = performance.now();
      const page = await ask(who, email);
      const took = performance.now() - began;
      const answers = [page, await who.post('/sign-in/code/verification', { code: '000000' })];
      return {
        took,
        answers: answers.map((each) => [each.status, each.path, each.body.replaceAll(email, '…')]),
        cookies: who.cookieLines.length,
      };
    };
    const known = await timed('noah@lumen.example');
    const jobs = await app.waitingMailJobs();
    const unknown = await timed('owner@elsewhere.example');
    expect(unknown.answers).toEqual(known.answers);
    expect(unknown.cookies).toBe(known.cookies);
    expect(Math.min(known.took, unknown.took)).toBeGreaterThan(390);
    expect(await app.waitingMailJobs()).toBe(jobs);
    expect(await app.mailTo('owner@elsewhere.example')).toEqual([]);
  });

  it('does not fill a mailbox', async () => {
    app.clock.advance(11 * MINUTE);
    const before = (await app.mailTo('sara@lumen.example')).length;
    for (let count = 0; count < 7; count += 1) expect((await ask(people.browser(), 'sara@lumen.example')).path).toBe('/sign-in/code');
    expect((await app.mailTo('sara@lumen.example')).length - before).toBe(5);
  });

  it('is asked again in words when the address is none', async () => {
    const page = await ask(people.browser(), 'not an address');
    expect(page.status).toBe(422);
    expect(page.body).toContain('This is not an e-mail address.');
  });
});

describe('a code', () => {
  it('ends those that were sent before it, in every browser, once it was used', async () => {
    const [first, second] = [people.browser(), people.browser()];
    await ask(first, 'dana@lumen.example');
    const older = await people.lastCode('dana@lumen.example');
    await ask(second, 'dana@lumen.example');
    const newer = await people.lastCode('dana@lumen.example');
    callerIn(await type(second, newer));
    expect((await type(first, older)).status).toBe(422);
    expect(first.cookie(SESSION_COOKIE)).toBeUndefined();
  });

  it('can be asked for again from the page where it is typed, and only the newest works there', async () => {
    const mei = people.browser();
    await ask(mei, 'mei@lumen.example');
    const older = await people.lastCode('mei@lumen.example');
    const page = await ask(mei, 'mei@lumen.example', { again: 'yes' });
    expect(page.path).toBe('/sign-in/code');
    expect(page.body).toContain('Only the newest code works');
    const newer = await people.lastCode('mei@lumen.example');
    expect((await type(mei, older)).status).toBe(422);
    expect(callerIn(await type(mei, newer)).email).toBe('mei@lumen.example');
  });

  it('is no longer sent on a day with twenty wrong ones, and is the day after; the page says the same all along', async () => {
    const email = 'tom@lumen.example';
    const pages: Page[] = [];
    for (let asked = 0; asked < 4; asked += 1) {
      const guesser = people.browser();
      pages.push(await ask(guesser, email));
      const code = await people.lastCode(email);
      for (let attempt = 0; attempt < 5; attempt += 1) expect((await type(guesser, wrong(code))).status).toBe(422);
      app.clock.advance(HOUR);
    }
    expect(await codesSentTo(email)).toBe(4);
    const tom = people.browser();
    pages.push(await ask(tom, email));
    expect(await codesSentTo(email)).toBe(4);
    expect(new Set(pages.map(({ status, path, body }) => JSON.stringify([status, path, body]))).size).toBe(1);
    app.clock.advance(24 * HOUR);
    callerIn(await people.withCode(tom, email));
    expect(await codesSentTo(email)).toBe(5);
  });
});

describe('an address that nobody knows', () => {
  it('is answered alike at every step: pages, headers, cookies, and how long it takes', async () => {
    const somebody = (email: string) => ({ email, who: people.browser(), took: new Array<number>(), seen: new Array<unknown>() });
    const [known, unknown] = [somebody('dana@lumen.example'), somebody('dana@elsewhere.example')];
    // In turns, so that whatever else this machine does meets both alike.
    const step = async (work: (who: CookieBrowser, email: string) => Promise<Page>) => {
      for (const { email, who, took, seen } of [known, unknown]) {
        const began = performance.now();
        const page = await work(who, email);
        took.push(performance.now() - began);
        seen.push([page.status, page.path, page.body.replaceAll(email, '…')]);
      }
    };
    await step((who, email) => ask(who, email));
    // One more try than a code has.
    for (let attempt = 0; attempt < 6; attempt += 1) await step((who) => type(who, '000000'));
    await step((who, email) => ask(who, email, { again: 'yes' }));
    const cookies = ({ who }: { who: CookieBrowser }) =>
      who.cookieLines.map((line) => line.replace(/=[^;]*/, '=…').replace(/expires=[^;]*/i, ''));
    expect(unknown.seen).toEqual(known.seen);
    expect(cookies(unknown)).toEqual(cookies(known));
    // Both wait for the same hash of the same cost; scrypt alone takes tens of milliseconds, a shortcut would take one or two.
    // The fastest of each, since a busy machine only ever adds.
    const tries = ({ took }: { took: number[] }) => Math.min(...took.slice(1, 7));
    expect(Math.max(tries(known), tries(unknown)) / Math.min(tries(known), tries(unknown))).toBeLessThan(4);
    expect(Math.min(...[known, unknown].map(({ took }) => took[0] ?? 0))).toBeGreaterThan(390);
  });
});
