import { Injectable } from '@nestjs/common';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { z } from 'zod';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { PasskeyRepository, type StoredPasskey } from './passkey.repository.js';
import { IdentityRefusal } from './identity-refusal.js';
import { SecondFactors } from './second-factors.js';

const base64url = z
  .string()
  .regex(/^[\w-]+$/)
  .max(20_000);
/** What the library asks for and does not look into. */
const extensions = z.strictObject({}).catch({}).default({});
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

/** What a browser answers; the library checks what is inside. */
export const madePasskey = z.object({
  id: base64url.max(2_000),
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.enum(TRANSPORTS)).max(10).default([]).catch([]),
  }),
  clientExtensionResults: extensions,
});
export const usedPasskey = z.object({
  id: base64url.max(2_000),
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url }),
  clientExtensionResults: extensions,
});
export const passkeyName = z.string().trim().max(100);

const REFUSED = 'The passkey was not accepted, and nothing was changed. Try again with a device or key that you added here.';

/** Passkeys of a person: made and used with their own unlocking (fingerprint, face, PIN), for this site's name only. */
@Injectable()
export class Passkeys {
  private readonly origin: string;
  private readonly rpID: string;

  constructor(
    config: Config,
    private readonly store: PasskeyRepository,
    private readonly factors: SecondFactors,
    private readonly clock: Clock,
  ) {
    ({ origin: this.origin, hostname: this.rpID } = new URL(config.publicUrl));
  }

  /** Oldest first. */
  async of(personId: string): Promise<StoredPasskey[]> {
    return await this.store.of(personId);
  }

  async offer(personId: string, label: string): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const known = await this.store.of(personId);
    return await generateRegistrationOptions({
      rpName: 'Countersign',
      rpID: this.rpID,
      userName: label,
      userID: Uint8Array.from(Buffer.from(personId.replaceAll('-', ''), 'hex')),
      attestationType: 'none',
      excludeCredentials: known.map(descriptor),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    });
  }

  /**
   * @returns recovery codes, shown this once; none for who has a factor already
   * @throws IdentityRefusal when the answer does not fit the challenge, this site or the person
   */
  async add(personId: string, challenge: string, answer: z.infer<typeof madePasskey>, name: string): Promise<string[]> {
    const response = { ...answer, clientExtensionResults: {} };
    const made = await verified(() => verifyRegistrationResponse({ response, ...this.expected(challenge) }));
    if (!made?.verified || !(await this.store.spendChallenge(personId, challenge, this.clock.now()))) throw refused();
    const { credential } = made.registrationInfo;
    const key = {
      credentialId: credential.id,
      name: name || 'Passkey',
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: answer.response.transports,
    };
    const codes = await this.factors.codesBeforeTheFirst(personId);
    if (await this.store.add(personId, key, this.clock.now())) return codes;
    throw new IdentityRefusal(
      'factor_in_use',
      'Nothing was added: this passkey is in use already, or you have ten. Remove one you do not need.',
    );
  }

  async ask(personId: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const known = await this.store.of(personId);
    return await generateAuthenticationOptions({
      rpID: this.rpID,
      allowCredentials: known.map(descriptor),
      userVerification: 'required',
    });
  }

  /** @throws IdentityRefusal for anything but a fresh answer of one of the person's passkeys to this challenge */
  async prove(personId: string, challenge: string, answer: z.infer<typeof usedPasskey>): Promise<void> {
    const key = (await this.store.of(personId)).find(({ credentialId }) => credentialId === answer.id);
    const counter = key && (await this.counterOf(key, challenge, answer));
    if (!key || counter === undefined || !(await this.store.spendChallenge(personId, challenge, this.clock.now()))) throw refused();
    if (!(await this.store.use(personId, key.credentialId, counter, this.clock.now()))) throw refused();
  }

  async rename(personId: string, credentialId: string, name: string): Promise<boolean> {
    return await this.store.rename(personId, credentialId, name);
  }

  async remove(personId: string, credentialId: string): Promise<boolean> {
    return await this.store.remove(personId, credentialId);
  }

  private async counterOf(key: StoredPasskey, challenge: string, answer: z.infer<typeof usedPasskey>): Promise<number | undefined> {
    const { credentialId: id, publicKey, counter } = key;
    const credential = { id, publicKey: Uint8Array.from(publicKey), counter };
    const response = { ...answer, clientExtensionResults: {} };
    const checked = await verified(() => verifyAuthenticationResponse({ response, ...this.expected(challenge), credential }));
    return checked?.verified ? checked.authenticationInfo.newCounter : undefined;
  }

  private expected(challenge: string) {
    return { expectedChallenge: challenge, expectedOrigin: this.origin, expectedRPID: this.rpID, requireUserVerification: true };
  }
}

/** How the key was reached when it was made, so that the browser asks for the right device. */
function descriptor({ credentialId, transports }: StoredPasskey) {
  return { id: credentialId, transports: TRANSPORTS.filter((transport) => transports.includes(transport)) };
}

/** The library throws for whatever does not fit; the person is told the same for all of it. */
async function verified<T>(check: () => Promise<T>): Promise<T | undefined> {
  try {
    return await check();
  } catch {
    return undefined;
  }
}

function refused(): IdentityRefusal {
  return new IdentityRefusal('passkey_refused', REFUSED);
}
