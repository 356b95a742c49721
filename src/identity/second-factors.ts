import { randomBytes, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Secret, TOTP } from 'otpauth';
import { Clock } from '../platform/clock/clock.js';
import { Vault } from '../platform/vault/vault.js';
import { FactorRepository } from './factor.repository.js';
import { IdentityRefusal } from './identity-refusal.js';
import { hashCode } from './sign-in/code-hash.js';

const PERIOD = 30;
const CODES = 10;
/** Without those that look alike. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const FIELD = 'authenticator';

export interface Offer {
  /** For the QR code. */
  uri: string;
  /** The same to type in, in groups. */
  manualKey: string;
}

/** The second factors of one person, in all their tenants: an authenticator app (passkeys are beside it), and recovery codes for when it is lost. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly store: FactorRepository,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  async of(personId: string): Promise<{ since: Date | null; codesLeft: number }> {
    return await this.store.of(personId);
  }

  /** A new secret each time, so that one which somebody saw and left is worth nothing. @throws IdentityRefusal when one is in use */
  async offer(personId: string, label: string): Promise<Offer> {
    const secret = new Secret({ size: 20 });
    const sealed = await this.vault.seal(secret.base32, { personId, field: FIELD });
    if (!(await this.store.offerAuthenticator(personId, sealed, this.clock.now()))) throw inUse();
    return offerOf(secret.base32, label);
  }

  /** The one that waits for its first code. */
  async pending(personId: string, label: string): Promise<Offer | undefined> {
    const kept = await this.store.authenticatorOf(personId);
    return kept && kept.confirmedAt === null ? offerOf(await this.secretIn(personId, kept.sealedSecret), label) : undefined;
  }

  async hasAny(personId: string): Promise<boolean> {
    return await this.store.hasAny(personId);
  }

  /** The first code puts it to use. @returns recovery codes, shown this once; none for who has a factor already */
  async enrol(personId: string, typed: string): Promise<string[]> {
    const kept = await this.store.authenticatorOf(personId);
    if (kept && kept.confirmedAt !== null) throw inUse();
    await this.spendTry(personId);
    const step = kept && (await this.stepOf(personId, kept.sealedSecret, typed));
    if (step === undefined) throw wrong();
    const codes = await this.codesBeforeTheFirst(personId);
    if (!(await this.store.takeStep(personId, step, this.clock.now()))) throw wrong();
    await this.store.forgetTries(personId);
    return codes;
  }

  /** @returns what it was that proved the person. @throws IdentityRefusal */
  async verify(personId: string, typed: string): Promise<'authenticator' | 'recovery_code'> {
    await this.spendTry(personId);
    const plain = typed.replaceAll(/[\s-]/g, '').toUpperCase();
    const way = /^\d{6}$/.test(plain) ? 'authenticator' : 'recovery_code';
    const right = way === 'authenticator' ? await this.isCodeInUse(personId, plain) : await this.isRecoveryCode(personId, plain);
    if (!right) throw wrong();
    await this.store.forgetTries(personId);
    return way;
  }

  /** Kept before the first factor counts: who is cut off between the two has codes and no factor, never the reverse. */
  async codesBeforeTheFirst(personId: string): Promise<string[]> {
    return (await this.store.hasAny(personId)) ? [] : await this.newRecoveryCodes(personId);
  }

  /** The ones before stop working. */
  async newRecoveryCodes(personId: string): Promise<string[]> {
    const codes = Array.from({ length: CODES }, newRecoveryCode);
    const salt = randomBytes(16);
    const hashes = await Promise.all(codes.map(async (code) => (await hashCode(code.replace('-', ''), salt)).hash));
    await this.store.replaceRecoveryCodes(personId, salt, hashes);
    return codes;
  }

  async remove(personId: string): Promise<boolean> {
    return await this.store.removeAuthenticator(personId);
  }

  private async spendTry(personId: string): Promise<void> {
    if (await this.store.spendTry(personId, this.clock.now())) return;
    throw new IdentityRefusal('too_many_tries', 'Five codes were wrong, so none is taken for now. Try again in 15 minutes.');
  }

  private async isCodeInUse(personId: string, typed: string): Promise<boolean> {
    const kept = await this.store.authenticatorOf(personId);
    return kept !== undefined && kept.confirmedAt !== null && (await this.isNewCode(personId, kept.sealedSecret, typed));
  }

  /** Each step once. */
  private async isNewCode(personId: string, sealed: string, typed: string): Promise<boolean> {
    const step = await this.stepOf(personId, sealed, typed);
    return step !== undefined && (await this.store.takeStep(personId, step, this.clock.now()));
  }

  /** One step to either side, for clocks that are a little off. Undefined for a code of none of them. */
  private async stepOf(personId: string, sealed: string, typed: string): Promise<number | undefined> {
    const totp = new TOTP({ secret: Secret.fromBase32(await this.secretIn(personId, sealed)), period: PERIOD });
    const timestamp = this.clock.now().getTime();
    const delta = totp.validate({ token: typed.replaceAll(/\s/g, ''), timestamp, window: 1 });
    return delta === null ? undefined : totp.counter({ timestamp }) + delta;
  }

  private async isRecoveryCode(personId: string, typed: string): Promise<boolean> {
    const { hash } = await hashCode(typed, await this.store.recoverySalt(personId));
    return await this.store.useRecoveryCode(personId, hash);
  }

  private async secretIn(personId: string, sealed: string): Promise<string> {
    return await this.vault.open(sealed, { personId, field: FIELD });
  }
}

function offerOf(base32: string, label: string): Offer {
  const uri = new TOTP({ issuer: 'Countersign', label, secret: Secret.fromBase32(base32), period: PERIOD }).toString();
  return { uri, manualKey: base32.replaceAll(/(.{4})(?=.)/g, '$1 ') };
}

function newRecoveryCode(): string {
  const text = Array.from({ length: 10 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${text.slice(0, 5)}-${text.slice(5)}`;
}

function wrong(): IdentityRefusal {
  return new IdentityRefusal('code_wrong', 'This code is not right, or it was used before. Wait for the next one and type that.');
}

function inUse(): IdentityRefusal {
  return new IdentityRefusal('factor_in_use', 'You have an authenticator already. Remove it first, then add the new one.');
}
