import { Refusal } from '../../domain/refusal.js';

export interface WrappedKey {
  /** Names the key that wrapped: letters, digits, `-` and `_`. */
  keyId: string;
  /** Letters, digits, `-` and `_` only, spelled in one way. */
  wrapped: string;
}

export interface WrapperHealth {
  ok: boolean;
  /** What wraps, and what is wrong with it, for whoever runs this installation; never a key. */
  sentence: string;
}

/**
 * What holds the keys above all others. It sees 32 random bytes at a time and never a secret of a tenant. One that asks over
 * the network is never asked inside a database transaction.
 */
export interface KeyWrapper {
  /** The key that would wrap now. @throws KeysUnavailable */
  currentKeyId(): Promise<string>;
  /** @param context what the wrapped key belongs to; it unwraps with the same and no other @throws KeysUnavailable */
  wrap(key: Buffer, context: readonly string[]): Promise<WrappedKey>;
  /** @throws CannotOpen when it was changed, belongs elsewhere or its key is gone; KeysUnavailable when nobody can say */
  unwrap(wrapped: WrappedKey, context: readonly string[]): Promise<Buffer>;
  health(): Promise<WrapperHealth>;
}

/** Injection token. */
export const KEY_WRAPPER = Symbol('key wrapper');

/** There is no way round a key service that does not answer: nothing is stored unsealed, and nothing sealed can be read. */
export class KeysUnavailable extends Refusal {
  constructor(readonly because: string) {
    super(
      'unavailable',
      'The service that holds the encryption keys does not answer, so no stored credentials can be read or saved. ' +
        'Nothing was changed. Try again in a minute; if it stays, tell whoever runs this installation.',
    );
    this.name = 'KeysUnavailable';
  }
}
