import { CannotOpen } from './cannot-open.js';
import { decodeCanonical, decrypt, encrypt } from './gcm.js';
import { keyNamed, subkey, type Keys } from './keys.js';
import type { KeyWrapper, WrappedKey, WrapperHealth } from './key-wrapper.js';

/** Wraps with the key ring of this process, from the environment or a file. */
export class LocalWrapper implements KeyWrapper {
  constructor(private readonly keys: Keys) {}

  async currentKeyId(): Promise<string> {
    return this.keys.ring().current.id;
  }

  async wrap(key: Buffer, context: readonly string[]): Promise<WrappedKey> {
    const { current } = this.keys.ring();
    const wrapped = encrypt(subkey(current, 'wrap v2'), key, [current.id, ...context]);
    return { keyId: current.id, wrapped: wrapped.toString('base64url') };
  }

  async unwrap({ keyId, wrapped }: WrappedKey, context: readonly string[]): Promise<Buffer> {
    try {
      return decrypt(subkey(keyNamed(this.keys, keyId), 'wrap v2'), decodeCanonical(wrapped), [keyId, ...context]);
    } catch {
      throw new CannotOpen();
    }
  }

  async health(): Promise<WrapperHealth> {
    this.keys.reread();
    const problem = this.keys.problem();
    const sentence = problem ?? `Keys from ${this.keys.source}; ${this.keys.ring().current.id} seals.`;
    return { ok: problem === undefined, sentence };
  }
}
