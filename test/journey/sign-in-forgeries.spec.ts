/**
 * Goal: no forged, replayed or borrowed answer of a provider signs anybody in, whichever provider and whichever library.
 * Real HTTP, Postgres and tokens; the sandbox's provider does what a broken or hostile one would.
 */
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Provider } from '../../src/identity/sign-in/confirmed.js';
import { TOKEN_FAULTS, type TokenFault } from '../../sandbox/identity/token-faults.js';
import { callerIn, expectRefused, SignInPeople } from '../support/sign-in-people.js';
import { startSignInApp, type SignInApp } from './sign-in.fixture.js';

const WAITING = 'countersign-sign-in';

interface Way {
  provider: Provider;
  person: string;
  email: string;
  /** What means nothing there: a person of Microsoft is not known by `sub`. */
  harmless: readonly TokenFault[];
}
const GOOGLE: Way = { provider: 'google', person: 'dana', email: 'dana@lumen.example', harmless: [] };
const MICROSOFT: Way = { provider: 'microsoft', person: 'jdoe', email: 'jane@lumen.example', harmless: ['wrong-subject'] };
const OIDC: Way = { provider: 'oidc', person: 'mei', email: 'mei@lumen.example', harmless: [] };

describe.each<[string, readonly Way[], Record<string, string>]>([
  ['as installed', [GOOGLE, MICROSOFT, OIDC], {}],
  ['with Microsoft through openid-client', [MICROSOFT], { MICROSOFT_SIGN_IN: 'openid' }],
])('%s', (_name, ways, environment) => {
  let app: SignInApp;
  let people: SignInPeople;
  let lumen: string;

  beforeAll(async () => {
    app = await startSignInApp(environment);
    people = new SignInPeople(app);
    ({ tenantId: lumen } = await app.createTenant('Lumen IT', 'owner@lumen.example'));
    for (const { provider, person, email } of ways) {
      callerIn(await people.join(people.browser(), lumen, email, provider, person));
    }
  });
  afterEach(() => app.fault(undefined));
  afterAll(() => app.close());

  describe.each(ways)('$provider', ({ provider, person, harmless }) => {
    it('knows the person again, and sends state, nonce and PKCE along every time, never the same', async () => {
      const sent: string[] = [];
      for (let round = 0; round < 2; round += 1) {
        const out = new URL(await people.browser().redirectOf(`/sign-in/${provider}`)).searchParams;
        expect(out.get('code_challenge_method')).toBe('S256');
        expect(out.get('redirect_uri')).toBe(`${app.url}/sign-in/${provider}/callback`);
        for (const name of ['state', 'nonce', 'code_challenge']) sent.push(out.get(name) ?? 'nothing');
      }
      expect(new Set(sent).size).toBe(6);
      expect(sent).not.toContain('nothing');
      expect(callerIn(await people.withProvider(people.browser(), provider, person)).tenantId).toBe(lumen);
    });

    it.each(TOKEN_FAULTS.filter((fault) => !harmless.includes(fault)))('refuses an ID token with the fault: %s', async (fault) => {
      await app.fault(fault);
      const who = people.browser();
      expectRefused(await people.withProvider(who, provider, person), who);
    });

    it('refuses a way back with another state, without one, and without the browser that left', async () => {
      const forged = people.browser();
      const back = await people.answerOf(forged, provider, person);
      back.searchParams.set('state', 'forged');
      expectRefused(await forged.visit(back.href), forged);
      const without = people.browser();
      const bare = await people.answerOf(without, provider, person);
      bare.searchParams.delete('state');
      expectRefused(await without.visit(bare.href), without);
      const elsewhere = people.browser();
      expectRefused(await elsewhere.visit((await people.answerOf(people.browser(), provider, person)).href), elsewhere);
    });

    it('refuses a replay: with the old cookie, and without it even when the provider forgets to burn its codes', async () => {
      const who = people.browser();
      const back = await people.answerOf(who, provider, person);
      const sealed = who.cookie(WAITING) ?? '';
      callerIn(await who.visit(back.href));
      const again = people.browser();
      again.setCookie(WAITING, sealed);
      expectRefused(await again.visit(back.href), again);
      await app.fault('replay-codes');
      const late = people.browser();
      const second = await people.answerOf(late, provider, person);
      callerIn(await late.visit(second.href));
      await late.post('/sign-out');
      expectRefused(await late.visit(second.href), late);
    });

    it('refuses the code of somebody else brought into this browser with its own state', async () => {
      const victim = people.browser();
      const mine = await people.answerOf(victim, provider, person);
      const attackers = await people.answerOf(people.browser(), provider, person);
      mine.searchParams.set('code', attackers.searchParams.get('code') ?? '');
      expectRefused(await victim.visit(mine.href), victim);
    });

    it('refuses a cookie that was changed, and an answer without code', async () => {
      const who = people.browser();
      const back = await people.answerOf(who, provider, person);
      const sealed = who.cookie(WAITING) ?? '';
      who.setCookie(WAITING, `${sealed.slice(0, -4)}AAAA`);
      expectRefused(await who.visit(back.href), who);
      const empty = people.browser();
      await empty.redirectOf(`/sign-in/${provider}`);
      expectRefused(await empty.visit(`/sign-in/${provider}/callback`), empty);
      const token = people.browser();
      const withToken = await people.answerOf(token, provider, person);
      withToken.searchParams.delete('code');
      withToken.searchParams.set('id_token', 'eyJhbGciOiJub25lIn0.e30.');
      expectRefused(await token.visit(withToken.href), token);
    });

    it('refuses somebody who cancels, and says so in words', async () => {
      const who = people.browser();
      expectRefused(await people.withProvider(who, provider, 'cancel'), who);
      expect(who.cookie(WAITING)).toBeUndefined();
    });

    it('goes to pages of ours alone afterwards, and comes back to our own address whatever host was named', async () => {
      for (const evil of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/%0d%0aLocation:x']) {
        const who = people.browser();
        const page = await people.withProvider(who, provider, person, `?${new URLSearchParams({ returnTo: evil })}`);
        expect(new URL(page.url).origin, evil).toBe(app.url);
      }
      const location = await leavesFor(`${app.url}/sign-in/${provider}`, 'evil.example');
      expect(new URL(location).searchParams.get('redirect_uri')).toBe(`${app.url}/sign-in/${provider}/callback`);
    });
  });

  it.runIf(ways.length > 1)('refuses what one provider answered at the callback of another', async () => {
    for (const [from, to] of [
      [GOOGLE, 'oidc'],
      [OIDC, 'google'],
      [OIDC, 'microsoft'],
    ] as const) {
      const who = people.browser();
      const back = await people.answerOf(who, from.provider, from.person);
      back.pathname = `/sign-in/${to}/callback`;
      expectRefused(await who.visit(back.href), who);
    }
  });

  it.runIf(ways.includes(OIDC))('refuses an answer that names another issuer (RFC 9207)', async () => {
    await app.fault('wrong-response-issuer');
    const who = people.browser();
    expectRefused(await people.withProvider(who, 'oidc', 'mei'), who);
  });

  it.each(['foreign-key-issuer', 'no-key-issuer'] as const)(
    'refuses a token of Microsoft that is signed well by a key which is not this directory’s: %s',
    async (fault) => {
      // A fresh app: published keys are kept for a while.
      const fresh = await startSignInApp(environment);
      try {
        const others = new SignInPeople(fresh);
        const { tenantId } = await fresh.createTenant('Lumen IT', 'owner@lumen.example');
        await fresh.fault(fault);
        const who = others.browser();
        expectRefused(await others.join(who, tenantId, 'jane@lumen.example', 'microsoft', 'jdoe'), who);
      } finally {
        await fresh.close();
      }
    },
  );
});

/** Where a request redirects to that names a host of its own, which `fetch` would not send. */
async function leavesFor(address: string, host: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    request(address, { headers: { host, 'x-forwarded-host': host } }, (answer) => {
      answer.resume();
      resolve(answer.headers.location ?? '');
    })
      .once('error', reject)
      .end();
  });
}
