import { MSP } from '../msp/msp.js';
import type { Browser } from './browser.js';

type Role = 'admin' | 'member' | 'read_only';

const ROLE_OF: Readonly<Record<string, Role>> = {
  dana: 'admin',
  jdoe: 'member',
  marco: 'member',
  priya: 'member',
  tom: 'read_only',
  mei: 'read_only',
};

/**
 * Signs in as one of the sandbox's people, with Google; an invitation that waits for their address, or whose link was opened
 * before in this browser, is accepted by that.
 */
export async function signIn(browser: Browser, person: string): Promise<void> {
  const choice = await browser.visit('/sign-in/google');
  await browser.press(choice, person);
}

/** Adds the other providers, so that the person comes in by whichever button is pressed. An address belongs to them already. */
export async function addProviders(browser: Browser, person: string): Promise<void> {
  for (const provider of ['microsoft', 'oidc']) {
    const choice = await browser.post(`/settings/account/identities/${provider}`, {});
    await browser.press(choice, person);
  }
}

/** Whom the PSA names and nobody has invited: the list comes with the first pull, which may be there before the invitations. */
const AT_THE_PSA = /<section[^>]*\baria-labelledby="staff-head"[\s\S]*?<\/section>/;

/** Invites those whom nobody has invited yet. */
export async function inviteStaff(owner: Pick<Browser, 'visit' | 'post'>): Promise<void> {
  const html = (await owner.visit('/settings/members')).html.replace(AT_THE_PSA, '');
  for (const { identifier, email } of MSP.members) {
    const role = ROLE_OF[identifier];
    if (role !== undefined && !html.includes(email)) await owner.post('/settings/members/invitations', { email, role });
  }
}

/**
 * Somebody to try limits with: sees one office alone, no costs, and approves up to 1,000 AUD. Limits belong to members, so he
 * joins first, as he would. @param location as the form of limits names it
 */
export async function inviteLimited(owner: Browser, callum: Browser, location: string): Promise<void> {
  const person = MSP.members.find(({ identifier }) => identifier === 'callum');
  if (!person) throw new Error('The MSP has nobody to try limits with');
  if (memberPage((await owner.visit('/settings/members')).html, person.email) !== undefined) return;
  await owner.post('/settings/members/invitations', { email: person.email, role: 'member' });
  await signIn(callum, person.identifier);
  await addProviders(callum, person.identifier);
  const page = memberPage((await owner.visit('/settings/members')).html, person.email);
  if (page === undefined) throw new Error(`${person.email} has not become a member`);
  await owner.post(`${page}/limits`, { approve: 'upTo', currency: 'AUD', amount: '1000', location, 'cost.read': 'never' });
}

/** The address of a member's page, from the list of members. */
function memberPage(html: string, email: string): string | undefined {
  const row = html
    .replace(AT_THE_PSA, '')
    .split(/<tr\b|<li\b/)
    .find((part) => part.includes(email));
  return /\/settings\/members\/[0-9a-f-]{36}(?=")/.exec(row ?? '')?.[0];
}
