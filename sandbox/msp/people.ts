import { MSP } from './msp.js';

/** The MSP's own Microsoft directory, and somebody else's. An app that lets the second one in has a hole. */
export const LUMEN_TID = '6c1f1f0e-52d4-4b0a-9d3b-0a7b6e1d4c01';
export const FOREIGN_TID = 'e2a5c9d7-8b14-4f6e-a0c3-5d9f2b7e8a02';
export const DIRECTORIES: ReadonlyMap<string, string> = new Map([
  [LUMEN_TID, MSP.name],
  [FOREIGN_TID, 'Foreign Directory'],
]);

/** What the app is registered as with each provider. Not secrets: they open nothing outside this machine. */
export const MICROSOFT_CLIENT = { id: 'b7f9a4c2-31de-4c55-9e0b-7a1c5d2e8f03', secret: 'sandbox-microsoft-client-secret' } as const;
export const OIDC_CLIENT = { id: 'countersign-at-company', secret: 'sandbox-company-client-secret' } as const;
export const GOOGLE_CLIENT = { id: '410052340001-sandbox.apps.googleusercontent.example', secret: 'sandbox-google-client-secret' } as const;

/** Somebody the sign-in pages offer. `key` is what the chosen button sends: add `&person=<key>` to a sign-in address to press it. */
export interface SandboxPerson {
  key: string;
  name: string;
  firstName: string;
  lastName: string;
  /** The e-mail claim, which a foreign directory may fill with anything. */
  email: string;
  /** Shown under the name on the sign-in page. */
  note: string;
  microsoft?: { tid: string; oid: string; preferredUsername: string };
  google?: { sub: string; emailVerified: boolean; hostedDomain?: string };
  /** At the plain OpenID provider. */
  company?: { sub: string; emailVerified: boolean };
}

const STAFF: readonly SandboxPerson[] = MSP.members.map((member, index) => ({
  key: member.identifier,
  name: `${member.firstName} ${member.lastName}`,
  firstName: member.firstName,
  lastName: member.lastName,
  email: member.email,
  note: member.title,
  microsoft: { tid: LUMEN_TID, oid: `0b1d0000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`, preferredUsername: member.email },
  google: { sub: `1090000000000000000${String(index + 1).padStart(2, '0')}`, emailVerified: true, hostedDomain: 'lumen.example' },
  company: { sub: `company-${member.identifier}`, emailVerified: true },
}));

/** Who the provider vouches for and the app has never invited. */
export const STRANGER: SandboxPerson = {
  key: 'stranger',
  name: 'Sam Stranger',
  firstName: 'Sam',
  lastName: 'Stranger',
  email: 'sam@stranger.example',
  note: 'nobody has invited this person',
  microsoft: { tid: LUMEN_TID, oid: '0b1d0000-0000-4000-8000-000000000901', preferredUsername: 'sam@stranger.example' },
  google: { sub: '109000000000000000901', emailVerified: true },
  company: { sub: 'company-stranger', emailVerified: true },
};

/** Typed an address into the provider and never proved it. */
export const UNVERIFIED: SandboxPerson = {
  key: 'unverified',
  name: 'Uma Unverified',
  firstName: 'Uma',
  lastName: 'Unverified',
  email: 'uma@lumen.example',
  note: 'has not proved this e-mail address',
  google: { sub: '109000000000000000902', emailVerified: false },
  company: { sub: 'company-unverified', emailVerified: false },
};

/** Administers a directory of her own, where she gave herself the owner's e-mail (the attack known as nOAuth). */
export const ATTACKER: SandboxPerson = {
  key: 'attacker',
  name: 'Mallory Foreign',
  firstName: 'Mallory',
  lastName: 'Foreign',
  email: 'owner@lumen.example',
  note: 'a foreign directory that claims the owner’s e-mail',
  microsoft: { tid: FOREIGN_TID, oid: '0b1d0000-0000-4000-8000-000000000903', preferredUsername: 'mallory@foreign.example' },
  company: { sub: 'company-attacker', emailVerified: false },
};

export const PEOPLE: readonly SandboxPerson[] = [...STAFF, STRANGER, UNVERIFIED, ATTACKER];

export function personByKey(key: string): SandboxPerson {
  const person = PEOPLE.find((each) => each.key === key);
  if (!person) throw new Error(`The sandbox has nobody called "${key}"`);
  return person;
}
