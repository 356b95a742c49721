import { expect } from 'vitest';
import { Members } from '../../src/identity/members.js';
import type { Role } from '../../src/domain/role.js';
import type { Provider } from '../../src/identity/sign-in/confirmed.js';
import type { Actor } from '../../src/database/audit/actor.js';
import type { SignInApp } from '../journey/sign-in.fixture.js';
import { CookieBrowser, type Page } from './cookie-browser.js';

export const OPERATOR: Actor = { kind: 'operator', id: 'test', label: 'Olivia Marsh' };
export const SESSION_COOKIE = 'countersign';

export interface SeenCaller {
  tenantId: string;
  role: string;
  email?: string;
  actor: Actor;
  personId: string;
}

/** What people do at the front door, over HTTP. */
export class SignInPeople {
  constructor(private readonly app: SignInApp) {}

  browser(): CookieBrowser {
    return new CookieBrowser(this.app.url);
  }

  async invite(email: string, tenantId: string, role: Role = 'member'): Promise<void> {
    await this.app.get(Members).invite({ actor: OPERATOR, tenantId, role: 'owner' }, { email, role });
  }

  async invitationLink(email: string): Promise<string> {
    const mail = (await this.app.mailTo(email)).findLast((message) => message.subject.includes('invites you'));
    return mail?.links.at(-1) ?? 'no link';
  }

  /** The provider's answer for that person, not yet brought back. */
  async answerOf(who: CookieBrowser, provider: Provider, person: string, query = ''): Promise<URL> {
    const out = new URL(await who.redirectOf(`/sign-in/${provider}${query}`));
    out.searchParams.set('person', person);
    return new URL(await who.redirectOf(out.href));
  }

  /** Goes out to the provider and comes back as that person. */
  async withProvider(who: CookieBrowser, provider: Provider, person: string, query = ''): Promise<Page> {
    return await who.visit((await this.answerOf(who, provider, person, query)).href);
  }

  /** Adds that account to the person who is signed in, as their settings do. */
  async add(who: CookieBrowser, provider: Provider, person: string): Promise<Page> {
    await who.post(`/settings/account/identities/${provider}`);
    return await this.withProvider(who, provider, person, '?add=yes');
  }

  async withCode(who: CookieBrowser, email: string): Promise<Page> {
    await who.post('/sign-in/code', { email, returnTo: '/' });
    return await who.post('/sign-in/code/verification', { code: await this.lastCode(email) });
  }

  async lastCode(email: string): Promise<string> {
    const mail = (await this.app.mailTo(email)).findLast((message) => message.subject.includes('code'));
    return /\d{6}/.exec(mail?.text ?? '')?.[0] ?? 'no code';
  }

  /** Joins through the link of an invitation, with that provider. */
  async join(who: CookieBrowser, tenantId: string, email: string, provider: Provider, person: string): Promise<Page> {
    await this.invite(email, tenantId);
    await who.visit(await this.invitationLink(email));
    return await this.withProvider(who, provider, person);
  }
}

export function callerIn(page: Page): SeenCaller {
  expect(page.status, page.body).toBe(200);
  return JSON.parse(page.body) as SeenCaller;
}

/** Refused in words, on a page of ours, without a session. */
export function expectRefused(page: Page, who: CookieBrowser, words: string | RegExp = /did not confirm who you are/): void {
  expect(page.status, page.body).toBe(403);
  expect(page.body).toMatch(words);
  expect(who.cookie(SESSION_COOKIE)).toBeUndefined();
}
